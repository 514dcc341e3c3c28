// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// The pages people see in the EHR.
extension EHRBase {
    /// The sign-in form; posting it leads back to `path` (a path of this listener).
    func signInPage(
        returningTo path: String, failed: Bool = false, events: [EventDraft] = []
    ) -> MockResponse {
        var body: [HTML] = []
        if failed { body.append(.element("p", ["id": "error"], ["User name or password is wrong."])) }
        body.append(
            .form(
                id: "assay-login", action: filled("/{tenant}/sign-in"), data: ["data-provider": "ehr"],
                [
                    .hidden("return", path), .field("User name", name: "username"),
                    .field("Password", name: "password", type: "password"),
                    .element("button", ["type": "submit"], ["Sign in"]),
                ]))
        return .html(
            HTMLPage(title: "Sign in to the EHR", body: body), status: failed ? 401 : 200, world: model.id, party: .ehr,
            events: events)
    }

    /// Takes the sign-in form.
    func signIn(_ request: MockRequest) -> MockResponse {
        let form = request.formFields
        let path = form["return"] ?? "/"
        guard request.method == "POST", path.hasPrefix("/"), !path.hasPrefix("//") else {
            return page("Not possible", "This address takes the sign-in form only.", status: 400)
        }
        let person = model.people.first {
            !$0.ehr[.userName].isEmpty && $0.ehr[.userName] == form["username"] && $0.ehr[.password] == form["password"]
        }
        guard let person, !world.isClosed else { return signInPage(returningTo: path, failed: true) }
        let id = mint()
        sessions[id] = Session(person: person)
        let cookie = Cookies.session(cookieName, id, path: "/", secure: origin.hasPrefix("https:"))
        return .redirect(
            to: origin + path, status: 303, headers: [("Set-Cookie", cookie)], world: model.id, party: .ehr,
            events: [event("ehr.signed-in", ["by": .string(person.alias)])])
    }

    /// Asks whether the application may have what it wants.
    ///
    /// Where `patients` are given, one of them has to be picked (SMART standalone launch with `launch/patient`).
    func consentPage(id: String, scopes: ScopeSet, patients: [Person], events: [EventDraft]) -> MockResponse {
        let options = patients.map { person in
            let name = person.ehr[.familyName] + ", " + person.ehr[.givenName]
            return HTML.element("option", ["value": person.ehr[.fhirID]], [HTML(name)])
        }
        let picker: [HTML] =
            options.isEmpty
            ? []
            : [
                .element(
                    "label", [:],
                    ["Patient", .element("select", ["name": "patient", "required": "required"], options)])
            ]
        let form = HTML.form(
            id: "assay-consent", action: filled("/{tenant}/consent"),
            [
                .hidden("request", id)
            ] + picker + [
                .element("button", ["type": "submit", "name": "decision", "value": "accept"], ["Allow"]),
                .element("button", ["type": "submit", "name": "decision", "value": "deny"], ["Deny"]),
            ])
        let list = HTML.element("ul", [:], scopes.words.map { .element("li", [:], [HTML($0)]) })
        return .html(
            HTMLPage(title: "Allow access", body: [.element("p", [:], ["The application asks for:"]), list, form]),
            world: model.id, party: .ehr, events: events)
    }

    /// Takes the consent form.
    func consent(_ http: MockRequest) -> MockResponse {
        let form = http.formFields
        guard http.method == "POST", let id = form["request"], let pending = pendingConsents.removeValue(forKey: id),
            let session = session(of: http), session.id == pending.session
        else { return page("Not possible", "There is nothing to decide here.", status: 400) }
        guard form["decision"] == "accept" else {
            return refuse(
                OAuthFailure("access_denied", "the user said no", detail: "denied-by-user"),
                redirect: pending.request.redirect, state: pending.request.state, client: pending.request.client,
                events: [])
        }
        var request = pending.request
        if needsPatient(session.person, request) {
            let id = form["patient"]
            guard let patient = model.people.first(where: { $0.role == .patient && $0.ehr[.fhirID] == id }) else {
                return refuse(
                    OAuthFailure("access_denied", "no patient was chosen", detail: "denied-by-user"),
                    redirect: request.redirect, state: request.state, client: request.client, events: [])
            }
            request.chosenPatient = patient.alias
        }
        return issueCode(request, person: session.person, session: session.id, events: [])
    }

    func page(_ title: String, _ sentence: String, status: Int) -> MockResponse {
        .html(
            HTMLPage(title: title, body: [.element("p", ["id": "message"], [HTML(sentence)])]), status: status,
            world: model.id, party: .ehr)
    }
}

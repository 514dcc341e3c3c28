// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// Admin consent (wire-protocols 4.2): an administrator grants the application's permissions for the whole tenant.
extension Entra {
    func adminConsent(in home: MicrosoftWorld?) -> MockResponse {
        adminConsent(request.queryFields, home: home, signedIn: nil, cookie: nil)
    }

    func adminConsent(_ form: Form, home: MicrosoftWorld?, signedIn: Session?, cookie: String?) -> MockResponse {
        let session = signedIn ?? currentSession.flatMap { home == nil || home?.id == $0.world.id ? $0 : nil }
        guard let client = form["client_id"], !client.isEmpty else {
            return EntraError.missing("client_id").page(trace: trace, world: home?.id)
        }
        guard let redirect = form["redirect_uri"], !redirect.isEmpty else {
            return EntraError.missing("redirect_uri").page(trace: trace, world: home?.id)
        }
        guard let session else { return loginPage(form, home: home, error: nil, next: "adminconsent") }
        let world = session.world
        guard world.entra.clientID.lowercased() == client.lowercased() else {
            return EntraError.unknownApplication(client).page(trace: trace, world: world.id)
        }
        guard world.entra.redirectURIs.contains(redirect) else {
            return EntraError.redirectURI.page(trace: trace, world: world.id)
        }
        guard Self.mayConsent(session.person) else {
            record(session, client, accepted: false)
            return EntraError.adminConsent.page(trace: trace, world: world.id)
        }
        let headers = cookie.map { [(name: "Set-Cookie", value: $0)] } ?? []
        return .html(page(form, world), headers: headers, world: world.id, party: .entra)
    }

    /// The posted consent page.
    func decideConsent(in home: MicrosoftWorld?) -> MockResponse {
        let posted = request.formFields
        let original = Form(urlEncoded: posted["ctx"] ?? "")
        guard request.method == "POST", let session = currentSession, home == nil || home?.id == session.world.id,
            let client = original["client_id"],
            client.lowercased() == session.world.entra.clientID.lowercased(),
            let redirect = original["redirect_uri"], session.world.entra.redirectURIs.contains(redirect),
            Self.mayConsent(session.person)
        else { return EntraError.adminConsent.page(trace: trace, world: home?.id) }
        let isAccepted = posted["decision"] == "accept"
        record(session, client, accepted: isAccepted)
        var answer: Form
        if isAccepted {
            session.world.settings.consented = true
            session.world.settings.consentActsFrom = nil
            answer = ["admin_consent": "True", "tenant": session.world.model.tenant]
            if let scope = original["scope"] { answer.append("scope", scope) }
        } else {
            answer = [
                "error": "permission_denied", "error_description": "The admin canceled the request",
                "tenant": session.world.model.tenant,
            ]
        }
        if let state = original["state"] { answer.append("state", state) }
        return .redirect(to: answer.appended(to: redirect), world: session.world.id, party: .entra)
    }

    private static func mayConsent(_ person: Person) -> Bool {
        DirectoryRole.roles(of: person).contains { $0.templateID == DirectoryRole.globalAdministrator.templateID }
    }

    private func record(_ session: Session, _ client: String, accepted: Bool) {
        session.world.record(
            "entra.consent", by: .entra, exchange: request.exchange,
            ["by": .string(session.person.alias), "client": .string(client), "accepted": .bool(accepted)])
    }

    private func page(_ form: Form, _ world: MicrosoftWorld) -> HTMLPage {
        let permissions = world.entra.applicationPermissions + world.entra.delegatedPermissions
        return HTMLPage(
            title: "Permissions requested",
            body: [
                .element("p", [:], [HTML("Review for your organization, \(world.model.organizationName).")]),
                .element("ul", ["id": "permissions"], permissions.map { .element("li", [:], [HTML($0)]) }),
                .form(
                    id: "assay-consent", action: "/\(PercentCoding.encode(tenant))/consent",
                    [
                        .hidden("ctx", form.encoded),
                        .element("button", ["type": "submit", "name": "decision", "value": "accept"], ["Accept"]),
                        .element("button", ["type": "submit", "name": "decision", "value": "cancel"], ["Cancel"]),
                    ]),
            ])
    }
}

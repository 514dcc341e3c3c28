// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// The authorization endpoint and the sign-in page (wire-protocols 4.2).
extension Entra {
    struct Session {
        let world: MicrosoftWorld
        let person: Person
    }

    func authorize(in home: MicrosoftWorld?) -> MockResponse {
        authorize(
            request.method == "POST" ? request.formFields : request.queryFields, home: home, signedIn: nil, cookie: nil)
    }

    /// The posted sign-in page: `username`, `password`, and the authorization request it came from.
    func signIn(in home: MicrosoftWorld?) -> MockResponse {
        let form = request.formFields
        let original = Form(urlEncoded: form["ctx"] ?? "")
        let name = (form["username"] ?? "").lowercased()
        let found = worlds.values.compactMap { world in world.user(name).map { Session(world: world, person: $0) } }
            .first { $0.person.directory?[.principalName].lowercased() == name }
        guard let found else { return loginPage(original, home: home, error: .unknownUser) }
        guard found.person.directory?[.password] == form["password"] else {
            return loginPage(original, home: found.world, error: .wrongPassword)
        }
        // A work account is none of the personal ones.
        if tenant == "consumers" { return loginPage(original, home: nil, error: .foreignUser) }
        if let home, home.id != found.world.id { return loginPage(original, home: home, error: .foreignUser) }
        let scripted = request.trouble.entraError ?? found.world.settings.signInErrors[found.person.alias]
        if let trouble = scripted.flatMap({ EntraError.scripted[$0] }) {
            guard !trouble.staysOnThePage, let redirect = original["redirect_uri"],
                found.world.entra.redirectURIs.contains(redirect)
            else { return loginPage(original, home: found.world, error: trouble) }
            return refuse(trouble, original, redirect, found.world)
        }
        let cookie = found.world.random.token(48)
        issued.sessions[cookie] = MicrosoftSession(world: found.world.id, alias: found.person.alias)
        found.world.record(
            "entra.signed-in", by: .entra, exchange: request.exchange,
            ["by": .string(found.person.alias), "client": Value(original["client_id"])])
        let header = Cookies.session(MicrosoftSession.cookie, cookie, path: "/", secure: origin.hasPrefix("https:"))
        if form["next"] == "adminconsent" {
            return adminConsent(original, home: home, signedIn: found, cookie: header)
        }
        return authorize(original, home: home, signedIn: found, cookie: header)
    }

    private func authorize(_ form: Form, home: MicrosoftWorld?, signedIn: Session?, cookie: String?) -> MockResponse {
        let known = tenant == "consumers" ? nil : currentSession
        let session = signedIn ?? known.flatMap { home == nil || home?.id == $0.world.id ? $0 : nil }
        let named = home ?? session?.world
        guard form.repeatedNames.isEmpty else { return EntraError.malformed.page(trace: trace, world: named?.id) }
        guard let client = form["client_id"], !client.isEmpty else {
            return EntraError.missing("client_id").page(trace: trace, world: named?.id)
        }
        let candidates = (named ?? askedWorld).map { [$0] } ?? worlds.values.filter { !$0.isClosed }
        let registered = candidates.filter { $0.knows(client: client) }
        guard !registered.isEmpty else {
            return EntraError.unknownApplication(client).page(trace: trace, world: named?.id)
        }
        guard let redirect = form["redirect_uri"], !redirect.isEmpty else {
            return EntraError.missing("redirect_uri").page(trace: trace, world: named?.id)
        }
        guard registered.contains(where: { $0.entra.redirectURIs.contains(redirect) }) else {
            return EntraError.redirectURI.page(trace: trace, world: named?.id)
        }
        // Without a tenant the only world with this application is the one that is meant.
        let world = named ?? (registered.count == 1 ? registered.first : nil)

        guard let type = form["response_type"] else { return refuse(.missing("response_type"), form, redirect, world) }
        guard type == "code" else {
            return refuse(
                EntraError(
                    700054, "unsupported_response_type", "response_type '\(type)' is not enabled for the application."),
                form, redirect, world)
        }
        guard ["query", "fragment", "form_post", nil].contains(form["response_mode"]) else {
            return refuse(.malformed, form, redirect, world)
        }
        let scopes: RequestedScopes
        do throws(RequestedScopes.Refusal) {
            scopes = try RequestedScopes(form["scope"] ?? "", client: client, origin: origin)
        } catch { return refuse(error.error, form, redirect, world) }
        guard !scopes.names.isEmpty else { return refuse(.missing("scope"), form, redirect, world) }
        let method = form["code_challenge_method"] ?? "plain"
        if let challenge = form["code_challenge"] {
            guard ["S256", "plain"].contains(method), (43...128).contains(challenge.count) else {
                return refuse(.malformed, form, redirect, world)
            }
        }
        let prompts = Set((form["prompt"] ?? "").split(separator: " ").map(String.init))
        guard prompts.isSubset(of: ["login", "none", "consent", "select_account"]) else {
            return refuse(.malformed, form, redirect, world)
        }
        let mustAsk = signedIn == nil && !prompts.isDisjoint(with: ["login", "select_account"])
        guard let session, !mustAsk else {
            if prompts.contains("none") { return refuse(.noSession, form, redirect, world) }
            return loginPage(form, home: world, error: nil)
        }
        let granted = scopes.granted(in: session.world)
        guard session.world.isConsented, granted.count == scopes.names.count else {
            return refuse(.consent(client), form, redirect, session.world, cookie: cookie)
        }
        let code = "1.A" + session.world.random.token(60)
        issued.codes[code] = AuthorizationCode(
            world: session.world.id, alias: session.person.alias, client: client, redirect: redirect,
            resource: scopes.resource, scopes: granted, nonce: form["nonce"], challenge: form["code_challenge"],
            method: method, issued: .wall)
        var answer: Form = ["code": code]
        if let state = form["state"] { answer.append("state", state) }
        answer.append("session_state", session.world.random.uuid())
        return send(answer, form, redirect, session.world, cookie: cookie)
    }

    /// The world an actor's browser says it belongs to.
    private var askedWorld: MicrosoftWorld? { request.header("Assay-World").flatMap { worlds[WorldID(rawValue: $0)] } }

    var currentSession: Session? {
        guard let cookie = request.cookies[MicrosoftSession.cookie], let session = issued.sessions[cookie],
            let world = worlds[session.world], let person = world.model.person(session.alias)
        else { return nil }
        return Session(world: world, person: person)
    }

    private func refuse(
        _ error: EntraError, _ form: Form, _ redirect: String, _ world: MicrosoftWorld?, cookie: String? = nil
    ) -> MockResponse {
        var answer: Form = ["error": error.error, "error_description": error.description(trace: trace)]
        if let state = form["state"] { answer.append("state", state) }
        return send(answer, form, redirect, world, cookie: cookie)
    }

    private func send(
        _ answer: Form, _ form: Form, _ redirect: String, _ world: MicrosoftWorld?, cookie: String?
    ) -> MockResponse {
        let headers = cookie.map { [(name: "Set-Cookie", value: $0)] } ?? []
        guard form["response_mode"] == "form_post" else {
            let target =
                form["response_mode"] == "fragment" ? redirect + "#" + answer.encoded : answer.appended(to: redirect)
            return .redirect(to: target, headers: headers, world: world?.id, party: .entra)
        }
        let page = HTMLPage(
            title: "Working...",
            body: [
                .form(
                    id: "assay-form-post", action: redirect,
                    answer.fields.map { HTML.hidden($0.name, $0.value) } + [
                        .element("button", ["type": "submit"], ["Continue"])
                    ])
            ])
        return .html(page, headers: headers, world: world?.id, party: .entra)
    }

    /// `next` names the page that signing in leads to, where it is not the authorization endpoint.
    func loginPage(_ form: Form, home: MicrosoftWorld?, error: EntraError?, next: String? = nil) -> MockResponse {
        var body: [HTML] = []
        if let error {
            body.append(
                .element(
                    "p", ["role": "alert", "id": "assay-error", "data-code": "AADSTS\(error.code)"], [HTML(error.text)])
            )
        }
        body.append(
            .form(
                id: "assay-login", action: "/\(PercentCoding.encode(tenant))/login",
                data: ["data-provider": "microsoft"],
                [.field("Account", name: "username"), .field("Password", name: "password", type: "password")]
                    + (next.map { [.hidden("next", $0)] } ?? [])
                    + [.hidden("ctx", form.encoded), .element("button", ["type": "submit"], ["Sign in"])]))
        return .html(HTMLPage(title: "Sign in to your account", body: body), world: home?.id, party: .entra)
    }
}

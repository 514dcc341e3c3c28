// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// The authorize endpoint: GET and POST (SMART App Launch 2.x section 3.1; vendors: facts 5.3.2, 5.4.1).
extension EHRBase {
    /// Answers an authorization request: error page, error redirect, sign-in page, consent page or a code.
    func authorize(_ request: MockRequest, persona: Role?) -> MockResponse {
        guard ["GET", "HEAD", "POST"].contains(request.method) else {
            return page("Not possible", "Applications send people here by GET or POST.", status: 405)
        }
        let fields = request.method == "POST" ? request.formFields : request.queryFields
        let session = session(of: request)
        var facts = authorizationFacts(fields, by: session?.person.alias ?? request.actor)
        // Errors in these two are shown, never sent on (RFC 6749 section 4.1.2.1).
        let client = fields["client_id"] ?? ""
        guard client == world.registration.clientID, world.isRegistrationEffective else {
            return errorPage("The application is not known here (client_id).", &facts, "unknown client")
        }
        guard let redirect = fields["redirect_uri"], isRegistered(redirect) else {
            return errorPage("The redirect address is not registered.", &facts, "redirect URI not registered")
        }
        let checked: AuthorizationRequest
        do {
            checked = try check(fields, redirect: redirect)
        } catch {
            return errorRedirect(error, fields, to: redirect, &facts)
        }
        guard let session else {
            facts["valid"] = true
            return signInPage(returningTo: returnPath(request, fields), events: [event("authorize.requested", facts)])
        }
        do {
            try checkPerson(session.person, checked, persona: persona)
        } catch {
            return errorRedirect(error, fields, to: redirect, &facts)
        }
        facts["valid"] = true
        let requested = event("authorize.requested", facts)
        guard checked.launch != nil else {
            // Consent is asked for where no EHR launch stands behind the request.
            let id = mint(22)
            pendingConsents[id] = (checked, session.id)
            let patients = needsPatient(session.person, checked) ? model.people.filter { $0.role == .patient } : []
            return consentPage(id: id, scopes: checked.scopes, patients: patients, events: [requested])
        }
        return issueCode(checked, person: session.person, session: session.id, events: [requested])
    }

    /// Ends a request whose person has decided.
    func issueCode(
        _ request: AuthorizationRequest, person: Person, session: String, events: [EventDraft]
    ) -> MockResponse {
        if let value = request.launchValue {
            launches[value] = nil
            usedLaunches.insert(value)
        }
        let code = mint()
        // Real time: about a minute (facts 5.1).
        codes[code] = Code(
            request: request, person: person, session: session, expires: wire + .seconds(60), issued: nil)
        var answer: Form = ["code": code]
        if let state = request.state { answer.append("state", state) }
        return .redirect(
            to: answer.appended(to: request.redirect), world: model.id, party: .ehr,
            events: events + [
                event("code.issued", ["by": .string(person.alias), "scope": .string(request.scopes.text)])
            ])
    }

    /// Sends an OAuth error to the client.
    func refuse(
        _ failure: OAuthFailure, redirect: String, state: String?, client: String, events: [EventDraft]
    ) -> MockResponse {
        var answer: Form = ["error": failure.error, "error_description": failure.reason]
        if let uri = errorURI(failure, place: "grant", client: client) { answer.append("error_uri", uri) }
        if let state { answer.append("state", state) }
        return .redirect(to: answer.appended(to: redirect), world: model.id, party: .ehr, events: events)
    }

    /// To the letter; a vendor may let query parameters stand behind.
    private func isRegistered(_ redirect: String) -> Bool {
        world.registration.redirectURIs.contains { registered in
            guard redirect != registered else { return true }
            let joint = registered.contains("?") ? "&" : "?"
            return profile.smart.lenientRedirectQuery && redirect.hasPrefix(registered + joint)
                && !redirect.contains("#")
        }
    }

    private func authorizationFacts(_ fields: Form, by person: String?) -> Members {
        var facts: Members = [:]
        if let person { facts["by"] = .string(person) }
        for (name, field) in [
            ("client", "client_id"), ("redirect", "redirect_uri"), ("scope", "scope"), ("aud", "aud"),
            ("challenge-method", "code_challenge_method"),
        ] {
            if let value = fields[field] { facts[name] = .string(value) }
        }
        facts["state-length"] = Value(fields["state"]?.utf8.count ?? 0)
        facts["launch"] = .bool(fields["launch"] != nil)
        return facts
    }

    private func check(_ fields: Form, redirect: String) throws(OAuthFailure) -> AuthorizationRequest {
        if let name = fields.repeatedNames.first {
            throw OAuthFailure("invalid_request", "parameter repeated: \(name)")
        }
        guard let type = fields["response_type"] else {
            throw OAuthFailure("invalid_request", "response_type is missing")
        }
        guard type == "code" else {
            throw OAuthFailure("unsupported_response_type", "response_type is not code")
        }
        guard let audience = fields["aud"], !audience.isEmpty else {
            throw OAuthFailure("invalid_request", "aud is missing", detail: "audience-missing")
        }
        guard
            audience == base.url || audience == patientURL
                || (profile.smart.lenientAudienceSlash && isAddress(audience))
        else {
            throw OAuthFailure("invalid_request", "aud is not this FHIR base", detail: "audience-unknown")
        }
        let challenge = fields["code_challenge"]
        if challenge != nil || fields["code_challenge_method"] != nil {
            guard fields["code_challenge_method"] == "S256" else {
                throw OAuthFailure("invalid_request", "code_challenge_method is not S256")
            }
            // 32 bytes of SHA-256 in base64url (RFC 7636 section 4.2).
            guard let challenge, Base64URL.decode(challenge)?.count == 32 else {
                throw OAuthFailure("invalid_request", "code_challenge is not a SHA-256 value")
            }
        }
        try checkLength(ofScope: fields["scope"])
        let asked = ScopeSet(fields["scope"] ?? "")
        guard !asked.words.isEmpty else { throw OAuthFailure("invalid_scope", "no scope is asked for") }
        if asked.hasWildcard, !profile.smart.wildcardScopes {
            throw OAuthFailure("invalid_scope", "wildcard scopes are not supported", detail: "scope-invalid")
        }
        guard !granted(asked).words.isEmpty else {
            throw OAuthFailure("invalid_scope", "no scope of this server is asked for", detail: "scope-invalid")
        }
        let context = try launchContext(fields["launch"], asked: asked)
        return AuthorizationRequest(
            client: fields["client_id"] ?? "", redirect: redirect, scopes: granted(asked), state: fields["state"],
            challenge: challenge, nonce: fields["nonce"], launch: context, launchValue: fields["launch"])
    }

    func checkLength(ofScope text: String?) throws(OAuthFailure) {
        guard let longest = profile.smart.longestScope, let text, text.utf8.count > longest else { return }
        throw OAuthFailure("invalid_scope", "too many scopes are asked for", detail: "scope-invalid")
    }

    private func launchContext(_ value: String?, asked: ScopeSet) throws(OAuthFailure) -> LaunchContext? {
        guard let value else {
            guard !asked.contains("launch") else {
                throw OAuthFailure("invalid_request", "scope launch without a launch value", detail: "launch-missing")
            }
            return nil
        }
        guard !usedLaunches.contains(value) else {
            throw OAuthFailure("invalid_request", "the launch value was used before", detail: "launch-invalid")
        }
        guard let context = launches[value] else {
            throw OAuthFailure("invalid_request", "the launch value is not known", detail: "launch-invalid")
        }
        guard asked.contains("launch") else {
            throw OAuthFailure("invalid_scope", "a launch value without scope launch", detail: "scope-invalid")
        }
        return context
    }

    /// What of the request is granted: what the server knows.
    private func granted(_ asked: ScopeSet) -> ScopeSet {
        let plain: Set<String> = [
            "openid", "fhirUser", "profile", "launch", "launch/patient", "launch/encounter", "online_access",
            "offline_access",
        ]
        return asked.filter { word in
            guard let access = ScopeSet.access(word) else {
                return plain.contains(word) || profile.smart.scopesSupported.contains(word)
            }
            return access.context != "system" && (access.type == "*" || profile.fhir.types[access.type] != nil)
        }
    }

    private func checkPerson(
        _ person: Person, _ request: AuthorizationRequest, persona: Role?
    ) throws(OAuthFailure) {
        if let context = request.launch, context.person != person.alias {
            throw OAuthFailure("access_denied", "the launch belongs to another user", detail: "denied-by-server")
        }
        if let persona, (persona == .patient) != (person.role == .patient) {
            throw OAuthFailure("access_denied", "the user has another persona", detail: "denied-by-server")
        }
        // Where the vendor lets people pick a patient outside a launch, the consent page does.
        if needsPatient(person, request), !profile.smart.capabilities.contains("context-standalone-patient") {
            throw OAuthFailure("access_denied", "no patient was chosen", detail: "denied-by-server")
        }
    }

    /// True where the scopes want a patient and neither the launch nor the person is one.
    func needsPatient(_ person: Person, _ request: AuthorizationRequest) -> Bool {
        guard person.role != .patient, request.launch == nil else { return false }
        return request.scopes.contains("launch/patient")
            || request.scopes.words.compactMap(ScopeSet.access).contains { $0.context == "patient" }
    }

    /// The same address, letter for letter: it is the same request that goes on, and rules tell requests by their addresses.
    private func returnPath(_ request: MockRequest, _ fields: Form) -> String {
        request.method == "POST" ? fields.appended(to: request.path) : request.path + "?" + request.query
    }

    private func errorRedirect(
        _ failure: OAuthFailure, _ fields: Form, to redirect: String, _ facts: inout Members
    ) -> MockResponse {
        facts["valid"] = false
        facts["reason"] = .string(failure.reason)
        return refuse(
            failure, redirect: redirect, state: fields["state"], client: fields["client_id"] ?? "",
            events: [event("authorize.requested", facts)])
    }

    private func errorPage(_ sentence: String, _ facts: inout Members, _ reason: String) -> MockResponse {
        facts["valid"] = false
        facts["reason"] = .string(reason)
        return .html(
            HTMLPage(title: "Sign-in is not possible", body: [.element("p", ["id": "error"], [HTML(sentence)])]),
            status: 400, world: model.id, party: .ehr, events: [event("authorize.requested", facts)])
    }
}

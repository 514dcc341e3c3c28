// SPDX-License-Identifier: Apache-2.0

import Foundation

/// SMART App Launch with an EHR: authorization request, token, verified user.
struct SMARTSignIn: Sendable {
    let services: Services

    /// Scopes of a launch: who signs in, the appointment, and (Cerner's providers) a session as long as the EHR's.
    func scope(_ role: LaunchRequest.Role, _ vendor: Vendor) -> String {
        let user = role == .provider ? "user" : "patient"
        let session = role == .provider && vendor == .cerner ? " online_access" : ""
        let read = services.behaviour.has(.scopesV2) && vendor == .epic ? "rs" : "read"
        let needed = "launch openid fhirUser \(user)/Appointment.\(read)" + session
        return needed + chartTypes.map { " \(user)/\($0).read" }.joined()
    }

    /// What of the chart is read beyond the appointment: nothing.
    var chartTypes: [String] {
        services.behaviour.has(.readsWholeChart) ? ["Condition", "Observation", "MedicationRequest"] : []
    }

    func authorizeURL(base: BaseRow, flow: Flow, state: String, scope: String, launch: String?) async throws -> String {
        let endpoints = try await SMARTEndpoints.discover(base.url, services.http)
        var fields = [
            ("response_type", "code"), ("client_id", client(base).id), ("redirect_uri", services.paths.launchCallback),
            ("scope", scope), ("state", state), ("aud", base.url), ("nonce", nonce(flow)),
        ]
        if let launch { fields.append(("launch", launch)) }
        if let verifier = verifier(flow) {
            fields += [("code_challenge", Secret.challenge(verifier)), ("code_challenge_method", "S256")]
        }
        return Text.url(endpoints.authorize, adding: fields)
    }

    /// What the code is bound to (PKCE).
    private func verifier(_ flow: Flow) -> String? {
        if services.behaviour.has(.verifierKept) { return String(repeating: "verifier", count: 6) }
        return services.behaviour.has(.launchWithoutPKCE) ? nil : flow.verifier
    }

    /// What ties the id token to this sign-in.
    private func nonce(_ flow: Flow) -> String {
        services.behaviour.has(.nonceForAll) ? Secret.sha256(services.paths.launchCallback) : flow.nonce
    }

    /// Only with a deliberate fault is a patient's id token believed as it stands.
    private func isBelieved(_ flow: Flow) -> Bool {
        guard case .launch(let request) = flow.kind, request.role == .patient else { return false }
        return services.behaviour.has(.patientTokenUnchecked)
    }

    private static let unconfirmed = Refusal(
        403, "ehr-sign-in-failed", "The EHR did not confirm the sign-in. Start again from the EHR.")

    /// Redeems the code: the token endpoint's answer, which holds an access token.
    func exchange(
        code: String, flow: Flow, base: BaseRow, at endpoints: SMARTEndpoints
    ) async throws -> JSON {
        let answer = try await services.http.post(
            endpoints.token,
            form: [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", services.paths.launchCallback),
            ] + (verifier(flow).map { [("code_verifier", $0)] } ?? []), headers: [("Authorization", client(base).basic)]
        )
        guard answer.isSuccess, answer.json["access_token"].string != nil else { throw Self.unconfirmed }
        return answer.json
    }

    /// Redeems the code and verifies the user.
    func redeem(code: String, flow: Flow, base: BaseRow) async throws -> LaunchToken {
        let endpoints = try await SMARTEndpoints.discover(base.url, services.http)
        let body = try await exchange(code: code, flow: flow, base: base, at: endpoints)
        guard let access = body["access_token"].string, let idToken = body["id_token"].string else {
            throw Self.unconfirmed
        }
        await CredentialLeaks(services: services).token(body)
        guard let jwks = endpoints.jwks, let issuer = endpoints.issuer else {
            throw Refusal(
                502, "ehr-discovery", "The EHR does not publish the keys of its sign-in. Ask its administrator.")
        }
        let sent = nonce(flow)
        let claims = try await services.verifier.verify(
            idToken, jwks: jwks, audience: client(base).id, isBelieved: isBelieved(flow)
        ) { claims in
            claims["iss"].string == issuer
        }
        // SMART lets a server leave the nonce out, but not exchange it.
        let nonce = claims["nonce"].string
        guard nonce == nil || nonce == sent || services.behaviour.has(.tokenNonceUnchecked) else {
            throw Refusal(403, "token-invalid", "The sign-in could not be verified. Start again.")
        }
        guard let user = claims["sub"].string, !user.isEmpty else {
            throw Refusal(403, "token-invalid", "The EHR's sign-in names no user. Start again from the EHR.")
        }
        let grant = EHRGrant(
            access: access, refresh: body["refresh_token"].string,
            expires: Date().addingTimeInterval((body["expires_in"].number ?? 300) - 5), tokenURL: endpoints.token)
        let appointment = body["fhirContext"].items
            .compactMap { Appointment.id(of: $0["reference"].string, type: "Appointment") }.first
        return LaunchToken(
            grant: grant, user: user, profile: claims["fhirUser"].string, patient: body["patient"].string,
            appointment: appointment ?? body["appointment"].string)
    }

    /// A grant that is still good, refreshed where it has run out; nil where the EHR's session is over.
    func current(_ grant: EHRGrant, base: BaseRow) async throws -> EHRGrant? {
        if grant.expires > Date() { return grant }
        guard let refresh = grant.refresh else { return nil }
        let answer = try await services.http.post(
            grant.tokenURL, form: [("grant_type", "refresh_token"), ("refresh_token", refresh)],
            headers: [("Authorization", client(base).basic)])
        guard answer.isSuccess, let access = answer.json["access_token"].string else { return nil }
        return EHRGrant(
            access: access, refresh: answer.json["refresh_token"].string ?? refresh,
            expires: Date().addingTimeInterval((answer.json["expires_in"].number ?? 300) - 5), tokenURL: grant.tokenURL)
    }

    private func client(_ base: BaseRow) -> Configuration.Client {
        base.vendor == .cerner ? services.configuration.cernerClient : services.configuration.epicClient
    }
}

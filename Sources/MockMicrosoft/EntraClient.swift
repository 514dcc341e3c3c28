// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// Who asks at the token endpoint, and the proof of it (wire-protocols 4.2).
extension Entra {
    /// Why the client is refused; nil where its secret or its assertion is right.
    func clientProblem(
        _ form: Form, client: String, registration: EntraRegistration, world: MicrosoftWorld?
    ) -> EntraError? {
        if form["client_assertion"] != nil || form["client_assertion_type"] != nil {
            return assertionProblem(form, client: client, registration: registration, world: world)
        }
        let secret = form["client_secret"] ?? request.basicCredentials.map { PercentCoding.decode($0.password) }
        guard let secret, !secret.isEmpty else { return .noSecret }
        return secret == registration.clientSecret ? nil : .wrongSecret
    }

    /// A certificate's assertion. One used twice is accepted, as Entra does and as MSAL relies on (it sends the same
    /// one until it expires); that it was is recorded, and a scenario can forbid it.
    private func assertionProblem(
        _ form: Form, client: String, registration: EntraRegistration, world: MicrosoftWorld?
    ) -> EntraError? {
        guard form["client_assertion_type"] == ClientAssertion.type else {
            return form["client_assertion_type"] == nil ? .missing("client_assertion_type") : .badAssertion
        }
        guard let text = form["client_assertion"] else { return .missing("client_assertion") }
        guard let assertion = ClientAssertion(text) else { return .badAssertion }
        let tenants = [tenant, world?.model.tenant, world?.model.domain].compactMap { $0?.lowercased() }
        let audiences = tenants.flatMap { tenant in
            ["oauth2/v2.0/token", "oauth2/token", "v2.0"].map {
                "\(MicrosoftHosts.host(of: origin).lowercased())/\(tenant)/\($0)"
            }
        }
        let problem = assertion.problem(
            client: client, certificates: registration.certificates, audiences: Set(audiences), now: .wall)
        if let problem { return problem }
        let name = "\(client.lowercased()) \(assertion.id ?? "")"
        let isReplayed = issued.assertions[name] != nil
        issued.assertions = issued.assertions.filter { $0.value > .wall }
        issued.assertions[name] = Instant(
            microseconds: Int64(((assertion.expires ?? 0) + ClientAssertion.skew) * 1_000_000))
        world?.record(
            "entra.assertion", by: .entra, exchange: request.exchange,
            [
                "client": .string(client), "algorithm": .string(assertion.header["alg"]?.string ?? ""),
                "lifetime": Value(lifetime(of: assertion)), "replayed": .bool(isReplayed),
            ])
        return isReplayed && world?.settings.refusesReplayedAssertions == true ? .replayedAssertion : nil
    }

    /// Seconds from when it was made to its end; -1 where it does not say when it was made.
    private func lifetime(of assertion: ClientAssertion) -> Int {
        guard let begins = assertion.claims["iat"]?.double ?? assertion.claims["nbf"]?.double,
            let expires = assertion.expires, abs(expires - begins) < 1e9
        else { return -1 }
        return Int(expires - begins)
    }
}

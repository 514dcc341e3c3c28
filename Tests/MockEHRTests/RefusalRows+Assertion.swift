// SPDX-License-Identifier: Apache-2.0

import MockEHR
import MockKit
import TestSupport
import Testing
import World

extension RefusalRow {
    /// A backend service whose assertion is wrong.
    private static func asserted(
        _ name: String, _ reason: String, _ change: @escaping @Sendable (inout Assertion) -> Void
    ) -> RefusalRow {
        RefusalRow(name, at: .epic, asserting: true, .token(401, "invalid_client"), reason) { ward in
            var assertion = Assertion()
            change(&assertion)
            return try await ward.exchange(assertion.request(ward), basic: nil)
        }
    }

    private static let noKey = "no single registered key has the assertion's kid and type"

    static let assertion: [RefusalRow] = [
        asserted("assertion has expired", "the assertion has expired") { $0.life = -1 },
        asserted("assertion lives too long", "exp of the assertion is more than five minutes ahead") { $0.life = 3600 },
        asserted("assertion is of the future", "the assertion is not valid yet") { $0.notBefore = 120 },
        asserted("assertion is for another server", "aud of the assertion is not the token URL") {
            $0.audience = "https://elsewhere.example/oauth2/token"
        },
        asserted("assertion is another client's", "iss and sub of the assertion are not the client's id") {
            $0.issuer = "other"
        },
        asserted("assertion is about somebody else", "iss and sub of the assertion are not the client's id") {
            $0.subject = "other"
        },
        asserted("assertion has no jti", "jti of the assertion is missing") { $0.jti = nil },
        asserted("assertion is unsigned", "alg of the assertion is not RS384 or ES384") { $0.algorithm = "none" },
        asserted("assertion is signed with the public key", "alg of the assertion is not RS384 or ES384") {
            $0.algorithm = "HS384"
        },
        asserted("assertion has an unknown kid", noKey) { $0.kid = "gone" },
        asserted("assertion has a kid of another type", noKey) { $0.kid = "rsa" },
        asserted("assertion is forged", "the assertion's signature does not verify") { $0.isForged = true },
        RefusalRow(
            "assertion is shown twice", at: .epic, asserting: true, .token(401, "invalid_client"),
            "jti of the assertion was used before"
        ) { ward in
            let form = try await Assertion().request(ward)
            #expect(try await ward.exchange(form, basic: nil).status == 200)
            return try await ward.exchange(form, basic: nil)
        },
        RefusalRow(
            "jti is used for two assertions", at: .epic, asserting: true, .token(401, "invalid_client"),
            "jti of the assertion was used before"
        ) { ward in
            _ = try await ward.exchange(Assertion().request(ward), basic: nil)
            return try await ward.exchange(Assertion(algorithm: "RS384", kid: "rsa").request(ward), basic: nil)
        },
        RefusalRow(
            "assertion is no JWT", at: .epic, asserting: true, .token(401, "invalid_client"), "the assertion is no JWT"
        ) { ward in
            let form: Form = [
                "grant_type": "client_credentials", "client_assertion": "e30.e30",
                "client_assertion_type": Assertion.type,
            ]
            return try await ward.exchange(form, basic: nil)
        },
        RefusalRow(
            "assertion is of another kind", at: .epic, asserting: true, .token(401, "invalid_client"),
            "client_assertion_type is not supported"
        ) { ward in
            var form = try await Assertion().request(ward)
            form.fields.removeAll { $0.name == "client_assertion_type" }
            form.append("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")
            return try await ward.exchange(form, basic: nil)
        },
        RefusalRow(
            "assertion of a client with a secret", at: .epic, .token(401, "invalid_client"),
            "the client is not registered for assertions"
        ) { ward in try await ward.exchange(Assertion().request(ward), basic: nil) },
        RefusalRow(
            "assertion beside a secret", at: .epic, asserting: true, .token(400, "invalid_request"),
            "two kinds of client authentication at once"
        ) { ward in try await ward.exchange(Assertion().request(ward)) },
    ]
}

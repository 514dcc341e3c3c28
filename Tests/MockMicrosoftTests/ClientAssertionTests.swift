// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

/// Client certificates at the token endpoint.
struct ClientAssertionTests {
    private struct Stage {
        let clinic: Clinic
        let certificate: ClientCertificate
        var endpoint: String { "/\(clinic.model.tenant)/oauth2/v2.0/token" }
        var audience: String { Clinic.origin + endpoint }

        init() async throws {
            clinic = try await Clinic()
            certificate = try await ClientCertificate()
            var entra = Clinic.entra
            entra.certificates = [certificate.der]
            try await clinic.mock.register(entra, Clinic.sms, in: Clinic.world)
        }

        func ask(_ assertion: String, type: String? = ClientAssertion.type) async -> MockResponse {
            var form: Form = [
                "grant_type": "client_credentials", "client_id": "client-1",
                "scope": "https://graph.microsoft.com/.default", "client_assertion": assertion,
            ]
            if let type { form.append("client_assertion_type", type) }
            return await clinic.ask("POST", endpoint, form: form)
        }
    }

    @Test(arguments: ["RS256", "PS256"])
    func `a certificate's assertion is as good as a secret`(algorithm: String) async throws {
        let stage = try await Stage()
        let answer = await stage.ask(
            try stage.certificate.assertion(audience: stage.audience, algorithm: algorithm))
        #expect(answer.status == 200)
        let claims = try #require(JWT.read(answer.value["access_token"]?.string ?? "")?.claims)
        #expect(claims["appidacr"] == "2")
        let event = try #require(stage.clinic.events("entra.assertion").first)
        #expect(event["algorithm"]?.string == algorithm && event["lifetime"] == 600 && event["replayed"] == false)
    }

    /// What MSAL 1.39 sends: padded x5t, x5c over several lines, fractions of seconds, no nbf (wire-protocols 4.5).
    @Test func `the real library's ways are accepted`() async throws {
        let stage = try await Stage()
        let lines = stage.certificate.der.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        let now = Double(Instant.wall.microseconds) / 1_000_000
        let fraction: Members = [
            "iat": try Value.parseJSON("\(now)"), "exp": try Value.parseJSON("\(now + 600)"),
        ]
        for header: Members in [
            ["x5t": .string(stage.certificate.x5t + "=")],
            ["x5t": .null, "x5t#S256": .string(stage.certificate.x5tS256)],
            ["x5t": .null, "x5c": [.string(lines)]], ["x5t": .null, "x5c": .string(lines)],
        ] {
            let answer = await stage.ask(
                try stage.certificate.assertion(
                    audience: stage.audience, algorithm: "PS256", header: header, claims: fraction))
            #expect(answer.status == 200, "\(header)")
        }
    }

    @Test func `an assertion that proves nothing is refused with Microsoft's number`() async throws {
        let stage = try await Stage()
        let now = Int(Instant.wall.microseconds / 1_000_000)
        let aud = stage.audience
        let make = stage.certificate
        let rows: [(String, String, Int)] = [
            ("no JWT", "abc", 50012),
            (
                "no signature",
                try make.assertion(audience: aud).split(separator: ".").prefix(2).joined(separator: ".") + ".", 50012
            ),
            ("alg none", try make.assertion(audience: aud, header: ["alg": "none"]), 50012),
            ("HMAC", try make.assertion(audience: aud, header: ["alg": "HS256"]), 50012),
            (
                "unknown certificate",
                try make.assertion(audience: aud, header: ["x5t": "AAAAAAAAAAAAAAAAAAAAAAAAAAA"]), 700027
            ),
            ("no certificate", try make.assertion(audience: aud, header: ["x5t": .null]), 700027),
            ("wrong signature", try make.assertion(audience: aud, spoiled: true), 700027),
            (
                "expired",
                try make.assertion(audience: aud, claims: ["iat": Value(now - 2000), "exp": Value(now - 1000)]), 700024
            ),
            (
                "not yet",
                try make.assertion(audience: aud, claims: ["nbf": Value(now + 1000), "exp": Value(now + 1600)]), 700024
            ),
            ("no expiry", try make.assertion(audience: aud, claims: ["exp": .null]), 700024),
            (
                "other audience",
                try make.assertion(audience: "https://login.microsoftonline.com/other/oauth2/v2.0/token"), 700023
            ),
            ("no audience", try make.assertion(audience: aud, claims: ["aud": .null]), 700023),
            ("other issuer", try make.assertion(audience: aud, claims: ["iss": "client-2"]), 700021),
            ("other subject", try make.assertion(audience: aud, claims: ["sub": "client-2"]), 700021),
            ("no jti", try make.assertion(audience: aud, claims: ["jti": .null]), 50012),
        ]
        for (name, assertion, code) in rows {
            let answer = await stage.ask(assertion)
            #expect(answer.status == 401 && answer.value["error"] == "invalid_client", "\(name)")
            #expect(answer.value["error_codes"]?[0]?.int == code, "\(name)")
            #expect(answer.value["error_uri"]?.string?.hasSuffix("/error?code=\(code)") == true, "\(name)")
        }
        let typeless = await stage.ask(try make.assertion(audience: aud), type: nil)
        #expect(typeless.value["error_codes"]?[0] == 90014)
        #expect(stage.clinic.events("entra.assertion").isEmpty)
    }

    @Test func `an assertion used twice is told, and refused where a scenario forbids it`() async throws {
        let stage = try await Stage()
        let assertion = try stage.certificate.assertion(audience: stage.audience)
        #expect(await stage.ask(assertion).status == 200)
        #expect(await stage.ask(assertion).status == 200)
        #expect(stage.clinic.events("entra.assertion").map { $0["replayed"] } == [false, true])
        try await stage.clinic.mock.configure(Clinic.world) { $0.refusesReplayedAssertions = true }
        #expect(await stage.ask(assertion).value["error_codes"]?[0] == 50012)
    }

    @Test func `a certificate is read from its PEM text, and nothing else is one`() async throws {
        let certificate = try await ClientCertificate()
        let lines = certificate.der.base64EncodedString(options: .lineLength64Characters)
        let text = "-----BEGIN CERTIFICATE-----\n\(lines)\n-----END CERTIFICATE-----\n"
        #expect(EntraRegistration.certificate(pem: text) == certificate.der)
        for wrong in ["", "certificate.pem", lines, text.replacing("CERTIFICATE", with: "PUBLIC KEY")] {
            #expect(EntraRegistration.certificate(pem: wrong) == nil)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import Synchronization
import TestSupport
import Testing
import Trace
import Value
import World

/// Grants beyond the usual ones, and keys that clients publish.
struct GrantTests {
    private static let assertion = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    private static let exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    private static let accessToken = "urn:ietf:params:oauth:token-type:access_token"

    private func token(_ ward: Ward, _ form: Form) async throws -> (status: Int, body: Value) {
        let answer = try await ward.post(try await ward.endpoint("token_endpoint"), form)
        return (answer.status, try Value.parseJSON(answer.text))
    }

    @Test func `an assertion is a grant at Epic, for the client or for a user who let it in`() async throws {
        try await Ward.with(.epic, registration: Assertion.registration()) { ward in
            let configuration = try await ward.client.send("GET", ward.base + "/.well-known/smart-configuration")
            for grant in [Self.assertion, Self.exchange] { #expect(configuration.text.contains(grant)) }
            func ask(_ assertion: Assertion, _ more: Form = [:]) async throws -> (status: Int, body: Value) {
                var form: Form = ["grant_type": Self.assertion, "assertion": try await assertion.compact(ward)]
                form.fields += more.fields
                return try await token(ward, form)
            }
            let system = try await ask(Assertion(), ["scope": "system/Appointment.rs"])
            #expect(system.status == 200 && system.body["scope"] == "system/Appointment.rs")
            // Nobody has let the client in yet.
            let early = try await ask(Assertion(subject: "user-ruiz", jti: "j-2"))
            #expect(early.status == 400 && early.body["error"] == "invalid_grant")
            let (cookie, _, query) = try await ward.launch(from: .hyperspace)
            let redirected = try await ward.authorize(ward.request(launch: query["launch"]), cookie: cookie)
            let code = try #require(redirected["code"])
            var form = ward.redemption(code)
            form.append("client_assertion_type", Assertion.type)
            form.append("client_assertion", try await Assertion(jti: "j-3").compact(ward))
            let redeemed = try await token(ward, form).status
            #expect(redeemed == 200)
            let later = try await ask(
                Assertion(subject: "user-ruiz", jti: "j-4"), ["scope": "user/Appointment.read"])
            #expect(later.status == 200 && later.body["refresh_token"] == nil && later.body["patient"] == "fhir-ann")
            let text = try #require(later.body["access_token"]?.string)
            let appointment = try await ward.get("Appointment/apt-1", text).status
            #expect(appointment == 200)
            let patient = try await ward.get("Patient/fhir-ann", text).status
            #expect(patient == 403)
            let wrong: [(assertion: Assertion, more: Form)] = [
                (Assertion(subject: "user-ruiz", jti: "j-5"), ["scope": "user/Observation.read"]),
                (Assertion(subject: "user-ruiz", jti: "j-4"), [:]),
                (Assertion(subject: "user-ruiz", jti: "j-6", isForged: true), [:]),
                (Assertion(subject: "user-eve", jti: "j-7"), [:]),
                (Assertion(jti: "j-8"), ["scope": "system/Appointment.rs", "client_id": "other"]),
            ]
            for (assertion, more) in wrong {
                let refused = try await ask(assertion, more)
                #expect(refused.status >= 400, "\(assertion.jti ?? "")")
            }
            try await ward.ehr.signOut("dr-ruiz", in: Ward.world)
            let afterSignOut = try await ask(Assertion(subject: "user-ruiz", jti: "j-9")).body["error"]
            #expect(afterSignOut == "invalid_grant")
        }
    }

    @Test func `a token is exchanged for one with fewer rights, which lives no longer`() async throws {
        try await Ward.with(.epic) { ward in
            let session = try await ward.session(from: .hyperspace)
            let old = try #require(session["access_token"]?.string)
            ward.wire.advance(seconds: 600)
            let form: Form = [
                "grant_type": Self.exchange, "subject_token": old, "subject_token_type": Self.accessToken,
                "scope": "user/Appointment.read",
            ]
            let (status, body) = try await ward.token(form)
            #expect(status == 200 && body["issued_token_type"]?.string == Self.accessToken)
            #expect((2900...3000).contains(body["expires_in"]?.int ?? 0) && body["scope"] == "user/Appointment.read")
            let new = try #require(body["access_token"]?.string)
            let appointment = try await ward.get("Appointment/apt-1", new).status
            #expect(appointment == 200)
            let patient = try await ward.get("Patient/fhir-ann", new).status
            #expect(patient == 403)
            for (name, value, error) in [
                ("scope", "user/Observation.read", "invalid_scope"), ("subject_token", "none", "invalid_grant"),
                ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt", "invalid_request"),
                ("audience", "https://elsewhere.example/", "invalid_target"),
            ] {
                var wrong = form
                wrong.fields.removeAll { $0.name == name }
                wrong.append(name, value)
                let refusal = try await ward.token(wrong).1["error"]?.string
                #expect(refusal == error)
            }
        }
        try await Ward.with(.cerner) { ward in
            for grant in [Self.assertion, Self.exchange] {
                let refusal = try await ward.token(["grant_type": grant]).1["error"]
                #expect(refusal == "unsupported_grant_type")
            }
        }
    }

    /// A key set at an address, and how often it was read.
    private final class Published: KeySetReader {
        struct State {
            var reads = 0
            var accepts: [String] = []
            var status = 200
            var cacheControl: String?
        }

        let state = Mutex(State())
        let set: Value

        init(_ set: Value) { self.set = set }

        func read(_ url: String, headers: [(name: String, value: String)]) async throws -> KeySetAnswer {
            let now = state.withLock { state in
                state.reads += 1
                state.accepts.append(headers.first { $0.name == "Accept" }?.value ?? "")
                return state
            }
            return KeySetAnswer(
                status: now.status, headers: now.cacheControl.map { [("Cache-Control", $0)] } ?? [],
                body: Data(set.jsonBytes()))
        }
    }

    @Test(arguments: [Vendor.cerner, .epic])
    func `a backend client may sign assertions, whatever its app does and beside its secret`(
        vendor: Vendor
    ) async throws {
        let keys = try #require(try Assertion.registration().jwks)
        for secret in [nil, "sys"] {
            let registration = EHRRegistration(
                clientID: "app", clientSecret: "s3cret", jwks: keys, redirectURIs: [Ward.redirect],
                systemClient: .init(id: "system", secret: secret))
            try await Ward.with(vendor, registration: registration) { ward in
                let asked: [(assertion: Assertion, status: Int)] = [
                    (Assertion(issuer: "system", subject: "system", jti: "a"), 200),
                    (Assertion(jti: "b"), 401), (Assertion(issuer: "system", jti: "c"), 401),
                    (Assertion(issuer: "system", subject: "system", jti: "d", isForged: true), 401),
                ]
                for (assertion, status) in asked {
                    let answer = try await token(ward, try await assertion.request(ward, scope: "system/Patient.read"))
                    #expect(answer.status == status, "\(assertion.jti ?? ""): \(answer.body)")
                }
            }
        }
    }

    @Test func `keys are read where the client publishes them, and kept as long as it says`() async throws {
        let own = try Assertion.registration()
        let place = "https://connector.example/jwks"
        let registration = EHRRegistration(
            clientID: "app", clientSecret: nil, authentication: .privateKeyJWT, jwksURL: place,
            redirectURIs: [Ward.redirect])
        let published = Published(try #require(own.jwks))
        try await Ward.with(.epic, registration: registration, keySets: published) { ward in
            func status(_ assertion: Assertion) async throws -> Int {
                try await token(ward, try await assertion.request(ward)).status
            }
            var expected = 0
            func reads(_ more: Int) -> Bool {
                expected += more
                return published.state.withLock { $0.reads } == expected
            }
            // Without Cache-Control nothing is kept.
            for id in ["a", "b"] {
                let unkept = try await status(Assertion(jti: id))
                #expect(unkept == 200)
            }
            #expect(reads(2))
            published.state.withLock { $0.cacheControl = "public, max-age=300" }
            for id in ["c", "d"] {
                let kept = try await status(Assertion(jti: id))
                #expect(kept == 200)
            }
            #expect(reads(1))
            ward.wire.advance(seconds: 301)
            let renewed = try await status(Assertion(jti: "e"))
            #expect(renewed == 200)
            #expect(reads(1))
            let registered = try await status(Assertion(jti: "f", keySet: place))
            #expect(registered == 200)
            let elsewhere = try await status(Assertion(jti: "g", keySet: "https://elsewhere.example/jwks"))
            #expect(elsewhere == 401)
            ward.wire.advance(seconds: 301)
            published.state.withLock { $0.status = 503 }
            let unreadable = try await status(Assertion(jti: "h"))
            #expect(unreadable == 401)
            #expect(ward.last("token.refused")?["reason"]?.string?.contains("key set") == true)
            #expect(published.state.withLock { $0.accepts }.allSatisfy { $0 == "application/json" })
            let asked = ward.journal.events().filter { $0.kind == "http.request" && $0["url"]?.string == place }
            #expect(asked.count == expected + 1)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

/// What a client sees of a refusal.
struct Refusal: Sendable {
    let status: Int
    /// The OAuth error, of the body or the redirect.
    var error: String?
    var location: String?
    var challenge: String?

    init(_ answer: TestClient.Answer) {
        status = answer.status
        location = answer.header("Location")
        challenge = answer.header("WWW-Authenticate")
        error =
            location.flatMap { Form(urlEncoded: String($0.drop { $0 != "?" }.dropFirst()))["error"] }
            ?? (try? Value.parseJSON(answer.text))?["error"]?.string
    }
}

/// One wrong request: what is done, with which error it is refused, and what the trace says.
struct RefusalRow: Sendable, CustomTestStringConvertible {
    enum Answer: Sendable {
        /// Sent back to the client with an OAuth error.
        case redirect(String)
        /// Shown on a page, never sent on.
        case page
        /// Refused at the token endpoint, or one like it.
        case token(Int, String)
        /// Refused by the FHIR server.
        case fhir(Int)
    }

    let name: String
    let vendor: Vendor
    let isAsserting: Bool
    let answer: Answer
    let reason: String
    let act: @Sendable (Ward) async throws -> Refusal
    var testDescription: String { name }

    init(
        _ name: String, at vendor: Vendor = .cerner, asserting: Bool = false, _ answer: Answer, _ reason: String,
        _ act: @escaping @Sendable (Ward) async throws -> Refusal
    ) {
        self.name = name
        self.vendor = vendor
        isAsserting = asserting
        self.answer = answer
        self.reason = reason
        self.act = act
    }
}

struct RefusalTableTests {
    static let rows = RefusalRow.authorize + RefusalRow.token + RefusalRow.assertion + RefusalRow.fhir

    @Test func `the table is long, and no row stands twice`() {
        #expect(Self.rows.count >= 40)
        #expect(Set(Self.rows.map(\.name)).count == Self.rows.count)
    }

    @Test(arguments: rows) func `is refused and recorded`(row: RefusalRow) async throws {
        try await Ward.with(row.vendor, registration: row.isAsserting ? Assertion.registration() : nil) { ward in
            let refusal = try await row.act(ward)
            let event: TraceEvent?
            switch row.answer {
            case .redirect(let error):
                #expect(refusal.status == 302)
                #expect(refusal.error == error)
                #expect(refusal.location?.hasPrefix(Ward.redirect + "?") == true)
                event = ward.last("authorize.requested")
                #expect(event?["valid"] == false)
            case .page:
                #expect(refusal.status == 400)
                #expect(refusal.location == nil)
                event = ward.last("authorize.requested")
                #expect(event?["valid"] == false)
            case .token(let status, let error):
                #expect(refusal.status == status)
                #expect(refusal.error == error)
                event = ward.last("token.refused")
                #expect(event?["error"]?.string == error)
            case .fhir(let status):
                #expect(refusal.status == status)
                #expect((refusal.challenge?.hasPrefix("Bearer") == true) == (status == 401))
                event = ward.last("fhir.refused")
                #expect(event?["status"]?.int == status)
            }
            #expect(event?["reason"]?.string == row.reason)
            #expect(event?["base"] == "main")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProtocolRules
import Trace
import Value
import World

/// Exchanges as a trace would hold them.
struct ExchangeMaker {
    private(set) var events: [TraceEvent] = []
    private var count = 0
    /// The scenario's clock in the events that follow.
    var clock: Instant?
    static let world = WorldID(rawValue: "w1")

    mutating func add(
        _ from: Party, _ to: Party, _ method: String, _ url: String, headers: [(String, String)] = [],
        body: String? = nil, status: Int? = 200, answerHeaders: [(String, String)] = [], answer: String? = nil,
        milliseconds: Int = 5, strained: Int = 0, fault: String? = nil, facts: [EventDraft] = []
    ) {
        count += 1
        let id = ExchangeID(rawValue: "x\(count)")
        append(
            HTTPMessage.request(
                exchange: id, world: Self.world, from: from, to: to, method: method, url: url, headers: headers,
                body: body.map { RecordedBody(Data($0.utf8)) }))
        for var fact in facts {
            fact.exchange = id
            append(fact)
        }
        guard let status else { return }
        append(
            HTTPMessage.response(
                exchange: id, world: Self.world, from: to, to: from, status: status, headers: answerHeaders,
                body: answer.map { RecordedBody(Data($0.utf8)) }, duration: .milliseconds(milliseconds), fault: fault,
                strained: .milliseconds(strained)))
    }

    mutating func append(_ draft: EventDraft) {
        events.append(
            TraceEvent(
                seq: events.count + 1, at: Instant(microseconds: Int64(events.count)), world: draft.world, clock: clock,
                cause: nil, kind: draft.kind, party: draft.party, exchange: draft.exchange, fields: draft.fields))
    }

    /// Ids of the rules that were broken, advice included.
    func broken(_ world: WorldFacts? = nil) -> [String] {
        let trace = Trace(header: [:], events: events, bodies: [:], isComplete: true)
        let facts = world ?? WorldFacts(events: events)
        let found = ProtocolRules.violations(in: Exchange.all(in: trace), world: facts).map(\.rule)
        return Array(Set(found)).sorted()
    }
}

enum Samples {
    static let base = "http://127.0.0.1:1/r4/t1"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let callback = "http://127.0.0.1:3/callback"
    static let form = [("Content-Type", "application/x-www-form-urlencoded")]

    static func authorize(
        state: String = "AAAABBBBCCCCDDDDEEEEFFFFGG", scope: String = "launch user/Appointment.read openid",
        challenge: String? = Samples.challenge, aud: String = base
    ) -> String {
        var url = "http://127.0.0.1:1/tenants/t1/protocols/oauth2/profiles/smart-v1/personas/provider/authorize"
        url +=
            "?response_type=code&client_id=c&redirect_uri=http%3A%2F%2F127.0.0.1%3A3%2Fcallback&state=\(state)&launch=l"
        url += "&scope=\(scope.replacing(" ", with: "+").replacing("/", with: "%2F"))&aud=\(aud)"
        if let challenge { url += "&code_challenge=\(challenge)&code_challenge_method=S256" }
        return url
    }

    static let token = "http://127.0.0.1:1/tenants/t1/protocols/oauth2/profiles/smart-v1/token"

    /// A launch as an honest connector does it.
    static func honestLaunch() -> ExchangeMaker {
        var maker = ExchangeMaker()
        maker.append(
            EventDraft(
                "world.opened", by: .runner, world: ExchangeMaker.world,
                [
                    "scenario": "s",
                    "model": .object([
                        "main": ["alias": "main", "url": .string(base)], "ann": ["alias": "ann", "role": "patient"],
                        "dr": ["alias": "dr", "role": "provider", "url": "https://dr.example"],
                    ]),
                ]))
        maker.add(
            .actor("dr"), .ehr, "GET", authorize(), status: 302,
            answerHeaders: [("Location", callback + "?code=code-1234&state=AAAABBBBCCCCDDDDEEEEFFFFGG")])
        maker.add(
            .actor("dr"), .connector, "GET", callback + "?code=code-1234&state=AAAABBBBCCCCDDDDEEEEFFFFGG", status: 302,
            answerHeaders: [("Location", "http://127.0.0.1:3/visit")])
        maker.add(
            .connector, .ehr, "POST", token, headers: form,
            body: "grant_type=authorization_code&code=code-1234&redirect_uri=http%3A%2F%2F127.0.0.1%3A3%2Fcallback"
                + "&code_verifier=\(verifier)", answer: #"{"access_token":"ehr-token-1"}"#)
        maker.add(
            .connector, .ehr, "GET", base + "/Appointment/7",
            headers: [("Accept", "application/fhir+json"), ("Authorization", "Bearer ehr-token-1")])
        maker.add(
            .actor("dr"), .connector, "GET", "http://127.0.0.1:3/visit", answerHeaders: page, answer: "<p>Visit</p>")
        return maker
    }

    static let page = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Referrer-Policy", "no-referrer"), ("Set-Cookie", "s=1; HttpOnly; SameSite=Lax; Path=/"),
    ]
}

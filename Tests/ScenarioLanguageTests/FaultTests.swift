// SPDX-License-Identifier: Apache-2.0

import ScenarioLanguage
import SourceText
import Testing
import Value

/// Faults as scenarios write them.
@Suite("Faults") struct FaultTests {
    private static let written: [(text: String, effect: FaultSpec.Effect)] = [
        ("status: 429, retry-after: 30", .status(429, retryAfter: 30, asDate: false)),
        ("status: 429, retry-after: 30, retry-after-date: true", .status(429, retryAfter: 30, asDate: true)),
        ("status: 503, times: 5", .status(503, retryAfter: nil, asDate: false)),
        ("latency: 2s", .latency(.seconds(2))),
        ("delay: uniform 100ms 2s", .delay(shape: "uniform", .milliseconds(100), .seconds(2))),
        ("delay: normal 1s 200ms", .delay(shape: "normal", .seconds(1), .milliseconds(200))),
        ("delay: exponential 500ms", .delay(shape: "exponential", .milliseconds(500), .zero)),
        ("drip: 16", .drip(bytes: 16)), ("drop: true", .drop), ("drop: true, after-work: true", .drop),
        ("hang-up: true", .hangUp), ("reset: true", .reset), ("truncate: 100", .truncate(bytes: 100)),
        ("truncate: true", .truncate(bytes: nil)), ("bad-chunks: true", .badChunks), ("duplicate: true", .duplicate),
        ("reorder: 2s", .reorder(.seconds(2))), ("malformed: true", .malformed), ("locked: true", .locked),
        ("redirect: http://127.0.0.1:9/", .redirect("http://127.0.0.1:9/")), ("timeout: 5s", .timeout(.seconds(5))),
        ("timeout: true", .timeout(nil)), ("content-type: text/html", .contentType("text/html")),
        ("oversize: 1000000", .oversize(bytes: 1_000_000)), ("skew: -10m", .skew(.seconds(-600))),
        ("revoked-token: true", .revokedToken), ("issue: 4131", .issue(4131)), ("tls: expired", .tls("expired")),
        ("tls: wrong-host", .tls("wrong-host")), ("tls: unknown-ca", .tls("unknown-ca")),
        ("tls: old-version", .tls("old-version")), ("aadsts: 50076", .entraError(50076)),
    ]

    private func fault(_ text: String) throws -> FaultSpec {
        let place = text.hasPrefix("aadsts") ? "entra" : "ehr"
        let steps = try #require(load("place: \(place), \(text)").scenario, "\(text)").steps
        guard case .set(.fault(let value))? = steps.first?.action else { throw CancellationError() }
        return try #require(FaultSpec(value))
    }

    private func load(_ fault: String) -> LoadedScenario {
        let file = """
            id: faults
            title: Faults
            profiles: [cerner-2022-06]
            verifies: {SMS-06: [checked]}
            world: {organization: {ehr: cerner}, people: {ada: administrator}}
            steps:
              - set: {fault: {\(fault)}}
              - ada does: sign-in
                outcome: any
                check: {checked: status < 500}
            """
        return Fixture.load(file)
    }

    @Test func `where writeback goes is the deployment's to say`() throws {
        let read = try #require(load("place: writeback, locked: true").scenario)
        guard case .set(.fault(let value))? = read.steps.first?.action else { throw CancellationError() }
        #expect(FaultSpec(value)?.place == .writeback)
        #expect(FaultSpec(["place": "text-messages", "drop": true])?.place == .textMessages)
        for more in ["path: '**/Attendance'", "method: POST"] {
            let loaded = load("place: writeback, drop: true, \(more)")
            #expect(loaded.scenario == nil)
            #expect(loaded.diagnostics.map(\.code) == ["bad-fault"], "\(loaded.diagnostics)")
        }
    }

    @Test func `each effect is read, and none is left out`() throws {
        for (text, effect) in Self.written {
            #expect(try fault(text).effect == effect, "\(text)")
        }
        let words = Set(Self.written.map { String($0.text.prefix { $0 != ":" }) })
        #expect(words == Set(FaultSpec.effects))
    }

    @Test func `place, turn, number, time and chance are read`() throws {
        let one = try fault("drop: true, method: PATCH, path: '/Appointment/*', nth: 3, times: 2, percent: 30")
        #expect(one.method == "PATCH" && one.path == "/Appointment/*" && one.nth == 3 && one.times == 2)
        #expect(one.percent == 30 && !one.afterWork)
        let outage = try fault("status: 503, lasting: 10m")
        #expect(outage.lasting == .seconds(600) && outage.times == nil)
        #expect(try fault("drop: true, after-work: true").afterWork)
    }
}

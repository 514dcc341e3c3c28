// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Testing
import Trace
import Value
import World

@testable import Reports

@Suite struct LargeRunTests {
    /// A suite's worth of scenarios with a day's worth of messages.
    private func run(scenarios: Int, exchanges: Int) -> (RunResults, Trace) {
        var events: [TraceEvent] = []
        var results: [ScenarioResult] = []
        let text = String(repeating: "{\"resourceType\":\"Appointment\",\"status\":\"booked\"} ", count: 40)
        let body = RecordedBody(Data(text.utf8))
        func add(_ draft: EventDraft) {
            events.append(
                TraceEvent(
                    seq: events.count + 1, at: Instant(microseconds: Int64(events.count)), world: draft.world,
                    clock: nil,
                    cause: nil, kind: draft.kind, party: draft.party, exchange: draft.exchange, fields: draft.fields))
        }
        for scenario in 0..<scenarios {
            let world = WorldID(rawValue: "w\(scenario)")
            let first = events.count + 1
            for index in 0..<exchanges {
                let id = ExchangeID(rawValue: "x\(scenario)-\(index)")
                add(
                    HTTPMessage.request(
                        exchange: id, world: world, from: .connector, to: .ehr, method: "GET",
                        url: "http://e/r4/t/Appointment/\(index)",
                        headers: [("Accept", "application/fhir+json")], body: nil))
                add(
                    HTTPMessage.response(
                        exchange: id, world: world, from: .ehr, to: .connector, status: 200,
                        headers: [("Content-Type", "application/fhir+json")],
                        body: body, duration: .milliseconds(1)))
            }
            results.append(
                ScenarioResult(
                    id: "s\(scenario)", title: "Scenario \(scenario)", world: world, outcome: "completed",
                    verdict: .pass,
                    checks: [CheckResult(check: "c", requirements: [], level: .must, verdict: .pass, message: "ok")],
                    firstEvent: first, lastEvent: events.count, seconds: 0.1))
        }
        let sample = SampleRun.results
        let all = RunResults(
            verdict: .conformant, reasons: [], suiteVersion: "0", seed: 1, nonce: "n", profile: nil,
            claimedProfiles: [],
            deployment: "d", connector: "c", defects: [], started: sample.started, seconds: 3, scenarios: results,
            requirements: [], runChecks: [])
        return (all, Trace(header: [:], events: events, bodies: [:], isComplete: true))
    }

    @Test func `a whole suite makes a report that a browser opens`() {
        let (results, trace) = run(scenarios: 60, exchanges: 100)
        let clock = ContinuousClock()
        var size = 0
        let time = clock.measure { size = HTMLReport.html(results, trace: trace).utf8.count }
        #expect(size < 4_000_000, "\(size) bytes")
        if let path = ProcessInfo.processInfo.environment["ASSAY_REPORT_TIME"] {
            try? Data("\(time) \(size)".utf8).write(to: URL(filePath: path))
        }
    }

    @Test func `a HAR is written in pieces that are one text`() throws {
        let (results, trace) = run(scenarios: 3, exchanges: 40)
        var pieces = 0
        HARWriter.write(results, trace: trace) { piece in
            pieces += 1
            #expect(!piece.isEmpty)
        }
        #expect(pieces > 2)
        let entries = try Value.parseJSON(HARWriter.text(results, trace: trace))["log"]?["entries"]?.array ?? []
        #expect(
            entries.map { $0["_exchange"]?.string }
                == trace.events.filter { $0.kind == "http.request" }.map { $0.exchange?.rawValue })
    }
}

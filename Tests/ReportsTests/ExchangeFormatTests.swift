// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Testing
import Trace
import Value

@testable import Reports

/// The reports that other tools read.
@Suite struct ExchangeFormatTests {
    private var results: RunResults { SampleRun.results }
    private var checks: [CheckResult] { results.scenarios.flatMap(\.checks) + results.runChecks }

    @Test func `CTRF counts every check once and calls nothing passed that was not decided`() throws {
        let summary = try #require(CTRFReport.value(results)["results"]?["summary"])
        let tests = try #require(CTRFReport.value(results)["results"]?["tests"]?.array)
        #expect(tests.count == checks.count)
        #expect(summary["tests"]?.int == checks.count)
        #expect(summary["failed"] == 1)
        #expect(summary["other"] == 2)
        #expect(summary["skipped"] == 1)
        #expect(summary["passed"] == 3)
        #expect(
            ["passed", "failed", "skipped", "pending", "other"].compactMap { summary[$0]?.int }.reduce(0, +)
                == checks.count)
        #expect(tests.first { $0["rawStatus"] == "warning" }?["message"] != nil)
    }

    @Test func `SARIF holds what did not pass, with rule, line and requirement`() throws {
        let run = try #require(SARIFReport.value(results)["runs"]?[0])
        let found = try #require(run["results"]?.array)
        let rules = try #require(run["tool"]?["driver"]?["rules"]?.array)
        #expect(found.count == 4)
        let failure = try #require(found.first { $0["ruleId"] == "one-join-link" })
        #expect(failure["level"] == "error")
        #expect(failure["kind"] == "fail")
        #expect(failure["locations"]?[0]?["physicalLocation"]?["region"]?["startLine"] == 10)
        #expect(failure["locations"]?[0]?["logicalLocations"]?[0]?["fullyQualifiedName"] == "cerner-sms-join/2")
        let index = try #require(failure["ruleIndex"]?.int)
        #expect(rules[index]["id"] == "one-join-link")
        #expect(
            rules[index]["shortDescription"]?["text"] == "SMS-08: The message carries a link that starts the visit.")
        #expect(found.first { $0["ruleId"] == "retry-kept" }?["level"] == "warning")
        for open in found where open["kind"] == "open" { #expect(open["level"] == "none") }
    }

    @Test func `the FHIR TestReport tells each check and is not passed`() throws {
        let report = TestReportFHIR.value(results)
        #expect(report["resourceType"] == "TestReport")
        #expect(report["result"] == "fail")
        #expect(report["status"] == "completed")
        let tests = try #require(report["test"]?.array)
        #expect(tests.count == 3)
        let words = tests.flatMap { $0["action"]?.array ?? [] }.compactMap { $0["assert"]?["result"]?.string }
        #expect(words == ["pass", "fail", "warning", "skip", "skip", "skip", "pass"])
    }

    @Test func `the HAR holds every exchange, those without an answer too`() throws {
        let log = try #require(Value.parseJSON(HARWriter.text(results, trace: SampleRun.trace))["log"])
        let entries = try #require(log["entries"]?.array)
        #expect(entries.count == 3)
        #expect(log["pages"]?.array?.count == 1)
        #expect(entries[0]["request"]?["queryString"]?[0]?["name"] == "_format")
        #expect(entries[0]["response"]?["content"]?["size"] == 9000)
        #expect(entries[1]["request"]?["postData"]?["mimeType"] == "application/json")
        #expect(entries[2]["response"]?["status"] == 0)
        #expect(entries.allSatisfy { $0["pageref"] == "w1" })
    }

    @Test func `the summary says the outcome first, and no text of the connector works as markup`() throws {
        let text = MarkdownSummary.text(results)
        #expect(text.hasPrefix("### Assay: nonconformant\n"))
        #expect(text.contains("SMS-08: The message carries a link that starts the visit"))
        #expect(text.contains("assay run --only cerner-sms-join --defect sms-two-links --seed"))
        #expect(!text.contains("<script>"))
        #expect(!text.contains("<img"))
        #expect(!text.unicodeScalars.contains("\u{7}"))
    }

    @Test func `a summary never outgrows what a CI page takes`() {
        let one = results.scenarios[0]
        let long = CheckResult(
            check: "long", requirements: [], level: .must, verdict: .fail, reason: .wrongValue, message: "m",
            expected: String(repeating: "`x", count: 5000))
        let many = RunResults(
            verdict: .nonconformant, reasons: [], suiteVersion: "1", seed: 1, nonce: "n", profile: nil,
            claimedProfiles: [], deployment: "reference", connector: "c", defects: [], started: results.started,
            seconds: 1,
            scenarios: [
                ScenarioResult(
                    id: one.id, title: one.title, world: nil, outcome: "completed", verdict: .fail,
                    checks: Array(repeating: long, count: 3000), firstEvent: 0, lastEvent: 0, seconds: 1)
            ], requirements: [], runChecks: [])
        let text = MarkdownSummary.text(many)
        #expect(text.utf8.count < 1_000_000)
        #expect(text.contains("more findings: see report.html"))
    }

    @Test func `a cURL line sends what was sent`() throws {
        let request = try #require(SampleRun.trace.events.first { $0.kind == "http.request" && $0["method"] == "POST" })
        let line = CurlCommand.line(request, body: Data(#"{"it's":1}"#.utf8))
        #expect(
            line
                == #"curl -i -X POST -H 'Content-Type: application/json' --data-binary '{"it'\''s":1}' 'http://127.0.0.1:2/acs/t/sms?api-version=2021-03-07'"#
        )
    }
}

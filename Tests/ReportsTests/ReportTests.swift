// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import Judge
import Testing
import Value

@testable import Reports

@Suite struct ReportTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "golden")

    /// Compares with a file under `golden/`; `ASSAY_REWRITE=1` rewrites it.
    private func compare(_ text: String, with name: String) throws {
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["ASSAY_REWRITE"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(text == golden)
    }

    @Test func `results.json is as documented`() throws {
        try compare(ResultsJSON.text(SampleRun.results), with: "results.json")
    }

    @Test func `junit.xml is as it was`() throws {
        try compare(JUnitReport.xml(SampleRun.results), with: "junit.xml")
    }

    @Test(arguments: ["ctrf.json", "findings.sarif", "testreport.fhir.json", "traffic.har", "summary.md"])
    func `every exchange format is as it was`(name: String) throws {
        let file = try #require(
            try ReportFiles.all(SampleRun.results, trace: SampleRun.trace).first { $0.name == name })
        try compare(String(decoding: file.data, as: UTF8.self), with: name)
    }

    @Test func `junit.xml is well formed and counts what it holds`() throws {
        let counter = CountingParser()
        let parser = XMLParser(data: Data(JUnitReport.xml(SampleRun.results).utf8))
        parser.delegate = counter
        #expect(parser.parse())
        #expect(counter.counts["testsuite"] == 3)
        #expect(counter.counts["testcase"] == SampleRun.results.checkCount)
        #expect(counter.counts["failure"] == 1)
        #expect(counter.counts["error"] == 2)
        #expect(counter.counts["skipped"] == 2)
    }

    @Test func `the terminal ends with the verdict and says what was expected`() throws {
        let lines = TerminalSummary.lines(SampleRun.results)
        #expect(lines.last == "verdict: nonconformant (2 scenarios, 7 checks, 2 failed, 4.2 s)")
        let text = lines.joined(separator: "\n")
        #expect(text.contains("fail: cerner-sms-join/one-join-link [SMS-08, M]"))
        #expect(text.contains("expected: links.count() = 1"))
        #expect(text.contains("near miss: #9 sms.sent"))
        #expect(text.contains("warning: cerner-sms-join/retry-kept [SMS-14, E]"))
        #expect(text.contains("2 checks not seen"))
        #expect(!text.unicodeScalars.contains("\u{7}"))
        #expect(lines.allSatisfy { !$0.contains("\n") })
    }
}

/// Counts elements.
private final class CountingParser: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) { counts[name, default: 0] += 1 }
}

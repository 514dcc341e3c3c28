// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Testing

@testable import Reports

@Suite struct HTMLReportTests {
    private let html = HTMLReport.html(SampleRun.results, trace: SampleRun.trace)

    @Test func `nothing of the run becomes markup`() {
        #expect(!html.contains("<script"))
        #expect(!html.contains("<img"))
        #expect(!html.contains("\u{202E}"))
        #expect(!html.contains("\u{7}"))
        #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)"))
        #expect(html.contains("‹U+202E›"))
    }

    @Test func `the page loads nothing and runs nothing`() {
        let loads = html.contains(/<[^>]*\ssrc=/)
        #expect(!loads)
        #expect(!html.contains("url("))
        #expect(!html.contains("@import"))
        #expect(!html.contains("href=\"http"))
        #expect(!html.contains(" style="))
        #expect(html.contains("default-src &#39;none&#39;; style-src &#39;sha256-"))
    }

    @Test func `every element that opens closes`() {
        var open: [Substring] = []
        let voids: Set<Substring> = ["meta", "!DOCTYPE"]
        var rest = html[...]
        while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            let name = tag.prefix { !$0.isWhitespace }
            if name.hasPrefix("/") {
                #expect(open.last == name.dropFirst(), "\(open.suffix(3)) closed by \(name)")
                open.removeLast(open.isEmpty ? 0 : 1)
            } else if !voids.contains(name) {
                open.append(name)
            }
        }
        #expect(open.isEmpty)
    }

    @Test func `every link leads to a place of the page and every place has one name`() {
        let targets = html.matches(of: /href="#([^"]+)"/).map { String($0.output.1) }
        let ids = html.matches(of: /\sid="([^"]+)"/).map { String($0.output.1) }
        #expect(!targets.isEmpty)
        #expect(Set(targets).subtracting(ids).isEmpty)
        #expect(Set(ids).count == ids.count)
    }

    @Test func `the verdict stands before the findings, the failure before the warning`() throws {
        let verdict = try #require(html.range(of: "<strong>nonconformant</strong>"))
        let failed = try #require(html.range(of: "Failed (1)"))
        let warnings = try #require(html.range(of: "Warnings (1)"))
        let matrix = try #require(html.range(of: "Requirements (3)"))
        #expect(verdict.lowerBound < failed.lowerBound)
        #expect(failed.lowerBound < warnings.lowerBound)
        #expect(warnings.lowerBound < matrix.lowerBound)
    }

    @Test func `long bodies are cut and say so, the offending message is marked`() {
        #expect(html.contains("cut: 9000 bytes"))
        #expect(html.contains("class=\"exchange bad\" id=\"x-x2\""))
        #expect(html.contains("decides a failed check"))
        #expect(html.contains("no answer"))
    }

    @Test func `a sample for the eye is written where it is asked for`() throws {
        guard let path = ProcessInfo.processInfo.environment["ASSAY_SAMPLE_REPORT"] else { return }
        try Data(html.utf8).write(to: URL(filePath: path))
    }
}

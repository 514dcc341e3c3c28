// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Judge
import Testing
import Trace
import Value

@testable import Reports

@Suite struct HTMLReportTests {
    private let whole = HTMLReport.html(SampleRun.results, trace: SampleRun.trace)
    /// The page without its data block and its script: what is there for whoever has none.
    private var html: String { whole.replacing(/<script.*?<\/script>/.dotMatchesNewlines(), with: "") }

    @Test func `a failure tells the sentence that is broken and the page it stands on`() {
        #expect(whole.contains("<dt>SMS-08</dt><dd>The message carries a link that starts the visit.</dd>"))
        #expect(whole.contains("<dt>Source</dt><dd>CR: a page &lt;in&gt; Russian</dd>"))
        #expect(whole.contains("<dt>Source</dt><dd>no page states it: the field needs it</dd>"))
    }

    @Test func `nothing of the run becomes markup`() {
        #expect(whole.matches(of: /<script/).count == 2)
        #expect(whole.matches(of: /<\/script>/).count == 2)
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

    @Test func `the only script that may run is the page's own, and the data block is no way out of itself`() throws {
        let script = try #require(whole.firstMatch(of: /<script>(.*?)<\/script>/.dotMatchesNewlines())).output.1
        let digest = Data(SHA256.hash(data: Data(script.utf8))).base64EncodedString()
        #expect(whole.contains("script-src &#39;sha256-\(digest)&#39;"))
        for way in [
            "innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval", "Function(", "fetch", "XMLHttp",
        ] {
            #expect(!script.contains(way), "\(way)")
        }
        let block = try #require(
            whole.firstMatch(of: /<script type="application\/json" id="record">(.*?)<\/script>/.dotMatchesNewlines())
        ).output.1
        #expect(!block.contains("<"))
        let data = try Value.parseJSON(String(block))
        #expect(data["scenarios"]?["cerner-sms-join"]?["exchanges"]?.array?.count == 3)
        #expect(data["texts"]?.array?.contains { $0.string?.contains("<script>alert") == true } == true)
        #expect(Set(data["texts"]?.array ?? []).count == data["texts"]?.array?.count, "every text stands once")
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
        #expect(whole.contains("cut: 9000 bytes"))
        #expect(html.contains("class=\"exchange bad\" id=\"x-x2\""))
        #expect(html.contains("decides a failed check"))
        #expect(html.contains("no answer"))
    }

    @Test func `the page maps where data flowed and tells how long answers took`() {
        func flow(_ to: String, _ dataClass: String, isStorage: Bool, rule: String) -> DataFlowMap.Flow {
            DataFlowMap.Flow(
                from: "connector", to: to, isStorage: isStorage, dataClass: dataClass, origin: "ehr", forms: ["value"],
                count: 2, isAllowed: !rule.isEmpty, rule: rule, because: "it sets the meeting up", evidence: 1)
        }
        var results = SampleRun.results
        var map = DataFlowMap(
            policy: "seed-policy", title: "Nothing is kept",
            flows: [
                flow("people", "family-name", isStorage: false, rule: ""),
                flow("database", "ehr-user-id", isStorage: true, rule: "the-one-datum"),
            ])
        map.searches = 3
        results.dataFlows = map
        let page = HTMLReport.html(results, trace: SampleRun.trace)
        #expect(page.contains("connector → people: family-name, not all of it allowed"))
        #expect(page.contains("kept: database"))
        #expect(page.contains("the-one-datum: it sets the meeting up"))
        #expect(page.contains("Not to be signed: 1 of 2 flows are allowed by no rule"))
        #expect(page.contains("ehr answers the connector"))
        #expect(page.contains("12.000"))
    }

    @Test func `a sample for the eye is written where it is asked for`() throws {
        guard let path = ProcessInfo.processInfo.environment["ASSAY_SAMPLE_REPORT"] else { return }
        try Data(html.utf8).write(to: URL(filePath: path))
    }
}

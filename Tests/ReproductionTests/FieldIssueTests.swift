// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The commands as a user runs them, on the embedded connector.
@Suite(.serialized) struct FieldIssueTests {
    private struct Example {
        let arguments: [String]
        let status: Int32
    }

    /// The marked examples of a page, in their order.
    private func examples() throws -> [Example] {
        let page = try String(
            contentsOf: BuiltAssay.project.appending(path: "docs/field-issues.md"), encoding: .utf8)
        return page.matches(of: /<!-- test: exits (\d) -->\n```\nassay (.*)\n```/).map { match in
            Example(arguments: match.2.split(separator: " ").map(String.init), status: Int32(match.1) ?? -1)
        }
    }

    @Test func `the examples of the page do what it says, one after the other`() async throws {
        let folder = try TemporaryFolder()
        let examples = try examples()
        #expect(examples.count == 6)
        for example in examples {
            let ended = try await Turnstile.shared.pass {
                try await BuiltAssay.run(example.arguments, in: folder.url, limit: .seconds(1800))
            }
            #expect(ended.status == example.status, "assay \(example.arguments.joined(separator: " "))\n\(ended)")
        }
        let first = RunRecord(folder.url.appending(path: "broken"))
        #expect(first.checks.contains { $0.id == "one-message-in-all" && $0.verdict == "fail" })

        let least = try String(contentsOf: folder.url.appending(path: "least.yaml"), encoding: .utf8)
        #expect(least.components(separatedBy: "\n  - ").count - 1 <= 7, "\(least)")
        #expect(least.contains("after-work: true"), "\(least)")

        let imported = try String(contentsOf: folder.url.appending(path: "imported.yaml"), encoding: .utf8)
        #expect(imported.contains("sms.sent"), "\(imported)")
        let trace = try String(contentsOf: folder.url.appending(path: "broken/trace.ndjson"), encoding: .utf8)
        for name in ["family-name", "given-name", "phone", "mrn", "tenant"] {
            for value in trace.matches(of: try Regex("\"\(name)\":\"([^\"]{5,})\"")).prefix(20) {
                let text = String(value.output[1].substring ?? "")
                #expect(!imported.contains(text), "\(name) \(text) stands in the import")
            }
        }
    }

    @Test func `where nothing failed nothing is run, and an unknown check is named`() async throws {
        let folder = try TemporaryFolder()
        let run = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                ["run", "--only", "cerner-portal-sign-in", "--out", "fine"], in: folder.url, limit: .seconds(900))
        }
        #expect(run.status == 0, "\(run)")
        let none = try await BuiltAssay.run(
            ["run", "--from", "fine", "--failed"], in: folder.url, limit: .seconds(600))
        #expect(none.status == 3, "\(none)")
        #expect(none.errors.contains("Nothing went wrong"), "\(none)")
        // Beside a scenario in which somebody enters an address where nothing lives: that is asked of it alone.
        let two = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                ["run", "--only", "cerner-portal-sign-in", "cerner-base-urls", "--out", "two"], in: folder.url,
                limit: .seconds(900))
        }
        #expect(two.status == 0, "\(two)")
        let unknown = try await BuiltAssay.run(
            ["minimize", "two", "--check", "no-such-check"], in: folder.url, limit: .seconds(600))
        #expect(unknown.status == 3, "\(unknown)")
        #expect(unknown.errors.contains("Nothing failed there"), "\(unknown)")
        // Of a portal, where the captured people have nothing to do with a visit, a scenario comes too that can be run.
        let portal = try await BuiltAssay.run(
            ["import", "fine", "--out", "portal.yaml"], in: folder.url, limit: .seconds(600))
        #expect(portal.status == 0, "\(portal)")
        let lint = try await BuiltAssay.run(["lint", "portal.yaml"], in: folder.url, limit: .seconds(600))
        #expect(lint.status == 0, "\(lint)")
        let nowhere = try await BuiltAssay.run(
            ["run", "--from", "nowhere", "--failed"], in: folder.url, limit: .seconds(600))
        #expect(nowhere.status == 3, "\(nowhere)")
    }
}

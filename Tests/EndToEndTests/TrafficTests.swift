// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Everything the connector sends is in the record, to whatever host.
struct TrafficTests {
    @Test func `a request to a stranger is recorded and is a finding`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await assay(
            ["run", "--only", "privacy-cerner-visit", "--defect", "phone-hash-to-third-party", "--out", "out"],
            in: folder)
        #expect(ended.status == 1, "\(ended)")
        let record = RunRecord(folder.url.appending(path: "out"))
        let attempts = record.events("egress.attempted")
        #expect(!attempts.isEmpty)
        let host = (attempts.first?["fields"] as? [String: Any])?["host"] as? String ?? "?"
        #expect(ended.output.contains(host), "\(ended)")
        let finding = record.checks.first { $0.id == "traffic-only-to-known-parties" }
        #expect(finding?.verdict == "fail")
        #expect(finding?.reason == "forbidden-event")
    }

    @Test func `every request that a mock took from the connector has its answer in the record`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await assay(["run", "--only", "cerner-sms-join", "--out", "out"], in: folder)
        #expect(ended.status == 0, "\(ended)")
        let record = RunRecord(folder.url.appending(path: "out"))
        func exchanges(_ kind: String, _ side: String) -> [String] {
            record.events(kind).filter { ($0["fields"] as? [String: Any])?[side] as? String == "connector" }
                .compactMap { $0["exchange"] as? String }.sorted()
        }
        let sent = exchanges("http.request", "from")
        #expect(sent.count > 10)
        #expect(sent == exchanges("http.response", "to"))
        #expect(Set(sent).count == sent.count)
        // Facts of the mocks refer to exchanges that are there.
        let known = Set(record.events("http.request").compactMap { $0["exchange"] as? String })
        let referred = Set(record.trace.compactMap { $0["exchange"] as? String })
        #expect(referred.subtracting(known) == [])
    }
}

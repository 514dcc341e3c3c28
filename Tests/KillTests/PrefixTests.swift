// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Ledger
import Runner
import ScenarioLanguage
import SourceText
import TestSupport
import Testing
import Trace

/// A record that ends anywhere before its footer is never green.
@Suite struct PrefixTests {
    @Test func `every prefix of a real trace, line by line, is judged and never conformant`() async throws {
        let folder = try TemporaryFolder()
        let run = try await Turnstile.shared.pass {
            try await BuiltAssay.run(["run", "--only", "cerner-sms-join", "--out", "out"], in: folder.url)
        }
        try #require(run.status == 0, "\(run)")
        let data = try Data(contentsOf: folder.url.appending(path: "out/trace.ndjson"))
        let suite = DataFolder(url: BuiltAssay.project)
        let ledger = try Ledger(dataFolder: suite)
        let scenarios = try ScenarioLoader(ledger: ledger, dataFolder: suite).scenarios(
            at: [suite.scenarios("cerner")]
        ).filter { $0.id == "cerner-sms-join" }
        let policy = try String(contentsOf: suite.scenarios("policies/seed-policy.yaml"), encoding: .utf8)
        let policies = FlowPolicyReader.read([SourceFile(path: "seed-policy.yaml", text: policy)]).policies
        func verdict(_ bytes: Data) throws -> RunVerdict {
            let trace = try TraceReader.parse(bytes)
            let context = try RunHeader.context(of: trace, ledger: ledger, policies: policies, suiteVersion: "0")
            return Judge.judge(trace: trace, scenarios: scenarios, context: context).verdict
        }
        #expect(try verdict(data) == .conformant)
        let ends = data.indices.filter { data[$0] == UInt8(ascii: "\n") }
        try #require(ends.count > 50)
        var green: [Int] = []
        for (line, end) in ends.dropLast().enumerated() where try verdict(data.prefix(end + 1)) == .conformant {
            green.append(line + 1)
        }
        #expect(green == [])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Judge
import ScenarioLanguage
import Testing

/// Checks that decide nothing where the connector's messages go a way of somebody else's.
@Suite struct ChannelTests {
    private static let text = """
        verifies: {SMS-06: [sent], SMS-08: [one-link], SMS-10: [never-long]}
        not-observable: {graph-texts: [one-link, never-long]}
        steps:
          - ehr books: visit
          - expect: sms.sent
            as: sent
            check: {one-link: links.count() = 7}
        always:
          - never: sms.sent
            as: never-long
        """

    private func verdicts(_ channels: Set<String>) throws -> [CheckResult] {
        var run = try RunMaker(Self.text)
        run.begin("1")
        run.end("1", "done")
        run.begin("2")
        run.sms(to: "ann")
        run.end("2", "met")
        run.finish()
        return run.judge { $0.channels = channels }.scenarios[0].checks
    }

    @Test func `where the connector writes its messages itself all of them are judged`() throws {
        #expect(try verdicts([]).map(\.verdict) == [.pass, .fail, .fail])
    }

    @Test func `over Graph, what Microsoft decides stays open whatever was seen, and the rest is judged`() throws {
        let checks = try verdicts([Channel.graphTexts.rawValue])
        #expect(checks.map(\.verdict) == [.pass, .inconclusive, .inconclusive])
        #expect(checks.dropFirst().allSatisfy { $0.reason == .notObservable && $0.message.contains("sms: graph") })
    }
}

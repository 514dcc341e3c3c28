// SPDX-License-Identifier: Apache-2.0

import Judge
import Testing

/// Steps and invariants for connectors that claim a feature, or do not.
@Suite struct ClaimTests {
    private static let text = """
        verifies: {SMS-06: [with], SMS-08: [without, never-with]}
        steps:
          - ehr books: visit
          - expect: sms.sent
            when: {claims: sms}
            as: with
          - absent: sms.sent
            for: 1m
            when: {claims: {not: sms}}
            as: without
        always:
          - never: sms.refused
            when: {claims: sms}
            as: never-with
        """

    private func run(claiming sms: Bool) throws -> RunMaker {
        var run = try RunMaker(Self.text)
        run.begin("1")
        run.end("1", "done")
        if sms {
            run.begin("2")
            run.sms(to: "ann")
            run.end("2", "met")
            run.end("3", "skipped")
        } else {
            run.end("2", "skipped")
            run.begin("3")
            run.advance(.seconds(60))
            run.end("3", "met")
        }
        run.finish()
        return run
    }

    @Test func `what is claimed is judged, what is for others does not apply`() throws {
        let checks = try run(claiming: true).judge { $0.claimedFeatures = ["sms"] }.scenarios[0].checks
        #expect(checks.map(\.verdict) == [.pass, .notApplicable, .pass])
        #expect(checks[1].reason == .notClaimed)
    }

    @Test func `what is not claimed is judged the other way round`() throws {
        let checks = try run(claiming: false).judge { $0.claimedFeatures = [] }.scenarios[0].checks
        #expect(checks.map(\.verdict) == [.notApplicable, .pass, .notApplicable])
    }

    @Test func `a skipped step is no excuse where the feature is claimed`() throws {
        let checks = try run(claiming: false).judge { $0.claimedFeatures = ["sms"] }.scenarios[0].checks
        #expect(checks[0].verdict == .inconclusive)
    }
}

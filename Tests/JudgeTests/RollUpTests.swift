// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Judge

@Suite struct RollUpTests {
    /// Every combination of none and some of each count, and of every flag.
    private static func everyInput(_ body: (RollUpInput) -> Void) {
        func counts(_ bits: Int) -> VerdictCounts {
            VerdictCounts(
                pass: bits & 1, fail: bits >> 1 & 1, inconclusive: bits >> 2 & 1, error: bits >> 3 & 1,
                notApplicable: 1)
        }
        for must in 0..<16 {
            for engineering in 0..<16 {
                for run in [0, 1, 2, 4, 8] {
                    for flags in 0..<512 {
                        var input = RollUpInput()
                        input.must = counts(must)
                        input.engineering = counts(engineering)
                        input.runMust.fail = run & 1
                        input.runEngineering.fail = run >> 1 & 1
                        input.runEngineering.inconclusive = run >> 2 & 1
                        input.minimumChecks = run >> 3 & 1 == 1 ? 99 : 0
                        input.planned = 2
                        input.executed = flags & 1 == 0 ? 2 : 1
                        input.undecidedRequirements = flags >> 1 & 1
                        input.isTraceComplete = flags >> 2 & 1 == 0
                        input.isSetupValid = flags >> 3 & 1 == 0
                        input.hasProfile = flags >> 4 & 1 == 1
                        input.isPartial = flags >> 5 & 1 == 1
                        input.isStrict = flags >> 6 & 1 == 1
                        input.isShard = flags >> 7 & 1 == 1
                        input.isCapture = flags >> 8 & 1 == 1
                        body(input)
                    }
                }
            }
        }
    }

    @Test func `a conformant run owes nothing, whatever else is true`() {
        var broken = 0
        var conformant = 0
        Self.everyInput { input in
            let (verdict, reasons) = RollUp.verdict(input)
            if (verdict == .conformant) != reasons.isEmpty { broken += 1 }
            guard verdict == .conformant else { return }
            conformant += 1
            let all = [input.must, input.engineering, input.runMust, input.runEngineering]
            let owesNothing =
                input.must.pass + input.engineering.pass > 0 && all.allSatisfy { $0.error == 0 }
                && input.must.fail + input.runMust.fail + input.must.inconclusive == 0 && input.isTraceComplete
                && input.isSetupValid && input.executed == input.planned && input.undecidedRequirements == 0
                && !(input.hasProfile && input.isPartial) && !input.isShard && !input.isCapture
                && (!input.engineeringCounts
                    || input.engineering.fail + input.runEngineering.fail + input.engineering.inconclusive == 0)
            if !owesNothing { broken += 1 }
        }
        #expect(broken == 0)
        #expect(conformant > 0)
    }

    @Test func `a failed must is never hidden but by an invalid setup, a cut trace or an error`() {
        var hidden = 0
        Self.everyInput { input in
            guard input.must.fail > 0, input.isSetupValid, input.isTraceComplete else { return }
            if input.must.error + input.engineering.error > 0 { return }
            if RollUp.verdict(input).verdict != .nonconformant { hidden += 1 }
        }
        #expect(hidden == 0)
    }

    @Test func `findings of engineering warn under a profile and fail without one or when strict`() {
        var input = RollUpInput()
        input.must.pass = 3
        input.engineering.fail = 1
        input.planned = 1
        input.executed = 1
        #expect(RollUp.verdict(input).verdict == .nonconformant)
        input.hasProfile = true
        #expect(RollUp.verdict(input).verdict == .conformant)
        input.isStrict = true
        #expect(RollUp.verdict(input).verdict == .nonconformant)
    }

    @Test func `a run without any decided check is incomplete`() {
        #expect(RollUp.verdict(RollUpInput()).verdict == .incomplete)
        var input = RollUpInput()
        input.must.notApplicable = 12
        input.runEngineering.pass = 9
        #expect(RollUp.verdict(input).verdict == .incomplete)
    }

    @Test func `every row of the table decides some input`() {
        var rows: Set<String> = []
        Self.everyInput { input in
            if let row = RollUp.table.first(where: { $0.holds(input) }) { rows.insert(row.id) }
        }
        #expect(rows == Set(RollUp.table.map(\.id)))
    }

    @Test func `the documentation prints the table`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/verdicts.md"), encoding: .utf8)
        #expect(text.contains(RollUp.markdown), "docs/verdicts.md must hold:\n\(RollUp.markdown)")
    }
}

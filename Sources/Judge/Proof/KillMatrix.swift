// SPDX-License-Identifier: Apache-2.0

internal import Ledger

/// What the suite's checks are worth: which deliberate defects they find. `docs/proving.md`.
package struct KillMatrix: Sendable {
    /// Mutation score of one area of the defect catalogue.
    package struct Area: Sendable, Hashable {
        package let name: String
        package let killed: Int
        /// Those that could be seen.
        package let total: Int

        package init(name: String, killed: Int, total: Int) {
            self.name = name
            self.killed = killed
            self.total = total
        }
    }

    /// The run of the connector without a defect.
    package struct Honest: Sendable {
        package let verdict: RunVerdict
        package let reasons: [String]
        package let scenarios: Int
        package let checks: Int
        /// Nothing failed, and what stayed open did so because the sources that would tell are not offered.
        package let isOnlyBlind: Bool

        /// Of several runs, one an edition of the connector, the worst decides.
        package init(_ results: [RunResults]) {
            let worst = results.first { $0.verdict != .conformant } ?? results.first
            verdict = worst?.verdict ?? .incomplete
            reasons = worst?.reasons ?? ["nothing was run"]
            scenarios = results.reduce(0) { $0 + $1.scenarios.count }
            checks = results.reduce(0) { $0 + $1.checkCount }
            isOnlyBlind = results.flatMap(\.everyCheck).allSatisfy { _, check in
                switch check.verdict {
                case .pass, .notApplicable: true
                case .inconclusive: check.reason.map(DefectProof.blind.contains) ?? false
                case .fail, .error: false
                }
            }
        }

        /// Whether kills prove something beside it. Seen with masked sources an honest connector is incomplete.
        package func isSound(masked: Bool) -> Bool {
            verdict == .conformant || (masked && verdict == .incomplete && isOnlyBlind)
        }
    }

    package let suiteVersion: String
    package let seed: UInt64
    package let nonce: String
    /// Every scenario was run against every defect.
    package let isFull: Bool
    /// Fewer defects than the catalogue holds were asked for.
    package let isSelection: Bool
    /// Id of the deployment whose sources were seen; nil: everything the reference deployment offers.
    package let asSeenBy: String?
    /// Nil: the honest run did not come to its end.
    package let honest: Honest?
    package let proofs: [DefectProof]
    /// Defects that were asked for and not run, because the proof was cut short.
    package let missing: [String]
    /// Checks (`scenario/check`) of scenarios that no defect of this proof turned red; empty where only some defects were
    /// asked for, since that tells nothing of a check.
    package let idleChecks: [String]
    /// Rules over every exchange that no defect of this proof broke.
    package let idleRules: [String]
    package let seconds: Double

    /// - Parameters:
    ///   - checks: every `scenario/check` of the judged scenarios.
    ///   - rules: every `run/check` that can fail.
    package init(
        suiteVersion: String, seed: UInt64, nonce: String, isFull: Bool, isSelection: Bool, asSeenBy: String?,
        honest: Honest?, proofs: [DefectProof], missing: [String], checks: [String], rules: [String], seconds: Double
    ) {
        self.suiteVersion = suiteVersion
        self.seed = seed
        self.nonce = nonce
        self.isFull = isFull
        self.isSelection = isSelection
        self.asSeenBy = asSeenBy
        self.honest = honest
        self.proofs = proofs
        self.missing = missing
        self.seconds = seconds
        let red = Set(proofs.flatMap { $0.red.map(\.check) })
        let tells = !isSelection && missing.isEmpty
        idleChecks = tells ? checks.filter { !red.contains($0) } : []
        idleRules = tells ? rules.filter { !red.contains($0) } : []
    }

    package func count(_ outcome: DefectProof.Outcome) -> Int { proofs.count { $0.outcome == outcome } }

    /// Defects with unrelated checks red.
    package var noisy: [DefectProof] { proofs.filter { !$0.unrelated.isEmpty } }

    /// Killed as expected, of those that could be seen: 0 to 1; nil where there was none.
    package var score: Double? {
        let seen = proofs.count { $0.outcome != .unseen }
        return seen == 0 ? nil : Double(count(.killed)) / Double(seen)
    }

    /// In the order of the catalogue.
    package var areas: [Area] {
        var names: [String] = []
        for proof in proofs where !names.contains(proof.defect.area) { names.append(proof.defect.area) }
        return names.map { name in
            let proofs = proofs.filter { $0.defect.area == name && $0.outcome != .unseen }
            return Area(name: name, killed: proofs.count { $0.outcome == .killed }, total: proofs.count)
        }
    }

    /// Cut short, or the harness got in the way of a defect.
    package var isIncomplete: Bool { honest == nil || !missing.isEmpty || count(.trouble) > 0 }

    /// The honest connector is conformant, each defect is killed by its check for its reason, nothing else is red, and no
    /// check is idle.
    package var isProved: Bool { complaints.isEmpty }

    /// What keeps the matrix from being proved, most important first.
    package var complaints: [String] {
        var lines: [String] = []
        if let honest {
            if !honest.isSound(masked: asSeenBy != nil) {
                lines.append("the honest connector is \(honest.verdict.rawValue): no kill proves anything")
            }
        } else {
            lines.append("the honest connector was not run to its end")
        }
        if !missing.isEmpty { lines.append("\(Self.counted(missing.count, "defect")) not run") }
        let words: [(DefectProof.Outcome, String)] = [
            (.survived, "survived"), (.killedOtherwise, "killed otherwise than expected"),
            (.trouble, "not judged because of trouble in the harness"),
        ]
        for (outcome, word) in words where count(outcome) > 0 {
            lines.append("\(Self.counted(count(outcome), "defect")) \(word)")
        }
        if !noisy.isEmpty { lines.append("\(Self.counted(noisy.count, "defect")) with unrelated checks red") }
        // Where sources are masked, a check that looks at them has nothing to find.
        if asSeenBy == nil, !idleChecks.isEmpty {
            lines.append("\(Self.counted(idleChecks.count, "check")) that no defect turns red")
        }
        return lines
    }

    /// 0 proved, 1 not proved, 2 incomplete; the honest connector's own code where it is not conformant.
    package var exitCode: Int32 {
        if let honest, !honest.isSound(masked: asSeenBy != nil) { return honest.verdict.exitCode }
        if isIncomplete { return RunVerdict.incomplete.exitCode }
        return isProved ? 0 : 1
    }

    /// For each check that was turned red one defect that does it: the one that is there for it, else one whose scenario
    /// runs anyway, so that the fewest scenarios are run. `Scenarios/kills.yaml` in the order of the catalogue.
    package var kills: [(defect: String, checks: [String])] {
        var killers: [String: [DefectProof]] = [:]
        for proof in proofs {
            for red in proof.red where !red.isUnrelated && !red.check.hasPrefix("run/") {
                killers[red.check, default: []].append(proof)
            }
        }
        func scenario(_ check: String) -> String { String(check.prefix { $0 != "/" }) }
        var homes: [String: Set<String>] = [:]
        for proof in proofs { homes[proof.defect.id] = proof.defect.expected.scenario.map { [$0] } ?? [] }
        var kills: [String: [String]] = [:]
        // Checks that few defects find choose first.
        for (check, found) in killers.sorted(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) }) {
            let name = check.dropFirst(scenario(check).count + 1)
            let best =
                found.first { $0.defect.expected.check == name && $0.defect.expected.scenario == scenario(check) }
                ?? found.first { homes[$0.defect.id]?.contains(scenario(check)) == true } ?? found.first
            guard let id = best?.defect.id else { continue }
            homes[id, default: []].insert(scenario(check))
            kills[id, default: []].append(check)
        }
        return proofs.compactMap { proof in kills[proof.defect.id].map { (proof.defect.id, $0.sorted()) } }
    }

    private static func counted(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Canary
package import Connector
package import Foundation
package import Judge
package import Ledger
package import ScenarioLanguage
internal import World

/// Runs the suite against the honest connector and against each of its defects, all in this process: scenarios, ledger and
/// policies are read once; each defect has a connector process, mocks and a journal of its own, so that nothing of one can
/// be taken for another's.
package struct ProofSession: Sendable {
    private let suiteVersion: String
    private let ledger: Ledger
    private let scenarios: [Scenario]
    private let policies: [String: FlowPolicy]
    private let deployment: Deployment
    private let mask: Deployment?
    private let options: ProofOptions
    /// The same people meet one defect after another.
    private let forms = KnownForms()

    /// What is kept of a run: nil for those that went as expected, whose folder is removed.
    package typealias Keeper = @Sendable (_ name: String, _ outcome: RunSession.Outcome, _ folder: URL) throws -> Void

    /// - Parameter mask: only the sources this deployment offers are used.
    package init(
        suiteVersion: String, ledger: Ledger, scenarios: [Scenario], policies: [String: FlowPolicy],
        deployment: Deployment, mask: Deployment?, options: ProofOptions
    ) {
        self.suiteVersion = suiteVersion
        self.ledger = ledger
        self.scenarios = scenarios
        self.policies = policies
        self.deployment = mask.map(deployment.seen(as:)) ?? deployment
        self.mask = mask
        self.options = options
    }

    /// Throws a `RunError` where nothing can be proved at all. An interruption ends it early: what was proved stays.
    /// - Parameter keep: writes the reports of the honest run and of each that did not go as expected.
    package func run(
        keep: @escaping Keeper, progress: @escaping @Sendable (ProofProgress) -> Void
    ) async throws -> KillMatrix {
        let start = ContinuousClock.now
        let plan = try ProofPlan(
            scenarios: scenarios, deployment: deployment, masked: mask != nil, options: options, ledger: ledger)
        var results: [RunResults] = []
        for part in plan.honest {
            let name = ["honest", part.edition].compactMap { $0 }.joined(separator: "-")
            let folder = options.folder.appending(path: name)
            let run = try runOptions(part, defect: nil, folder: folder)
            let outcome = try await session(part, run).run { progress(.honest($0)) }
            try keep(name, outcome, folder)
            results.append(outcome.results)
        }
        let honest = options.interruption.reason == nil ? KillMatrix.Honest(results) : nil
        var proofs: [String: DefectProof] = [:]
        // A kill proves nothing where the honest connector fails too.
        if honest?.isSound(masked: mask != nil) == true {
            let reached = try await survey(plan, progress: progress)
            proofs = try await drive(plan, reached, keep: keep, progress: progress)
        }
        let ids = plan.entries.map(\.defect.id)
        return KillMatrix(
            suiteVersion: suiteVersion, seed: options.seed.seed, nonce: options.seed.nonce, isFull: plan.isFull,
            isSelection: plan.isSelection, asSeenBy: mask?.id, honest: honest, proofs: ids.compactMap { proofs[$0] },
            missing: ids.filter { proofs[$0] == nil }, checks: plan.checks,
            rules: KnownRunChecks.all.map { "run/" + $0 }, seconds: Self.seconds(since: start))
    }

    /// Asks what the honest connector reaches in the scenarios that may be left out. Of a few defects that costs more than it
    /// saves, and a full proof leaves nothing out.
    private func survey(
        _ plan: ProofPlan, progress: @escaping @Sendable (ProofProgress) -> Void
    ) async throws -> ReachedPlaces {
        var reached = ReachedPlaces()
        let others = plan.entries.flatMap(\.others)
        let asked = Set(others)
        guard !plan.isFull, others.count > asked.count * 4, options.interruption.reason == nil else { return reached }
        for part in plan.parts(asked) {
            let folder = options.folder.appending(path: "reached")
            var run = try runOptions(part, defect: nil, folder: folder)
            run.notesReachedDefects = true
            let outcome = try await session(part, run).run { progress(.reached($0)) }
            // What went otherwise than in the honest run tells nothing.
            let isSound = KillMatrix.Honest([outcome.results]).isSound(masked: mask != nil)
            if isSound, options.interruption.reason == nil { try reached.add(outcome.results, run) }
            try FileManager.default.removeItem(at: folder)
        }
        return reached
    }

    private func drive(
        _ plan: ProofPlan, _ reached: ReachedPlaces, keep: @escaping Keeper,
        progress: @escaping @Sendable (ProofProgress) -> Void
    ) async throws -> [String: DefectProof] {
        var proofs: [String: DefectProof] = [:]
        try await withThrowingTaskGroup(of: DefectProof?.self) { group in
            var waiting = plan.entries.makeIterator()
            func startNext() {
                guard options.interruption.reason == nil, let entry = waiting.next() else { return }
                group.addTask {
                    progress(.started(defect: entry.defect.id))
                    return try await prove(entry, plan, reached, keep: keep)
                }
            }
            for _ in 0..<options.jobs { startNext() }
            while let proof = try await group.next() {
                if let proof {
                    proofs[proof.defect.id] = proof
                    progress(
                        .finished(
                            .init(
                                defect: proof.defect.id, word: proof.outcome.rawValue, note: proof.note,
                                unrelated: proof.unrelated.count),
                            done: proofs.count, of: plan.entries.count))
                }
                startNext()
            }
        }
        return proofs
    }

    /// Nil where the proof was interrupted meanwhile: half a run proves nothing.
    private func prove(
        _ entry: ProofPlan.Entry, _ plan: ProofPlan, _ reached: ReachedPlaces, keep: Keeper
    ) async throws -> DefectProof? {
        let start = ContinuousClock.now
        if let hidden = entry.hidden {
            return DefectProof(
                defect: entry.defect, outcome: .unseen, note: hidden, red: [], scenarios: [], seconds: 0)
        }
        let unreached = entry.others.filter { !reached.mayShow(entry.defect.id, in: $0) }
        let parts = plan.parts(entry.named.union(entry.others).subtracting(unreached))
        let place = options.folder.appending(path: "defects")
        var outcomes: [(name: String, outcome: RunSession.Outcome, folder: URL)] = []
        do {
            for part in parts {
                let name = [entry.defect.id, part.edition].compactMap { $0 }.joined(separator: "-")
                let folder = place.appending(path: name)
                let run = try runOptions(part, defect: entry.defect.id, folder: folder)
                let outcome = try await session(part, run).run { _ in }
                outcomes.append((name, outcome, folder))
            }
        } catch {
            guard options.interruption.reason == nil else { return nil }
            return DefectProof(
                defect: entry.defect, outcome: .trouble, note: "nothing was judged: \(error)", red: [],
                scenarios: parts.flatMap(\.scenarios), seconds: Self.seconds(since: start))
        }
        guard options.interruption.reason == nil else { return nil }
        let proof = DefectProof(
            entry.defect, results: outcomes.map(\.outcome.results), unreached: unreached.sorted(), masked: mask != nil,
            seconds: Self.seconds(since: start))
        let isAsExpected = proof.outcome == .killed && proof.unrelated.isEmpty
        for (name, outcome, folder) in outcomes {
            if isAsExpected {
                try FileManager.default.removeItem(at: folder)
            } else {
                try keep("defects/" + name, outcome, folder)
            }
        }
        return proof
    }

    private func runOptions(_ part: ProofPlan.Part, defect: String?, folder: URL) throws -> RunOptions {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // The honest connector has the machine for itself.
        let jobs = options.scenarioJobs * (defect == nil ? 2 : 1)
        var run = RunOptions(
            seed: options.seed, jobs: jobs, strict: true, only: Set(part.scenarios),
            defects: defect.map { [$0] } ?? [], folder: folder, scenarioLimit: options.scenarioLimit,
            binaries: options.binaries, interruption: options.interruption.makeChild())
        run.forms = forms
        return run
    }

    private func session(_ part: ProofPlan.Part, _ run: RunOptions) -> RunSession {
        RunSession(
            suiteVersion: suiteVersion, ledger: ledger, scenarios: scenarios, policies: policies,
            deployment: deployment.judged(by: part.edition), options: run, isSelection: true)
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let duration = ContinuousClock.now - start
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}

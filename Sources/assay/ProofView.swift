// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Reports
import Runner
import Synchronization

/// Live progress of a proof: one moving line on a terminal, a line a defect elsewhere, nothing with `--json`.
final class ProofView: Sendable {
    private struct State {
        var running: [String] = []
        var done = 0
        var total = 0
        var wrong = 0

        var line: String {
            let names = running.prefix(3).joined(separator: ", ")
            return "\(done)/\(total) defects, \(wrong) not as expected · \(names)"
        }
    }

    private let state = Mutex(State())
    private let isSilent: Bool
    private let honest: ProgressView

    init(json: Bool) {
        isSilent = json
        honest = ProgressView(json: json || !Console.isTerminal)
    }

    func show(_ progress: ProofProgress) {
        guard !isSilent else { return }
        switch progress {
        case .honest(let progress), .reached(let progress):
            honest.show(progress)
            if Console.isTerminal { return }
        case .started(let defect): state.withLock { $0.running.append(defect) }
        case .finished(let outcome, let done, let total):
            state.withLock { state in
                state.running.removeAll { $0 == outcome.defect }
                (state.done, state.total) = (done, total)
                if outcome.word != "killed" || outcome.unrelated > 0 { state.wrong += 1 }
            }
            if !Console.isTerminal {
                let noise = outcome.unrelated == 0 ? "" : ", \(outcome.unrelated) unrelated red"
                Console.print("[\(done)/\(total)] \(outcome.defect): \(outcome.word)\(noise)")
            }
        }
        Console.status(String(state.withLock { $0.line }.prefix(Console.width - 1)))
    }

    func end() { Console.clearStatus() }
}

/// Writes the reports of runs that are kept, and remembers which.
final class KeptRuns: Sendable {
    private let kept = Mutex<Set<String>>([])

    var names: Set<String> { kept.withLock { $0 } }

    func keep(_ name: String, _ outcome: RunSession.Outcome, _ folder: URL) throws {
        try ReportFolder(url: folder).write(
            outcome.results, trace: outcome.trace,
            matrix: name.contains("/") ? "../../kill-matrix.html" : "../kill-matrix.html")
        _ = kept.withLock { $0.insert(name) }
    }
}

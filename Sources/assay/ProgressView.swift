// SPDX-License-Identifier: Apache-2.0

import Foundation
import Runner
import Synchronization

/// Live progress: one moving line on a terminal, plain lines elsewhere, nothing with `--json`.
final class ProgressView: Sendable {
    private struct State {
        var done = 0
        var total = 0
        /// What the run as a whole is at, before and after its scenarios.
        var phase: String?
        /// What each running scenario is at, and since which of all steps.
        var running: [String: (text: String, order: Int)] = [:]
        var steps = 0

        mutating func set(_ scenario: String, _ text: String) {
            steps += 1
            running[scenario] = (text, steps)
        }

        /// `3/29 scenarios · cerner-sms-join: waiting up to 2m for sms.sent, the connector must act`: of what runs, what
        /// has been waited for longest.
        var line: String {
            if let phase { return total == 0 ? phase : "\(done)/\(total) scenarios · \(phase)" }
            let oldest = running.min { $0.value.order < $1.value.order }
            let others = running.count > 1 ? " (and \(running.count - 1) more running)" : ""
            return "\(done)/\(total) scenarios" + (oldest.map { " · \($0.key): \($0.value.text)\(others)" } ?? "")
        }
    }

    private let state = Mutex(State())
    private let isSilent: Bool

    init(json: Bool) { isSilent = json }

    func show(_ progress: RunProgress) {
        guard !isSilent else { return }
        let line: String? = state.withLock { state in
            switch progress {
            case .preparing(let text):
                state.phase = text
                return text
            case .planned(let scenarios):
                state.phase = nil
                state.total = scenarios
                return nil
            case .started(let scenario):
                state.set(scenario, "starting")
                return nil
            case .step(let scenario, let text):
                state.set(scenario, text)
                return nil
            case .finished(let scenario, let outcome, let done, _):
                state.done = done
                state.running[scenario] = nil
                return "[\(done)/\(state.total)] \(scenario): \(outcome)"
            case .judging:
                state.phase = "judging the record"
                return nil
            }
        }
        if Console.isTerminal {
            Console.status(String(state.withLock { $0.line }.prefix(Console.width - 1)))
        } else if let line {
            Console.print(line)
        }
    }

    func end() { Console.clearStatus() }
}

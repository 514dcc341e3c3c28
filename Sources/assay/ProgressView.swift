// SPDX-License-Identifier: Apache-2.0

import Foundation
import Runner
import Synchronization

/// Live progress: one moving line on a terminal, plain lines elsewhere, nothing with `--json`.
final class ProgressView: Sendable {
    private struct State {
        var done = 0
        var total = 0
        /// What each running scenario is at.
        var running: [String: String] = [:]
    }

    private let state = Mutex(State())
    private let isSilent: Bool

    init(json: Bool) { isSilent = json }

    func show(_ progress: RunProgress) {
        guard !isSilent else { return }
        let line: String? = state.withLock { state in
            switch progress {
            case .preparing(let text): return Console.isTerminal ? nil : text
            case .planned(let scenarios):
                state.total = scenarios
                return nil
            case .started(let scenario):
                state.running[scenario] = "starting"
                return nil
            case .step(let scenario, let text):
                state.running[scenario] = text
                return nil
            case .finished(let scenario, let outcome, let done, _):
                state.done = done
                state.running[scenario] = nil
                return "[\(done)/\(state.total)] \(scenario): \(outcome)"
            case .judging: return nil
            }
        }
        if Console.isTerminal {
            let text = state.withLock { state in
                let waiting = state.running.min { $0.key < $1.key }.map { " · \($0.key): \($0.value)" } ?? ""
                return "\(state.done)/\(state.total) scenarios\(waiting)"
            }
            Console.status(String(text.prefix(110)))
        } else if let line {
            Console.print(line)
        }
    }

    func end() { Console.clearStatus() }
}

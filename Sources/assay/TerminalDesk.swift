// SPDX-License-Identifier: Apache-2.0

import Foundation
import Runner
import ScenarioLanguage
import Synchronization
import Value

/// Asks people at the terminal, one question at a time; answers are lines of standard input.
actor TerminalDesk: HumanDesk {
    private let lines = LineReader()
    private var last: Task<HumanAnswer?, Never>?

    func ask(_ question: HumanQuestion) async -> HumanAnswer? {
        let before = last
        let turn = Task<HumanAnswer?, Never> {
            _ = await before?.value
            return await put(question)
        }
        last = turn
        return await turn.value
    }

    private func put(_ question: HumanQuestion) async -> HumanAnswer? {
        Console.clearStatus()
        Console.print("")
        Console.print("Please act as \(question.actor): \(question.text)")
        for account in question.accounts {
            Console.print("  \(account.provider): user \(account.user), password \(account.password)")
        }
        let time = DurationText.format(question.within)
        Console.print("Was it accepted (y), refused (n), or broken (b)? Words may follow. You have \(time).")
        let deadline = ContinuousClock.now + question.within
        var answer: HumanAnswer?
        while answer == nil {
            guard let line = await lines.next(until: deadline) else {
                Console.print("No answer came: this stays open.")
                return nil
            }
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            let message = words.count > 1 ? words[1] : ""
            switch words.first?.lowercased() {
            case "y", "yes", "accepted": answer = HumanAnswer(outcome: .accepted, message: message)
            case "n", "no", "refused": answer = HumanAnswer(outcome: .refused, message: message)
            case "b", "broken", "failed": answer = HumanAnswer(outcome: .failed, message: message)
            default: Console.print("Please begin with y, n or b.")
            }
        }
        guard let answer, answer.outcome == .accepted, !question.values.isEmpty else { return answer }
        var values = Members()
        for name in question.values {
            Console.print("\(name)?")
            guard let line = await lines.next(until: deadline) else { return nil }
            values[name] = (try? Value.parseJSON(line)) ?? .string(line)
        }
        return HumanAnswer(outcome: answer.outcome, message: answer.message, values: values)
    }
}

/// Lines of standard input, read on a thread of their own from the first question on.
private final class LineReader: Sendable {
    private struct State {
        var isReading = false
        var isEnded = false
        var lines: [String] = []
        var waiter: CheckedContinuation<String?, Never>?
    }

    private let state = Mutex(State())

    /// Nil at the end of input, or when the deadline passed.
    func next(until deadline: ContinuousClock.Instant) async -> String? {
        start()
        let timer = Task {
            // Cancelled once the line is there: it must not give up the next question's wait.
            try await Task.sleep(until: deadline, clock: .continuous)
            giveUp()
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: String?? = state.withLock { state in
                    if !state.lines.isEmpty { return .some(state.lines.removeFirst()) }
                    if state.isEnded || ContinuousClock.now >= deadline { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            giveUp()
        }
    }

    private func giveUp() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    private func start() {
        let isFirst = state.withLock { state in
            defer { state.isReading = true }
            return !state.isReading
        }
        guard isFirst else { return }
        Thread { [self] in
            while let line = readLine() { take(line) }
            take(nil)
        }.start()
    }

    private func take(_ line: String?) {
        let waiter = state.withLock { state -> CheckedContinuation<String?, Never>? in
            if line == nil { state.isEnded = true }
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter
            }
            if let line { state.lines.append(line) }
            return nil
        }
        waiter?.resume(returning: line)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Judge
import Runner

/// Ctrl-C and SIGTERM while a run goes on: the first stops its scenarios and keeps the record, the second ends at once.
final class SignalWatch {
    private let sources: [any DispatchSourceSignal]

    /// Takes the signals over until ``end()``.
    init(_ interruption: RunInterruption, started: Date) {
        let queue = DispatchQueue(label: "assay.signals")
        sources = [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP")].map { number, name in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if interruption.reason == nil {
                    Console.error(
                        "\(Console.isTerminal ? "\r\u{1B}[K" : "")\(name): stopping the scenarios and the connector; what was recorded is kept (once more: end at once)"
                    )
                    interruption.stop("the run was interrupted by \(name)")
                } else {
                    // The connector's group ends with the pipe that closes here. Without its footer the trace is no verdict.
                    let seconds = Date().timeIntervalSince(started)
                    Console.error("ended at once: what was recorded is not judged; `assay judge RUN` does that")
                    Console.print(VerdictLine.withoutResults(.incomplete, seconds: seconds))
                    _exit(RunVerdict.incomplete.exitCode)
                }
            }
            source.activate()
            return source
        }
    }

    /// Gives the signals back.
    func end() {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
    }
}

/// The last line of a run that has nothing to count.
enum VerdictLine {
    static func withoutResults(_ verdict: RunVerdict, seconds: Double) -> String {
        "verdict: \(verdict.rawValue) (0 scenarios, 0 checks, 0 failed, \(String(format: "%.1f", seconds)) s)"
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Canary
import Foundation
import Value

/// `assay bench-scan`: what `make bench` sets against other searches. Not shown in the help.
struct BenchScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-scan", abstract: "Time the search for literals, and the whole detector.",
        discussion: """
            Prints one JSON object: bytes a second and matches of the literal search alone and of the detector with all \
            its decoders, on one thread, the best of several rounds; the log is in memory.
            """, shouldDisplay: false)

    @Argument(help: "The log to search.")
    var log: String

    @Argument(help: "A file with literals, one a line.")
    var patterns: String

    @Argument(help: "A canary file, as for scan.")
    var canaries: String

    @Option(help: "Rounds of the literal search; the detector gets one less.")
    var rounds = 3

    func run() throws {
        let text: Data
        let literals: [[UInt8]]
        let set: CanarySet
        do {
            text = try Data(contentsOf: URL(fileURLWithPath: log))
            literals = try Data(contentsOf: URL(fileURLWithPath: patterns)).split(separator: 0x0A).map { Array($0) }
            set = try CanaryFile.read(canaries)
        } catch {
            Console.error("\(error)\n  = Name a log, a file of literals and a canary file that can be read.")
            throw ExitCode(3)
        }
        let (raw, full) = text.withUnsafeBytes { bytes in
            let bytes = bytes.bindMemory(to: UInt8.self)
            return (
                CanaryBenchmark.raw(bytes, literals: literals, rounds: rounds),
                CanaryBenchmark.full(bytes, canaries: set, rounds: max(1, rounds - 1))
            )
        }
        let row: Value = [
            "raw": Value(Int(raw.bytesPerSecond)), "raw-found": Value(raw.found), "raw-literals": Value(raw.literals),
            "full": Value(Int(full.bytesPerSecond)), "full-found": Value(full.found),
            "full-literals": Value(full.literals),
        ]
        Console.print(row.json())
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// How fast the search is; `make bench` sets it beside other tools.
package enum CanaryBenchmark {
    package struct Figure: Sendable {
        package let bytesPerSecond: Double
        /// Matches, or hits.
        package let found: Int
        /// Literals searched in one pass.
        package let literals: Int
    }

    /// The literal matcher alone.
    package static func raw(_ log: UnsafeBufferPointer<UInt8>, literals: [[UInt8]], rounds: Int) -> Figure {
        let matcher = LiteralMatcher(literals)
        var found = 0
        let seconds = best(rounds) {
            found = 0
            matcher.forEachMatch(in: log) { _, _ in found += 1 }
        }
        return Figure(bytesPerSecond: Double(log.count) / seconds, found: found, literals: literals.count)
    }

    /// The whole detector with all decoders, as `assay scan` drives it: a stream in pieces.
    /// - Parameter piece: bytes a piece.
    package static func full(
        _ log: UnsafeBufferPointer<UInt8>, canaries: CanarySet, rounds: Int, piece: Int = 1 << 20
    ) -> Figure {
        let detector = Detector(canaries)
        var found = 0
        let seconds = best(rounds) {
            found = 0
            var scanner = Scanner(detector)
            for start in stride(from: 0, to: log.count, by: piece) {
                let end = min(log.count, start + piece)
                found += scanner.feed(Array(log[start..<end])).hits.count
            }
        }
        return Figure(bytesPerSecond: Double(log.count) / seconds, found: found, literals: detector.literalCount)
    }

    /// Processor seconds of the best round: other programs on the machine do not count.
    private static func best(_ rounds: Int, _ body: () -> Void) -> Double {
        (0..<max(1, rounds)).map { _ in
            let start = processorSeconds
            body()
            return max(processorSeconds - start, 1e-9)
        }.min() ?? 0
    }

    private static var processorSeconds: Double {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}

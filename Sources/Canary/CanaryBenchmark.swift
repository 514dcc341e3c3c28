// SPDX-License-Identifier: Apache-2.0

internal import World

/// How fast the search is; `make bench` prints it beside other tools'.
package enum CanaryBenchmark {
    package struct Figures: Sendable {
        /// Bytes a second of the literal matcher alone, over 5,000 literals of mixed length.
        package let rawBytesPerSecond: Double
        /// Bytes a second of the whole detector with all decoders.
        package let fullBytesPerSecond: Double
        /// Literals of the detector.
        package let literals: Int
        /// Planted values, and how many of them each search found.
        package let planted: Int
        package let rawFound: Int
        package let fullFound: Int
    }

    /// Makes a log of so many mebibytes, plants values in it and searches it; each figure is the best of `rounds`.
    package static func run(mebibytes: Int = 32, rounds: Int = 3, seed: UInt64 = 1) -> Figures {
        let run = RunSeed(seed: seed, nonce: "bench")
        var stream = run.identity("bench")
        var mint = PersonMint(
            seed: run, world: WorldID(rawValue: "bench"), vendor: .epic, tenantDomain: "contoso.example")
        let people = (0..<4).map { mint.person(alias: "p\($0)", role: .patient) }
        let detector = Detector(CanarySet(people: people))
        let literals = (0..<5_000).map { _ in Array(stream.token(11 + Int(stream.next() % 50)).utf8) }
        let matcher = LiteralMatcher(literals)
        var log: [UInt8] = []
        log.reserveCapacity(mebibytes << 20)
        let lines = (0..<2_000).map { _ in line(&stream) }
        var planted = 0
        while log.count < mebibytes << 20 {
            log += lines[Int(stream.next() % UInt64(lines.count))]
            if log.count >> 19 > planted {
                log += Array("INFO note ".utf8) + literals[planted % literals.count] + [0x20]
                log += Array(people[planted % people.count].ehr[.familyName].utf8) + [0x0A]
                planted += 1
            }
        }
        var rawFound = 0
        var fullFound = 0
        let raw = best(rounds) {
            rawFound = 0
            log.withUnsafeBufferPointer { matcher.forEachMatch(in: $0) { _, _ in rawFound += 1 } }
        }
        let full = best(rounds) { fullFound = detector.scan(log).hits.count }
        return Figures(
            rawBytesPerSecond: Double(log.count) / raw, fullBytesPerSecond: Double(log.count) / full,
            literals: detector.literalCount, planted: planted, rawFound: rawFound, fullFound: fullFound)
    }

    private static func best(_ rounds: Int, _ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        return (0..<max(1, rounds)).map { _ in clock.measure(body).inSeconds }.min() ?? 0
    }

    private static func line(_ stream: inout RandomStream) -> [UInt8] {
        let words = [
            "GET", "POST", "meeting", "created", "for", "tenant", "status=200", "took", "ms", "subscription", "renewed",
            "graph",
            "callback", "lobby", "admitted", "token", "refreshed", "retry", "INFO", "WARN", "scheduler", "appointment",
            "queue",
        ]
        var text = "2026-11-21T0\(stream.next() % 10):\(10 + stream.next() % 50):07.\(stream.digits(3))Z "
        for _ in 0..<(6 + stream.next() % 10) { text += words[Int(stream.next() % UInt64(words.count))] + " " }
        if stream.next() % 3 == 0 { text += "id=\(stream.uuid()) " }
        if stream.next() % 5 == 0 { text += "trace=\(stream.token(32, from: "0123456789abcdef")) " }
        return Array((text + "n=\(stream.digits(5))\n").utf8)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import World

/// How long and with which seed to fuzz: moments in the tests, minutes in `make soak`.
enum Fuzzing {
    /// `ASSAY_FUZZ_SECONDS`: how long all inputs of one kind may take; without it a fixed number of inputs is tried.
    static let seconds = ProcessInfo.processInfo.environment["ASSAY_FUZZ_SECONDS"].flatMap(Double.init)
    static let seed = ProcessInfo.processInfo.environment["ASSAY_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    /// `ASSAY_FUZZ_LOG`: a file that always holds the input under way, so that a crash or a hang can be repeated.
    static let log = ProcessInfo.processInfo.environment["ASSAY_FUZZ_LOG"]

    /// Runs `body` on generated inputs; it must come back, whatever they are.
    static func run(
        _ kind: String, inputs: Int, from corpus: [String], tokens: [String], _ body: (String) throws -> Void
    ) rethrows {
        let started = Date()
        var tried = 0
        var slowest = 0.0
        while seconds.map({ Date().timeIntervalSince(started) < $0 }) ?? (tried < inputs) {
            var mutation = Mutation(seed: RunSeed(seed: seed, nonce: "fuzz"), path: [kind, String(tried)])
            let input = mutation.input(from: corpus, tokens: tokens)
            if let log {
                try? "\(kind) \(tried) of seed \(seed)\n\(input)".write(toFile: log, atomically: false, encoding: .utf8)
            }
            let before = processorSeconds
            try body(input)
            slowest = max(slowest, processorSeconds - before)
            tried += 1
        }
        if seconds != nil {
            print(
                "fuzz \(kind): \(tried) inputs, slowest \(Int(slowest * 1000)) ms of processor time, peak \(peakMebibytes) MiB"
            )
            // Only in a process of its own does its memory say something about these inputs.
            #expect(peakMebibytes < 512)
            #expect(slowest < 20, "an input took \(slowest) s of processor time")
        }
    }

    private static var processorSeconds: Double {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    private static var peakMebibytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1024
    }
}

/// Makes odd texts out of good ones.
struct Mutation {
    private var random: RandomStream

    init(seed: RunSeed, path: [String]) { random = seed.plan(path.joined(separator: "/")) }

    mutating func input(from corpus: [String], tokens: [String]) -> String {
        var bytes = Array(corpus[Int.random(in: 0..<corpus.count, using: &random)].utf8)
        for _ in 0...Int.random(in: 0...7, using: &random) { change(&bytes, corpus, tokens) }
        return String(decoding: bytes.prefix(200_000), as: UTF8.self)
    }

    private mutating func range(_ bytes: [UInt8]) -> Range<Int> {
        let start = Int.random(in: 0...bytes.count, using: &random)
        let length = Int.random(in: 0...min(40, bytes.count - start), using: &random)
        return start..<start + length
    }

    private mutating func change(_ bytes: inout [UInt8], _ corpus: [String], _ tokens: [String]) {
        let place = range(bytes)
        let token = Array(tokens[Int.random(in: 0..<tokens.count, using: &random)].utf8)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: bytes.removeSubrange(place)
        case 1: bytes.insert(contentsOf: bytes[place], at: place.lowerBound)
        case 2, 3, 4: bytes.insert(contentsOf: token, at: place.lowerBound)
        case 5: bytes.replaceSubrange(place, with: token)
        case 6:
            let other = Array(corpus[Int.random(in: 0..<corpus.count, using: &random)].utf8)
            bytes.insert(contentsOf: other[range(other)], at: place.lowerBound)
        case 7: if !place.isEmpty { bytes[place.lowerBound] = UInt8.random(in: 0...255, using: &random) }
        case 8:
            let times = [3, 20, 150, 3000][Int.random(in: 0..<4, using: &random)]
            bytes.insert(contentsOf: Array(repeating: token, count: times).joined(), at: place.lowerBound)
        default:
            let other = range(bytes)
            let moved = Array(bytes[other])
            bytes.replaceSubrange(place, with: moved)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Canary
import Crypto
import Foundation
import Testing
import World

@Suite struct FlowTests {
    static let people = DetectorRecallTests.people(5, 6, "own")
    static let detector = Detector(CanarySet(people: people))

    @Test func `a value cut between two pieces of a stream is found at its offset`() {
        let value = Self.people[0].ehr[.email]
        let text = Array(("x".padding(3_000) + " " + value + " end").utf8)
        for cut in 3_001..<3_001 + value.utf8.count {
            var scanner = Scanner(Self.detector)
            let hits = scanner.feed(Array(text[..<cut])).hits + scanner.feed(Array(text[cut...])).hits
            #expect(hits.contains { $0.canary == "p0.ehr.email" && $0.offset == 3_001 })
        }
    }

    @Test func `a stream reports a hit once`() {
        var scanner = Scanner(Self.detector)
        var hits: [Hit] = []
        for _ in 0..<3 { hits += scanner.feed(Array("abc \(Self.people[1].ehr[.email]) def ".utf8)).hits }
        #expect(hits.filter { $0.canary == "p1.ehr.email" }.count == 3)
    }

    @Test func `a value cut between two messages is found joined`() {
        let value = Self.people[0].ehr[.street]
        let middle = value.index(value.startIndex, offsetBy: value.count / 2)
        var flow = FlowScanner(Self.detector)
        #expect(flow.feed(Array("note \(value[..<middle])".utf8)).hits.isEmpty)
        let found = flow.feed(Array("\(value[middle...]) end".utf8)).hits
        #expect(found.contains { $0.canary == "p0.ehr.street" && $0.chain.first == "joined-messages" })
    }

    @Test func `a value cut between numbered parts of a text message is found joined`() {
        let value = Self.people[0].ehr[.street]
        let third = value.utf8.count / 3
        var flow = FlowScanner(Self.detector)
        let parts = ["(1/3) \(value.prefix(third))", "(2/3) \(value.dropFirst(third).prefix(third))"]
        for part in parts { #expect(flow.feed(Array(part.utf8)).hits.isEmpty) }
        let found = flow.feed(Array("(3/3) \(value.dropFirst(third * 2)) end".utf8)).hits
        #expect(found.contains { $0.canary == "p0.ehr.street" && $0.chain.first == "joined-messages" })
    }

    @Test func `a value cut over numbered headers is found joined`() {
        let value = Self.people[2].ehr[.street]
        let half = value.utf8.count / 2
        let head = "GET / HTTP/1.1\r\nX-Part-1: \(value.prefix(half))\r\nX-Part-2: \(value.dropFirst(half))\r\n\r\n"
        #expect(Self.detector.scan(Array(head.utf8)).hits.contains { $0.canary == "p2.ehr.street" })
    }

    @Test func `a value cut between fields of two messages is found joined`() {
        let value = Self.people[0].ehr[.medicalRecordNumber]
        var flow = FlowScanner(Self.detector)
        _ = flow.feed(Array(#"{"sequence":17,"data":"\#(value.prefix(5))","more":true}"#.utf8))
        let found = flow.feed(Array(#"{"sequence":18,"data":"\#(value.dropFirst(5))","more":false}"#.utf8)).hits
        #expect(found.contains { $0.canary == "p0.ehr.mrn" && $0.chain.first == "joined-fields" })
    }

    @Test func `a photograph is found by its text and, without it, by its pixels`() throws {
        let image = PhotoMint.png(id: Self.people[2].ehr[.photo])
        #expect(Self.detector.scan(image).hits.contains { $0.canary == "p2.ehr.photo" && $0.chain.isEmpty })
        let start = try #require(image.indices.first { image[$0...].starts(with: Array("IDAT".utf8)) })
        let hits = Self.detector.scan(Array(image[start...])).hits
        #expect(hits.contains { $0.canary == "p2.ehr.photo" && $0.chain == ["zlib"] })
    }

    @Test func `a bomb ends in the budget and is reported`() {
        var bomb = [UInt8](repeating: 0x20, count: 40 << 20)
        bomb = LeakShape.deflate(bomb, bits: 31)
        let result = Self.detector.scan(bomb)
        #expect(result.unscanned.contains { $0.reason == .decodedBytes })
    }

    @Test func `more layers than the budget has are reported, not passed`() {
        var layered = LeakShape.json(Self.people[0].ehr[.email])
        for _ in 0..<5 { layered = LeakShape.deflate(layered, bits: 31) }
        let result = Self.detector.scan(layered)
        #expect(result.hits.isEmpty && result.unscanned.contains { $0.reason == .depth })
    }

    @Test func `text without canaries gives nothing and leaves nothing unsearched`() {
        let text = (0..<500).map {
            "2026-11-21T04:05:06.\($0)Z INFO id=3f2a9c77-0b1d-4e5f-8a6b-0123456789ab n=\($0 * 7919)\n"
        }
        #expect(Self.detector.scan(Array(text.joined().utf8)) == ScanResult())
    }

    /// Rounds of people who take turns: what each leaves in a message and in a log that keeps growing.
    private static func rounds(
        _ turns: [String], _ text: (_ person: String, _ turn: Int) -> String
    ) -> [Differential.Round] {
        var nothing: Differential.Memory?
        var memory: Differential.Memory? = Differential.Memory()
        var log = ""
        return turns.enumerated().map { turn, person in
            var round = Differential.Round(person: person)
            let line = text(person, turn)
            round.add(
                Array(line.utf8), name: "connector to graph, request-body", surface: "m\(turn)", detector, ScanMemory(),
                memory: &nothing)
            // A page is written again with all its old rows.
            log = "2026-11-2\(turn)T07:00 INFO visit \(turn * 7919 + 100_000) \(line)\n" + log
            round.add(Array(log.utf8), name: "kept in log", surface: "log", detector, ScanMemory(), memory: &memory)
            return round
        }
    }

    private static let turns = ["", "ann", "bob", "ann", "bob"]
    private static func code(_ text: String) -> String {
        LeakShape.hex(Array(SHA256.hash(data: Data("key\(text)".utf8))))
    }

    @Test func `what depends on the patient is told from what a session draws and what is said to everybody`() {
        let found = Differential.dependences(
            Self.rounds(Self.turns) {
                "tenant=\(Self.code("t")) session=\(Self.code("s\($1)")) user=\(Self.code($0))"
            })
        #expect(found.map(\.place.name) == ["connector to graph, request-body", "kept in log"])
        #expect(found.allSatisfy { $0.place.length == 64 && $0.person == "ann" && $0.count == 1 }, "\(found)")
    }

    @Test func `a code within base64 is seen, with the way to it`() throws {
        let found = Differential.dependences(
            Self.rounds(Self.turns) {
                "claims=" + LeakShape.base64(Array("{\"iat\":\($1 + 1_763_000_000),\"sub\":\"\(Self.code($0))\"}".utf8))
            })
        #expect(try #require(found.first).place.chain == ["base64"])
    }

    @Test func `a value the policy judges, one of a session and one of few say nothing`() {
        let people = ["ann": Self.people[0], "bob": Self.people[1]]
        let known = Self.rounds(Self.turns) { person, _ in people[person].map { "to=" + $0.ehr[.phone] } ?? "" }
        #expect(Differential.dependences(known) == [])
        #expect(Differential.dependences(Self.rounds(Self.turns) { "session=\(Self.code("\($0)\($1)"))" }) == [])
        // A token that is renewed in between, and a server drawn from two.
        let turned = Self.rounds(Self.turns) {
            "token=\(Self.code("\($1 / 2)")) server=\(["server-one", "server-two"][[0, 1, 1, 0, 0][$1]])"
        }
        #expect(Differential.dependences(turned) == [])
    }

    @Test func `people of one round are not compared`() {
        #expect(
            Differential.dependences(Self.rounds(["", "ann", "bob"]) { person, _ in "user=\(Self.code(person))" }) == []
        )
    }

    @Test func `the benchmark finds what it planted`() {
        let literals = Self.people.map { Array($0.ehr[.email].utf8) }
        let line = Array("INFO renewed after 17 ms, status=200\n".utf8)
        let log = literals.flatMap { line + $0 + line + $0 + line }
        log.withUnsafeBufferPointer { log in
            #expect(CanaryBenchmark.raw(log, literals: literals, rounds: 1).found == literals.count * 2)
            let full = CanaryBenchmark.full(log, canaries: CanarySet(people: Self.people), rounds: 1, piece: 100)
            #expect(full.found == literals.count * 2)
        }
    }
}

extension String {
    fileprivate func padding(_ count: Int) -> String { String(repeating: self, count: count) }
}

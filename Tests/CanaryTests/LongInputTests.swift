// SPDX-License-Identifier: Apache-2.0

import Canary
import Foundation
import Testing
import World

/// Inputs longer than the pieces they are searched in: nothing may hide where one piece ends.
@Suite struct LongInputTests {
    static let person = DetectorRecallTests.people(9, 1, "own")[0]
    static let detector = Detector(CanarySet(people: [person]))

    /// A log that compresses badly, with a value near its end.
    static func log(_ count: Int, with value: String) -> [UInt8] {
        var stream = RunSeed(seed: 3, nonce: "long").identity("log")
        var text: [UInt8] = []
        while text.count < count {
            text += Array("INFO renewed id=\(stream.uuid()) took \(stream.digits(3)) ms\n".utf8)
        }
        return text + Array("INFO visit of \(value) began\n".utf8) + text.prefix(2_000)
    }

    static let forms: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
        ("gzip", { LeakShape.deflate($0, bits: 31) }),
        ("gzip behind a head", { Array("POST /x HTTP/1.1\r\nA: b\r\n\r\n".utf8) + LeakShape.deflate($0, bits: 31) }),
        ("deflate", { LeakShape.deflate($0, bits: -15) }),
        ("gzip in base64", { Array("{\"z\":\"\(LeakShape.base64(LeakShape.deflate($0, bits: 31)))\"}".utf8) }),
        ("gzip in hexadecimal", { Array("z=\(LeakShape.hex(LeakShape.deflate($0, bits: 31)))".utf8) }),
        (
            "gzip in wrapped base64",
            {
                Data(LeakShape.deflate($0, bits: 31)).base64EncodedData(options: [.lineLength76Characters])
                    .map { $0 }
            }
        ),
        ("gzip in gzip", { LeakShape.deflate(LeakShape.deflate($0, bits: 31), bits: 31) }),
        ("wrapped base64", { Data($0).base64EncodedData(options: [.lineLength76Characters]).map { $0 } }),
    ]

    @Test func `words that were decoded in vain do not hide those that hold something, wherever they stand again`() {
        let value = Self.person.ehr[.email]
        var stream = RunSeed(seed: 4, nonce: "again").identity("log")
        let ids = (0..<40).map { _ in LeakShape.hex(Array(stream.uuid().utf8.suffix(9)).map { $0 ^ 0x95 }) }
        let encoded = LeakShape.base64(Array("<\(value)>".utf8))
        var text = ""
        var places: [Int] = []
        for line in 0..<20_000 {
            text += "INFO id=\(ids[line % 40])"
            if line % 3_000 == 2 {
                places.append(text.utf8.count + 1)
                text += " \(encoded)"
            }
            text += " done\n"
        }
        var scanner = Scanner(Self.detector)
        let bytes = Array(text.utf8)
        var hits: [Hit] = []
        for start in stride(from: 0, to: bytes.count, by: 1 << 18) {
            hits += scanner.feed(Array(bytes[start..<min(bytes.count, start + 1 << 18)])).hits
        }
        #expect(places.count == 7)
        for place in places {
            #expect(hits.contains { $0.offset <= place + 4 && $0.offset + $0.length > place && $0.chain == ["base64"] })
        }
    }

    @Test(arguments: forms.map(\.0)) func `what is encoded as a whole is decoded as a whole`(name: String) throws {
        let make = try #require(Self.forms.first { $0.0 == name }).1
        let input = make(Self.log(400_000, with: Self.person.ehr[.email]))
        #expect(input.count > 128 << 10)
        let result = Self.detector.scan(input)
        #expect(result.hits.contains { $0.canary == "p0.ehr.email" })
        #expect(result.unscanned.isEmpty, "\(result.unscanned)")
    }

    @Test func `a hit in a long input has its place there`() {
        let value = Self.person.ehr[.email]
        let input = Self.log(300_000, with: value)
        let hits = Self.detector.scan(input).hits.filter { $0.canary == "p0.ehr.email" }
        #expect(hits.map { Array(input[$0.offset..<$0.offset + $0.length]) } == [Array(value.utf8)])
    }

    @Test func `letters that fold to many do not hide what follows them`() {
        let text = String(repeating: "\u{FDFA}\u{F0}", count: 4_000) + " " + Self.person.ehr[.email]
        #expect(Self.detector.scan(Array(text.utf8)).hits.contains { $0.canary == "p0.ehr.email" })
    }

    @Test func `a text below the last layer is reported`() {
        var layered = LeakShape.json(Self.person.ehr[.email])
        for _ in 0..<5 { layered = Array(LeakShape.base64(layered).utf8) }
        let result = Self.detector.scan(layered)
        #expect(result.unscanned.contains { $0.reason == .depth })
    }
}

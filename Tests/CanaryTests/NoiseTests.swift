// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import World

@testable import Canary

/// What connectors keep beside people's data: tokens, keys, digests. They are no data that could not be read to its end.
@Suite struct NoiseTests {
    private static let detector = Detector(
        CanarySet([
            Canary(
                id: "ann.ehr.email", person: "ann", origin: .ehr, dataClass: .email, value: "vorzaquent.417@example.org"
            )
        ]))

    private struct Noise: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// An address within an address within an address, and beside it an id that is base64: every reading of the one
    /// carries the other along, which was decoded where it stands.
    @Test func `what was decoded once is no new layer in a deeper reading of its surroundings`() {
        let id = Data("1uWmFW9z3X5GSPqILGS7o8bj2uBv".utf8).base64EncodedString()
        let near = Self.detector.scan(Array("/l/meetup-join/\(id)/0?context=a%252541b".utf8))
        #expect(near.unscanned.map { "\($0)" } == [])
        let inside = "%25252A" + Data(Data(id.utf8).base64EncodedString().utf8).base64EncodedString()
        let left = Self.detector.scan(Array(Data(inside.utf8).base64EncodedString().utf8)).unscanned
        #expect(left.contains { $0.reason == .depth }, "\(left)")
    }

    /// Met in an honest connector's database: ids of meetings, whose inner letters seem to begin with zlib when read in base58.
    @Test func `what chance gives in an alphabet nobody named is no layer`() {
        let ids = "ZXNjQ0xVTjJ1UnFUN3Z2SjRLbVpIWUhldW12YkJackUzeEZy%40ZXNjQ0xVTjJ1UnFUN3Z2SjRLbVpIWUhldW12YkJackUzeEZ6"
        #expect(Self.detector.scan(Array(ids.utf8)).unscanned.map { "\($0)" } == [])
    }

    /// Met in an honest connector's database: the key of a job with its revision, which as base64 is a stream of deflate.
    @Test func `what a few letters inflate to by chance is no layer`() {
        let job = "89428b03-373d-427f-9312-7a28adcc1711reminderPNSMaQzqEwGDBfZkbTG7VA"
        #expect(Self.detector.scan(Array(job.utf8)).unscanned.map { "\($0)" } == [])
    }

    /// Met in an honest connector's log: the time of a line, read backwards.
    @Test func `the time of day is nobody's date of birth backwards`() {
        let detector = Detector(
            CanarySet([
                Canary(id: "bea.ehr.born", person: "bea", origin: .ehr, dataClass: .birthDate, value: "1999-08-24")
            ]))
        func found(_ text: String) -> [String] { detector.scan(Array(text.utf8)).hits.map(\.canary) }
        #expect(found(#"{"time":"2026-11-22T04:28:09.991Z"}"#) == [])
        for text in ["born 42809991", "42-80-9991.", #"{"d":"42/80/9991"}"#] {
            #expect(found(text) == ["bea.ehr.born"])
        }
    }

    /// Met in an honest connector's log: the word had been minted around `request`.
    @Test func `ends of three words in a row are nobody's name`() {
        let detector = Detector(
            CanarySet([
                Canary(id: "ann.ehr.city", person: "ann", origin: .ehr, dataClass: .city, value: "Drequestri"),
                Canary(
                    id: "ann.ehr.street", person: "ann", origin: .ehr, dataClass: .street,
                    value: "8142 Thaeplaflyv Street"),
            ]))
        func found(_ text: String) -> [String] { detector.scan(Array(text.utf8)).hits.map(\.canary) }
        #expect(found(#"{"message":"launched","request":"RIwUBytDpxI"}"#) == [])
        #expect(found("the launched request right away") == [])
        for text in [
            "cityDrequestriEnd", "Dreque-stri", "to D requestri", "Dreques\ntri.",
            #"["D","r","e","q","u","e","s","t","r","i"]"#,
        ] { #expect(found(text) == ["ann.ehr.city"], "\(text)") }
        #expect(found("street8142 Thaeplaflyv StreetEnd") == ["ann.ehr.street"])
    }

    /// The sizes and codes of a capture's exchanges, one after the other. A date in a few parts of a field is found in it.
    @Test func `many numbers of one field are nobody's date of birth`() {
        let detector = Detector(
            CanarySet([
                Canary(
                    id: "ann.ehr.birth-date", person: "ann", origin: .ehr, dataClass: .birthDate, value: "2001-03-14")
            ]))
        func text(_ sizes: [String]) -> [UInt8] {
            let said = String(repeating: "an exchange ", count: 120)
            return Array(sizes.map { #"{"comment":"\#(said)","bodySize":\#($0),"# }.joined(separator: "\n").utf8)
        }
        let few = ["122", "85", "177}", "200", "1314}", "0", "1220", "9}", "81", "8", "16}", "7"]
        #expect(!detector.scan(text(few)).hits.isEmpty, "a number in a few parts may have been cut on purpose")
        #expect(detector.scan(text(few + ["337"])).hits.isEmpty)
    }

    /// Read as Latin-1, each sign of the name is a letter and two that are none: `æ`, `æ`, which pages of a database hold too.
    @Test func `UTF-8 that is taken for Latin-1 is the name that was, and nothing that is left of it`() throws {
        let detector = Detector(
            CanarySet([
                Canary(id: "ada.ehr.given-name", person: "ada", origin: .ehr, dataClass: .givenName, value: "文明旦")
            ]))
        let mistaken = try #require(String(data: Data("文明旦".utf8), encoding: .isoLatin1))
        #expect(!detector.scan(Array("user \(mistaken) signed in".utf8)).hits.isEmpty)
        let page: [UInt8] = [0x2D, 0x00, 0xE6, 0x00, 0x00, 0xE6, 0x02, 0x95, 0x01, 0xE6, 0x01, 0xEB, 0x01]
        for label in ["pending", "name", "given"] {
            #expect(detector.scan(Array(label.utf8) + page).hits.map { "\($0)" } == [], "\(label)")
        }
        #expect(detector.scan(Array("name: æ æ, æ".utf8)).hits.map { "\($0)" } == [])
    }

    /// `visit mrn 4711 next` in seven bits a letter: as a gateway sends it, and as the reading of a token that nobody meant.
    @Test func `four digits are found in packed letters, and not in what a token reads as`() {
        let detector = Detector(
            CanarySet([
                Canary(
                    id: "ann.ehr.mrn", person: "ann", origin: .ehr, dataClass: .medicalRecordNumber,
                    value: "MRN90184711")
            ]))
        let pdu = "pdu=00110b91f6f43c4d07b5e56e10ed168b81dc653c1d000000 end"
        #expect(detector.scan(Array(pdu.utf8)).hits.map(\.chain) == [["hex", "gsm-7"]])
        let token = #"x <~!"fU$p@LIA#IWZ2&FC6kJ_Xg!*<6'>~> end"#
        #expect(detector.scan(Array(token.utf8)).hits.map { "\($0)" } == [])
    }

    /// A plan's number ends in what is the port of a server, and `code` stands before it: as a parameter's value, and as a
    /// name. Beside its name it is found.
    @Test func `a port is the end of nobody's number`() {
        let detector = Detector(
            CanarySet([
                Canary(
                    id: "ann.ehr.health-plan-number", person: "ann", origin: .ehr, dataClass: .healthPlanNumber,
                    value: "HPB417245671")
            ]))
        func hits(_ text: String) -> [String] { detector.scan(Array(text.utf8)).hits.map { "\($0)" } }
        let back = "redirect_uri=http%3A%2F%2F127.0.0.1%3A5671%2Fback"
        #expect(hits("Location: http://127.0.0.1/authorize?response_type=code&\(back)\r\n") == [])
        #expect(
            hits("Host: localhost\r\nreason-code: 12\r\nLocation: http://[::1]:5671/?a=code&b=http://x:5671/") == [])
        #expect(!hits("member number ending 5671").isEmpty)
        #expect(!hits("plan: 5671").isEmpty)
    }

    @Test(arguments: 1...8) func `a log full of tokens is searched to its end`(seed: UInt64) {
        var noise = Noise(state: seed)
        var lines = ""
        for line in 0..<2500 {
            let count = Int.random(in: 16...48, using: &noise)
            let token = Data((0..<count).map { _ in UInt8.random(in: 0...255, using: &noise) }).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            lines += #"{"line":\#(line),"request":"\#(token)","level":"info"}"# + "\n"
        }
        let result = Self.detector.scan(Array(lines.utf8))
        #expect(result.unscanned.map { "\($0)" } == [])
        #expect(result.hits.isEmpty)
    }

    @Test(arguments: [0x9C, 0xDA, 0x01, 0x5E] as [UInt8])
    func `a request id that begins like zlib is a request id`(second: UInt8) {
        var noise = Noise(state: UInt64(second))
        var lines = #"{"request":"eF5qLDqkLc0"}"# + "\n"
        for _ in 0..<200 {
            let rest = (0..<6).map { _ in UInt8.random(in: 0...255, using: &noise) }
            lines += #"{"request":"\#(LeakShape.base64URL([0x78, second] + rest))"}"# + "\n"
        }
        #expect(Self.detector.scan(Array(lines.utf8)).unscanned.map { "\($0)" } == [])
    }

    /// Met in an honest connector's messages: the signature of a token, read as packed letters, held the four bytes of LZ4.
    @Test(arguments: [[0x04, 0x22, 0x4D, 0x18], [0x1F, 0x8B, 0x08]] as [[UInt8]])
    func `an id that begins like a compressed file is an id`(mark: [UInt8]) {
        var noise = Noise(state: UInt64(mark[0]))
        var lines = ""
        for _ in 0..<400 {
            let count = Int.random(in: 9...40, using: &noise)
            let rest = (0..<count).map { _ in UInt8.random(in: 0...255, using: &noise) }
            lines += #"{"request":"\#(LeakShape.base64URL(mark + rest))"}"# + "\n"
        }
        #expect(Self.detector.scan(Array(lines.utf8)).unscanned.map { "\($0)" } == [])
    }

    @Test(arguments: [(0x64, 0x40), (0x60, 0x70), (0x6C, 0x60)] as [(UInt8, UInt8)])
    func `a frame of LZ4 is said to be unread`(flags: UInt8, size: UInt8) {
        let frame: [UInt8] = [0x04, 0x22, 0x4D, 0x18, flags, size, 0xA7] + Array(repeating: 0x61, count: 40)
        for bytes in [frame, Array(Data(frame).base64EncodedString().utf8)] {
            #expect(Self.detector.scan(bytes).unscanned.map(\.reason) == [.format])
        }
    }

    /// LZMA with its short header, `compress`, and a member of a zip packed with LZMA.
    @Test(
        arguments: [
            [0x5D, 0x00, 0x00, 0x80, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x2A, 0x9A],
            [0x1F, 0x9D, 0x90, 0x68, 0xCA, 0xB0, 0x61, 0xF3],
            [0x50, 0x4B, 0x03, 0x04, 0x3F, 0x00, 0x02, 0x00, 0x0E, 0x00, 0x00, 0x00, 0x21, 0x00, 0x8D, 0xEF],
        ] as [[UInt8]])
    func `what is packed in a way nobody reads is said to be unread`(head: [UInt8]) {
        let bytes = head + Array(repeating: 0x61, count: 40)
        #expect(Self.detector.scan(bytes).unscanned.map(\.reason).contains(.format))
        // Where no file begins, the two bytes of `compress` mean nothing.
        let inside = Array("{\"id\": \"\(Data(bytes).base64EncodedString())\"}".utf8)
        #expect(Self.detector.scan(inside).unscanned.isEmpty == (head[0] == 0x1F))
    }

    @Test func `a compressed file that was cut off is said to be cut`() {
        let text = (0..<4000).map { "line \($0 * 7919 % 10007) of a file\n" }.joined()
        let packed = LeakShape.deflate(Array(text.utf8), bits: 15)
        let result = Self.detector.scan(Array(packed.prefix(packed.count / 2)))
        #expect(result.unscanned.contains { $0.reason == .decodedBytes })
    }

    /// `=3f` in an address is the beginning of a value, not a question mark: what seems to stand in such a reading was not
    /// left out.
    @Test func `an address that is read as quoted-printable leaves nothing out`() {
        let id = Data("1uWmFW9z3X5GSPqILGS7o8bj2uBv".utf8).base64EncodedString()
        for text in [
            "=\r\n%253D=2=253D\(id)==3f/%253D",
            "GET /auth?return=%2Fvisit%3Fstate%3D41\(id)%2526next%253D%2541 HTTP/1.1",
        ] {
            #expect(Self.detector.scan(Array(text.utf8)).unscanned == [], "\(text)")
        }
    }

    /// Between the digits stand the zeros of a wide character: the number goes on before them.
    @Test func `four digits of a longer number in wide characters are nobody's last four`() throws {
        let detector = Detector(
            CanarySet([
                Canary(
                    id: "ann.ehr.mrn", person: "ann", origin: .ehr, dataClass: .medicalRecordNumber, value: "9018476811"
                )
            ]))
        func found(_ text: String, _ encoding: String.Encoding) throws -> Bool {
            try !detector.scan(Array(#require(text.data(using: encoding)))).hits.isEmpty
        }
        for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian] {
            #expect(try !found(#"{"mrn":"5512346811","n":1}"#, encoding))
            #expect(try !found(#"{"mrn":"6811551234","n":1}"#, encoding))
            #expect(try found(#"{"mrn":"9018476811","n":1}"#, encoding))
        }
    }

    @Test func `the time of a log's line is nobody's number`() {
        let detector = Detector(
            CanarySet([
                Canary(
                    id: "cleo.ehr.plan", person: "cleo", origin: .ehr, dataClass: .healthPlanNumber,
                    value: "HPX131112345")
            ]))
        #expect(detector.scan(Array(#"{"time":"2026-11-22T13:11:12.345Z","event":"started"}"#.utf8)).hits.isEmpty)
        #expect(!detector.scan(Array(#"{"plan":"131112345","event":"started"}"#.utf8)).hits.isEmpty)
        #expect(!detector.scan(Array(#"{"plan":"131-112-345","event":"started"}"#.utf8)).hits.isEmpty)
    }
}

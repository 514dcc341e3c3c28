// SPDX-License-Identifier: Apache-2.0

import Canary
import Foundation
import Testing
import World

@Suite struct MessageScannerTests {
    private static let people = DetectorRecallTests.people(3, 11, "messages")
    private static let detector = Detector(CanarySet(people: people))
    private static let email = people[0].ehr[.email]

    private static func head(_ lines: String...) -> [UInt8] { Array(lines.joined(separator: "\r\n").utf8) }

    @Test func `a header that was met before is reported at its place in the next message too`() throws {
        var scanner = MessageScanner(Self.detector)
        let token = "Authorization: Bearer " + Data("who: \(Self.email) and more".utf8).base64EncodedString()
        let first = scanner.scan(head: Self.head("Host: a.example", token))
        let second = scanner.scan(head: Self.head("Host: a.example", "X-Number: 17", token, "Accept: */*"))
        let one = try #require(first.hits.first { $0.canary == "p0.ehr.email" })
        let other = try #require(second.hits.first { $0.canary == "p0.ehr.email" })
        #expect(one.chain == ["base64"] && other.chain == ["base64"])
        #expect(one.offset >= 17 + 22)
        #expect(other.offset == one.offset + 14)
    }

    @Test func `what is found in a head is what the detector finds in it`() {
        var scanner = MessageScanner(Self.detector)
        let heads = [
            Self.head("A: 1", "X-Mail: \(Self.email)", "X-Who: \(Self.people[1].ehr[.phone])"),
            Self.head("X-Who: \(Self.people[1].ehr[.phone])", "B: \(Self.people[2].ehr[.street])"),
            Self.head("X-Mail: \(Self.email)"), Self.head("A: 1"), [],
        ]
        for head in heads {
            let expected = Self.detector.scan(head)
            let found = scanner.scan(head: head)
            #expect(Set(found.hits) == Set(expected.hits))
            #expect(found.unscanned == expected.unscanned)
        }
    }

    @Test func `a value split over two headers is found, behind headers that are known too`() {
        let street = Self.people[1].ehr[.street]
        let half = street.utf8.count / 2
        var scanner = MessageScanner(Self.detector)
        #expect(scanner.scan(head: Self.head("Host: a.example", "Accept: */*")).hits.isEmpty)
        let found = scanner.scan(
            head: Self.head(
                "Host: a.example", "X-Part-1: \(street.prefix(half))", "Accept: */*",
                "X-Part-2: \(street.dropFirst(half))"))
        #expect(found.hits.contains { $0.canary == "p1.ehr.street" })
    }

    @Test func `the same body is found again`() {
        var scanner = MessageScanner(Self.detector)
        let body = Array(#"{"mail":"\#(Self.email)"}"#.utf8)
        let first = scanner.scan(body)
        #expect(!first.hits.isEmpty)
        #expect(scanner.scan(body) == first)
    }
}

@Suite struct RandomValueTests {
    private static let token = "q7Xk2fQvB9sLw0ZrT4mYc8HnPd6JgVu3AeRi5Ko1xNbWhSy0"
    private static let detector = Detector(
        CanarySet([Canary(id: "0.token", origin: .ehr, value: token, isRandom: true)]))

    @Test(arguments: [
        ("plain", token), ("in a field", #"{"access_token":"eyJ.\#(token)"}"#), ("in lower case", token.lowercased()),
        ("base64", Data("xx\(token)".utf8).base64EncodedString()),
        ("hex", Data(token.utf8).map { String(format: "%02x", $0) }.joined()),
        ("base64 twice", Data(Data(token.utf8).base64EncodedString().utf8).base64EncodedString()),
    ])
    func `a token is found as it is and in the encodings of programs`(_ name: String, _ text: String) {
        #expect(Self.detector.scan(Array("a \(text) z".utf8)).hits.contains { $0.canary == "0.token" }, "\(name)")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Canary
import Foundation
import Testing
import World

@Suite struct RedactionTests {
    private static let people = DetectorRecallTests.people(11, 2, "own")
    private static let set = CanarySet(people: people)
    private static let salt = [UInt8](repeating: 7, count: 32)

    private static func redacted(_ text: String, salt: [UInt8] = salt) -> String? {
        Redaction(set, salt: salt).redacted(Array(text.utf8), isJSON: true).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `the own search finds nothing in what is shared, in whatever encoding it stood`() throws {
        let ehr = Self.people[0].ehr
        let texts = [
            "visit of \(ehr[.familyName]), born \(ehr[.birthDate])", "GET /a?q=\(LeakShape.percentAll(ehr[.email]))",
            "t=\(LeakShape.base64(LeakShape.json(ehr[.street])))", "h=\(LeakShape.hex(ehr[.phone].utf8))",
            #"{"to":\#(ehr[.phone].dropFirst()),"x":1}"#,
        ]
        for text in texts {
            let shared = try #require(Self.redacted(text))
            #expect(shared != text)
            #expect(Detector(Self.set).scan(Array(shared.utf8)).hits == [], "\(shared)")
        }
    }

    @Test func `the same value has the same commitment, another value or salt another`() throws {
        let (one, other) = (Self.people[0].ehr[.email], Self.people[1].ehr[.email])
        let text = try #require(Self.redacted("a \(one) b \(one) c \(other)"))
        let codes = text.matches(of: /~([a-z]{10})\]/).map { String($0.output.1) }
        #expect(codes.count == 3)
        #expect(codes[0] == codes[1] && codes[1] != codes[2])
        let again = try #require(Self.redacted("a \(one)", salt: [UInt8](repeating: 8, count: 32)))
        #expect(!again.contains(codes[0]))
    }

    @Test func `a JSON text stays one`() throws {
        let phone = Self.people[0].ehr[.phone]
        let text = try #require(
            Self.redacted(#"{"to":\#(phone.dropFirst()),"name":"\#(Self.people[0].ehr[.familyName])"}"#))
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    }

    @Test func `a record of many lines stays a record of as many, and every value is gone`() throws {
        let lines = (0..<3_000).map { number in
            let person = Self.people[number % 2].ehr
            let text = number % 3 == 0 ? LeakShape.base64(Array("born \(person[.birthDate])".utf8)) : person[.email]
            return #"{"seq":\#(number),"fields":{"text":"\#(text)"}}"#
        }
        let shared = try #require(Self.redacted(lines.joined(separator: "\n"))).split(separator: "\n")
        #expect(shared.count == lines.count)
        for line in shared { #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) } }
        #expect(Detector(Self.set).scan(Array(shared.joined(separator: "\n").utf8)).hits == [])
    }
}

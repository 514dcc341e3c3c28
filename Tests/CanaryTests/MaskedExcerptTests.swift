// SPDX-License-Identifier: Apache-2.0

import Canary
import Testing
import World

@Suite struct MaskedExcerptTests {
    static let set = CanarySet([
        Canary(id: "p.name", origin: .ehr, dataClass: .familyName, value: "O'Brückner"),
        Canary(id: "p.phone", origin: .ehr, dataClass: .phone, value: "+14255550123"),
    ])

    private func excerpts(_ text: String) -> [String] { Detector(Self.set).scan(Array(text.utf8)).hits.map(\.excerpt) }

    @Test func `a match is shown with its letters and digits masked and its marks as they are`() {
        #expect(excerpts("for O'Brückner, call") == ["X'Xxxxxxxx"])
        #expect(excerpts("call +1 (425) 555-0123 today") == ["9 (999) 999-9999"])
    }

    @Test func `of an encoded value the text in which it was found is shown`() {
        #expect(excerpts("name=O%27Br%C3%BCckner&x=1") == ["X'Xxxxxxxx"])
    }

    @Test func `no excerpt holds a letter or a digit of its value`() {
        for text in ["O'BRÜCKNER", "o%27br%C3%BCckner", "14255550123", "&#79;'Br&uuml;ckner"] {
            let found = excerpts(text)
            #expect(!found.isEmpty, "\(text)")
            for letter in found.joined() where letter.isLetter { #expect("xX".contains(letter)) }
            for digit in found.joined() where digit.isNumber { #expect(digit == "9") }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Canary
import Crypto
import Foundation
import Testing
import World

@Suite struct KnownFormsTests {
    private static let people = DetectorRecallTests.people(4, 12, "forms")

    @Test func `forms of several sets find what one set of all finds`() throws {
        let known = KnownForms()
        let parts = [Self.people[..<1], Self.people[1..<6], Self.people[6...]]
        let joined = Detector(parts.map { known.forms(of: CanarySet(people: Array($0))) })
        // Made before: the same in another order.
        let again = Detector(parts.reversed().map { known.forms(of: CanarySet(people: Array($0))) })
        let whole = Detector(CanarySet(people: Self.people))
        for person in Self.people {
            let digest = SHA256.hash(data: Data(person.ehr[.email].utf8)).map { String(format: "%02x", $0) }.joined()
            let text = "who: \(person.ehr[.phone]); \(person.ehr[.email]); \(digest)"
            let expected = Set(whole.scan(Array(text.utf8)).hits.map { "\($0.canary) \($0.form) \($0.offset)" })
            #expect(expected.count >= 3)
            for detector in [joined, again] {
                #expect(
                    Set(detector.scan(Array(text.utf8)).hits.map { "\($0.canary) \($0.form) \($0.offset)" }) == expected
                )
            }
        }
    }
}

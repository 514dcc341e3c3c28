// SPDX-License-Identifier: Apache-2.0

import Canary
import Testing
import World

/// What numbers of records the EHR gives out are nobody's datum.
struct RecordNumberTests {
    private static let detector = Detector(
        CanarySet(
            (0..<1500).map { place in
                let (year, month, day) = (1931 + place / 18, 1 + place % 12, 10 + place % 19)
                return Canary(
                    id: "\(place)", dataClass: .birthDate,
                    value: "\(year)-\(month < 10 ? "0" : "")\(month)-\(day)")
            }))

    private static func hits(_ draw: (inout RandomStream) -> String) -> Int {
        var random = RunSeed(seed: 11, nonce: "n").identity("record", "numbers")
        let text = (0..<20_000).map { _ in "id=\(draw(&random))\n" }.joined()
        return detector.scan(Array(text.utf8)).hits.count
    }

    @Test func `no number of a record is a date of birth, as shorter ones are`() {
        #expect(Self.hits { $0.recordNumber() } == 0)
        #expect(Self.hits { $0.digits(7) } > 0)
    }
}

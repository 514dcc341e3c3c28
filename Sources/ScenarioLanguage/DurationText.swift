// SPDX-License-Identifier: Apache-2.0

/// Durations as scenarios write them: `250ms`, `90s`, `2m`, `1h30m`, `2d`.
package enum DurationText {
    /// Units from large to small, in milliseconds.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Numbers with units, large units first, each at most once; nil for anything else and beyond 10 000 days.
    package static func parse(_ text: some StringProtocol) -> Duration? {
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        var lastUnit = -1
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, digits.count <= 9, let number = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let unit = units.firstIndex(where: { $0.name == name }), unit > lastUnit else { return nil }
            lastUnit = unit
            total += number * units[unit].milliseconds
            guard total <= 864_000_000_000 else { return nil }
        }
        return .milliseconds(total)
    }

    /// The shortest such text; parts of a millisecond are dropped.
    package static func format(_ duration: Duration) -> String {
        var rest = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        guard rest != 0 else { return "0s" }
        var text = rest < 0 ? "-" : ""
        rest = abs(rest)
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }

    /// What a message says is expected.
    static let expected = "write a duration such as `90s`, `2m`, `1h30m`, `250ms` or `2d`"
}

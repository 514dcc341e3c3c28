// SPDX-License-Identifier: Apache-2.0

/// Which characters one place of a pattern accepts.
struct ScalarSet: Sendable, Hashable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    init(_ ranges: [ClosedRange<UInt32>], negated: Bool = false) {
        self.ranges = ranges
        isNegated = negated
    }

    init(_ scalar: Unicode.Scalar) { self.init([scalar.value...scalar.value]) }

    static let digit = ScalarSet([0x30...0x39])
    static let word = ScalarSet([
        0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A, 0xAA...0xAA, 0xB5...0xB5, 0xBA...0xBA,
        0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2C1, 0x370...0x373, 0x376...0x37D, 0x386...0x481, 0x48A...0x52F,
    ])
    static let space = ScalarSet([0x09...0x0D, 0x20...0x20, 0x85...0x85, 0xA0...0xA0, 0x2028...0x2029])
    /// `.`: everything but a line break.
    static let dot = ScalarSet([0x0A...0x0A, 0x0D...0x0D], negated: true)

    var inverted: ScalarSet { ScalarSet(ranges, negated: !isNegated) }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    /// `scalar` is folded already where case is ignored.
    func contains(_ scalar: Unicode.Scalar, ignoringCase: Bool) -> Bool {
        guard ignoringCase else { return contains(scalar) }
        let upper = scalar.properties.uppercaseMapping.unicodeScalars
        let isIn = ranges.contains { range in
            range.contains(scalar.value) || (upper.count == 1 && upper.contains { range.contains($0.value) })
        }
        return isIn != isNegated
    }

    /// The lower-case form where it is one character.
    static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        return lower.count == 1 ? lower.first ?? scalar : scalar
    }

    /// For classes: both; a negated part inside a class is spelt out.
    mutating func formUnion(_ other: ScalarSet) { ranges += other.isNegated ? other.complement : other.ranges }

    private var complement: [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Numbers as programs keep them: as bytes, and in the notations of addresses and tables.
extension NeedleMaker {
    /// - Parameter number: what `digits` say.
    mutating func addStoredNumber(_ number: UInt64, digits: String) {
        let double = Double(number)
        for (bits, width) in [(number, "int64"), (double.bitPattern, "float64")] {
            let bytes = Self.bytes(bits)
            addRaw(bytes, chain: [width])
            addRaw(bytes.reversed(), chain: [width])
        }
        let shortest = Array(Self.bytes(number).drop { $0 == 0 })
        if shortest.count >= 5 {
            // Six bytes of SQLite, an integer of DER.
            addShort(shortest, "integer")
        } else if shortest.count == 4 {
            // CBOR, MessagePack: without the byte that tells its kind it is too short.
            for kind in [0x1A, 0xCE, 0xD2] as [UInt8] { addShort([kind] + shortest, "integer") }
            // Redis; the end of BSON's name.
            for kind in [0xC2, 0x00] as [UInt8] { addShort([kind] + shortest.reversed(), "integer") }
        }
        // Protocol Buffers: as it is, and with a bit for the sign.
        addShort(Self.varint(number), "varint")
        addShort(Self.varint(number << 1), "varint")
        // COBOL and payment networks: two digits a byte, an odd number filled up, or a sign behind it.
        let values = digits.utf8.map { $0 & 15 }
        for nibbles in values.count % 2 == 0 ? [values, [0] + values + [12]] : [values + [15], values + [12]] {
            addShort(
                stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }, "packed-digits")
        }
        let small = String(number, radix: 36)
        // A word of letters alone is one of a language.
        if small.utf8.count >= 6, small.contains(where: \.isNumber), small.contains(where: \.isLetter) {
            add(small, "base36-number", rule: .word)
        }
    }

    /// Bytes of a number that text does not hold; five of them hardly come about by chance.
    private mutating func addShort(_ bytes: [UInt8], _ chain: String) {
        guard bytes.count >= 5, Set(bytes).count >= 3 else { return }
        addBinary(bytes, chain: [chain])
    }

    static func bytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    /// Seven bits a byte, the lowest first.
    static func varint(_ number: UInt64) -> [UInt8] {
        var rest = number
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}

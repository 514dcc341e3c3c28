// SPDX-License-Identifier: Apache-2.0

/// Bitcoin's base58: a whole token is one number.
enum Base58 {
    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (index, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(index) }
        return table
    }()

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        let zeros = [UInt8](repeating: alphabet[0], count: bytes.prefix { $0 == 0 }.count)
        return zeros + LargeNumber.digits(of: bytes, base: 58).map { alphabet[Int($0)] }
    }

    /// Nil where a character is none of the alphabet.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        // Ten characters at a time are less than 2^59.
        var limbs: [UInt64] = []
        var place = 0
        while place < text.count {
            var chunk: UInt64 = 0
            var scale: UInt64 = 1
            let end = min(text.count, place + 10)
            while place < end {
                let value = values[Int(text[place])]
                guard value != 255 else { return nil }
                chunk = chunk * 58 + UInt64(value)
                scale *= 58
                place += 1
            }
            for index in limbs.indices {
                let (high, low) = limbs[index].multipliedFullWidth(by: scale)
                let (sum, overflow) = low.addingReportingOverflow(chunk)
                limbs[index] = sum
                chunk = high + (overflow ? 1 : 0)
            }
            if chunk > 0 { limbs.append(chunk) }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(limbs.count * 8 + 8)
        for byte in text {
            guard byte == UInt8(ascii: "1") else { break }
            bytes.append(0)
        }
        var isLeading = true
        for limb in limbs.reversed() {
            for shift in [56, 48, 40, 32, 24, 16, 8, 0] as [UInt64] {
                let byte = UInt8(truncatingIfNeeded: limb >> shift)
                if isLeading, byte == 0 { continue }
                isLeading = false
                bytes.append(byte)
            }
        }
        return bytes
    }
}

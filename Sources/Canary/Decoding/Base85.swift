// SPDX-License-Identifier: Apache-2.0

/// Four bytes in five characters.
enum Base85 {
    enum Alphabet: CaseIterable {
        /// Adobe's (`<~ … ~>`), Python's `a85encode`.
        case ascii85
        /// RFC 1924's characters, Git's and Python's `b85encode`.
        case rfc1924
        case z85

        var characters: [UInt8] {
            switch self {
            case .ascii85: Self.adobe
            case .rfc1924: Self.git
            case .z85: Self.zeroMQ
            }
        }

        private static let adobe = Array(33...117 as ClosedRange<UInt8>)
        private static let git = Array(
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~".utf8)
        private static let zeroMQ = Array(
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)

        private static let tables: [[UInt8]] = allCases.map { alphabet in
            var table = [UInt8](repeating: 255, count: 256)
            for (index, byte) in alphabet.characters.enumerated() { table[Int(byte)] = UInt8(index) }
            return table
        }

        var values: [UInt8] {
            switch self {
            case .ascii85: Self.tables[0]
            case .rfc1924: Self.tables[1]
            case .z85: Self.tables[2]
            }
        }
    }

    static func encode(_ bytes: [UInt8], _ alphabet: Alphabet) -> [UInt8] {
        let characters = alphabet.characters
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * 5 / 4 + 5)
        for start in Swift.stride(from: 0, to: bytes.count, by: 4) {
            let count = min(4, bytes.count - start)
            var word: UInt32 = 0
            for index in 0..<4 { word = word << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
            var scale: UInt32 = 85 * 85 * 85 * 85
            for _ in 0...count {
                result.append(characters[Int(word / scale)])
                word %= scale
                scale /= 85
            }
        }
        return result
    }

    /// The alphabets that hold every character: most words that are tried are of none.
    static func alphabets(of text: UnsafeBufferPointer<UInt8>) -> [Alphabet] {
        let members = members.marks
        var left: UInt8 = 7
        for byte in text {
            left &= members[Int(byte)]
            if left == 0 { return [] }
        }
        return Alphabet.allCases.enumerated().compactMap { left >> UInt8($0) & 1 != 0 ? $1 : nil }
    }

    private static let members = ByteRuns.table { byte in
        Alphabet.allCases.enumerated().reduce(0) { marks, entry in
            let holds =
                entry.element.values[Int(byte)] != 255 || (entry.element == .ascii85 && byte == UInt8(ascii: "z"))
            return marks | (holds ? 1 << UInt8(entry.offset) : 0)
        }
    }

    /// Nil where a character is none of the alphabet, or a group is no 32-bit number.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, _ alphabet: Alphabet) -> [UInt8]? {
        let values = alphabet.values
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var word: UInt64 = 0
        var count = 0
        for byte in text {
            if alphabet == .ascii85, byte == UInt8(ascii: "z"), count == 0 {
                result += [0, 0, 0, 0]
                continue
            }
            let value = values[Int(byte)]
            guard value != 255 else { return nil }
            word = word * 85 + UInt64(value)
            count += 1
            if count == 5 {
                guard word <= UInt64(UInt32.max) else { return nil }
                for shift in [24, 16, 8, 0] as [UInt64] { result.append(UInt8(truncatingIfNeeded: word >> shift)) }
                word = 0
                count = 0
            }
        }
        if count > 1 {
            for _ in count..<5 { word = word * 85 + 84 }
            guard word <= UInt64(UInt32.max) else { return nil }
            for shift in ([24, 16, 8, 0] as [UInt64]).prefix(count - 1) {
                result.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return result
    }
}

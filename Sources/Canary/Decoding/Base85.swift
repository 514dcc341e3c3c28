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

        private static let tables = allCases.map { alphabet in
            ByteRuns.table { byte in alphabet.characters.firstIndex(of: byte).map(UInt8.init) ?? 255 }
        }
        private static let (adobeValues, gitValues, zeroMQValues) = (tables[0], tables[1], tables[2])

        /// Values of the characters; 255 for what is none.
        var values: UnsafePointer<UInt8> {
            switch self {
            case .ascii85: Self.adobeValues.marks
            case .rfc1924: Self.gitValues.marks
            case .z85: Self.zeroMQValues.marks
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

    /// What a word's characters say, all of them looked at once.
    struct Word {
        /// Alphabets that hold every character, a bit each; the fourth is base45's.
        private let alphabets: UInt8
        /// Letters of both kinds or digits stand with odd characters: words with their punctuation do not.
        let isMixed: Bool

        init(_ text: UnsafeBufferPointer<UInt8>) {
            let (members, kinds) = (members.marks, kinds.marks)
            var every: UInt8 = 0xFF
            var some: UInt8 = 0
            for byte in text {
                every &= members[Int(byte)]
                some |= kinds[Int(byte)]
            }
            alphabets = every
            // No alphabet has the quotation mark; the mark of Adobe's ends is taken off later.
            isMixed = some & 8 != 0 && (some & 7).nonzeroBitCount >= 2 && !(some & 16 != 0 && text.count < 24)
        }

        func isOf(_ alphabet: Alphabet) -> Bool {
            switch alphabet {
            case .ascii85: alphabets & 1 != 0
            case .rfc1924: alphabets & 2 != 0
            case .z85: alphabets & 4 != 0
            }
        }
        var isBase45: Bool { alphabets & 8 != 0 }
    }

    private static let members = ByteRuns.table { byte in
        let own = Alphabet.allCases.enumerated().reduce(0 as UInt8) { marks, entry in
            let holds =
                entry.element.values[Int(byte)] != 255 || (entry.element == .ascii85 && byte == UInt8(ascii: "z"))
            return marks | (holds ? 1 << UInt8(entry.offset) : 0)
        }
        return own | (Base45.holds(byte) ? 8 : 0)
    }

    /// 1: capital; 2: small letter; 4: digit; 8: odd; 16: quotation mark.
    private static let kinds = ByteRuns.table { byte in
        switch byte {
        case 0x41...0x5A: 1
        case 0x61...0x7A: 2
        case 0x30...0x39: 4
        case UInt8(ascii: "\""): 16
        default: TextIndex.Kind.odd.holds(byte) ? 8 : 0
        }
    }

    /// Nil where a character is none of the alphabet, or a group is no 32-bit number.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, _ alphabet: Alphabet) -> [UInt8]? {
        let scratch = Scratch()
        // What is decoded stands in it until it is copied.
        return withExtendedLifetime(scratch) { decode(text, alphabet, scratch) { _, _ in true }.map { Array($0) } }
    }

    /// As above; nil, too, where what comes out is nothing readable, which mostly shows long before the end. What is
    /// returned stands in `scratch`.
    static func readable(
        _ text: UnsafeBufferPointer<UInt8>, _ alphabet: Alphabet, _ scratch: Scratch
    ) -> UnsafeBufferPointer<UInt8>? {
        let holdsZeros = alphabet == .ascii85 && text.contains(UInt8(ascii: "z"))
        let most = holdsZeros ? text.count * 4 : text.count / 5 * 4 + 4
        var strange = 0
        var seen = 0
        let decoded = decode(text, alphabet, scratch) { out, count in
            strange += RunDecoder.strange(UnsafeBufferPointer(start: out + seen, count: count - seen))
            seen = count
            return strange * 4 <= most || RunDecoder.isMarked(UnsafeBufferPointer(start: out, count: count))
        }
        return decoded.flatMap { RunDecoder.isReadable($0) ? $0 : nil }
    }

    /// - Parameter goesOn: asked after every few groups with what was decoded so far.
    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>, _ alphabet: Alphabet, _ scratch: Scratch,
        _ goesOn: (UnsafeMutablePointer<UInt8>, Int) -> Bool
    ) -> UnsafeBufferPointer<UInt8>? {
        let values = alphabet.values
        let hasZeros = alphabet == .ascii85
        let out = scratch.room(hasZeros ? text.count * 4 + 4 : text.count / 5 * 4 + 8)
        var used = 0
        var word: UInt64 = 0
        var count = 0
        func put(_ bytes: Int) {
            for place in 0..<bytes { out[used &+ place] = UInt8(truncatingIfNeeded: word &>> UInt64(24 &- 8 &* place)) }
            used &+= bytes
        }
        for byte in text {
            if hasZeros, byte == UInt8(ascii: "z"), count == 0 {
                word = 0
                put(4)
                continue
            }
            let value = values[Int(byte)]
            guard value != 255 else { return nil }
            word = word &* 85 &+ UInt64(value)
            count &+= 1
            if count == 5 {
                guard word <= UInt64(UInt32.max) else { return nil }
                put(4)
                if used & 15 == 0, !goesOn(out, used) { return nil }
                word = 0
                count = 0
            }
        }
        if count > 1 {
            for _ in count..<5 { word = word &* 85 &+ 84 }
            guard word <= UInt64(UInt32.max) else { return nil }
            put(count - 1)
        }
        return UnsafeBufferPointer(start: out, count: used)
    }
}

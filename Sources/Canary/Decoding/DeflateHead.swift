// SPDX-License-Identifier: Apache-2.0

/// Whether bytes may be one stream of raw deflate (RFC 1951) from beginning to end. Noise seldom is, and its first block
/// says so sooner than setting zlib up does.
struct DeflateHead {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var bit = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// False only where zlib gives nothing, or does not come to the stream's end.
    /// - Parameter limit: so many bytes of output are enough.
    static func mayBeWhole(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> Bool {
        guard bytes.count > 2 else { return false }
        var head = DeflateHead(bytes)
        let isLast = head.take(1) == 1
        switch head.take(2) {
        case 0: return bytes.count < 5 || bytes[1] == ~bytes[3] && bytes[2] == ~bytes[4]
        case 1: return head.holdsFixedBlock(isLast: isLast, limit: limit)
        case 2: return head.holdsCodeLengths()
        default: return false
        }
    }

    private var isAtEnd: Bool { bit > bytes.count &* 8 }

    /// The next bits, the first the lowest; zeros behind the end.
    private mutating func take(_ count: Int) -> Int {
        let place = bit &>> 3
        var word: UInt32 = 0
        for step in 0..<4 where place &+ step < bytes.count {
            word |= UInt32(bytes[place &+ step]) &<< UInt32(8 &* step)
        }
        let value = word &>> UInt32(bit & 7) & (1 &<< UInt32(count) &- 1)
        bit &+= count
        return Int(value)
    }

    /// The code that the lengths of the two other codes are written in must use up all its words, and no more.
    private mutating func holdsCodeLengths() -> Bool {
        let literals = take(5)
        let distances = take(5)
        guard literals <= 29, distances <= 29 else { return false }
        var used = 0
        for _ in 0..<take(4) + 4 {
            let length = take(3)
            if length > 0 { used &+= 128 &>> length }
        }
        return used == 128 && !isAtEnd
    }

    private mutating func holdsFixedBlock(isLast: Bool, limit: Int) -> Bool {
        var written = 0
        while true {
            guard written < limit else { return true }
            let symbol = fixedSymbol()
            guard !isAtEnd else { return false }
            if symbol < 256 {
                written += 1
            } else if symbol == 256 {
                return !isLast || written > 0 && (bit + 7) / 8 + 16 >= bytes.count
            } else {
                guard symbol < 286 else { return false }
                let length = symbol < 265 ? symbol - 254 : symbol == 285 ? 258 : longLength(symbol - 265)
                let distance = distance()
                guard distance > 0, distance <= written, !isAtEnd else { return false }
                written += length
            }
        }
    }

    private mutating func longLength(_ place: Int) -> Int {
        let extra = place / 4 + 1
        return 3 + (4 + place % 4) << extra + take(extra)
    }

    /// Zero where the code stands for none.
    private mutating func distance() -> Int {
        let code = reversed(5)
        guard code < 30 else { return 0 }
        guard code >= 4 else { return code + 1 }
        let extra = code / 2 - 1
        return 1 + (2 + code & 1) << extra + take(extra)
    }

    /// A word of the fixed code: seven to nine bits, the highest first.
    private mutating func fixedSymbol() -> Int {
        let seven = reversed(7)
        if seven < 24 { return 256 + seven }
        let eight = seven << 1 | take(1)
        if eight < 192 { return eight - 48 }
        if eight < 200 { return 280 + eight - 192 }
        return 144 + (eight << 1 | take(1)) - 400
    }

    private mutating func reversed(_ count: Int) -> Int {
        let bits = take(count)
        var value = 0
        for place in 0..<count { value = value &<< 1 | bits &>> place & 1 }
        return value
    }
}

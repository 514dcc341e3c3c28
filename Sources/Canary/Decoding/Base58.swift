// SPDX-License-Identifier: Apache-2.0

/// Base58: a whole token is one number.
enum Base58 {
    enum Alphabet: CaseIterable {
        case bitcoin, flickr, ripple

        fileprivate var letters: [UInt8] {
            switch self {
            case .bitcoin: Base58.alphabet
            case .flickr: Base58.flickr
            case .ripple: Base58.ripple
            }
        }
    }

    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
    private static let flickr = Array("123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ".utf8)
    private static let ripple = Array("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz".utf8)
    private static let values = ByteRuns.table { byte in alphabet.firstIndex(of: byte).map(UInt8.init) ?? 255 }

    static func encode(_ bytes: [UInt8], _ alphabet: Alphabet = .bitcoin) -> [UInt8] {
        let letters = alphabet.letters
        let zeros = [UInt8](repeating: letters[0], count: bytes.prefix { $0 == 0 }.count)
        return zeros + LargeNumber.digits(of: bytes, base: 58).map { letters[Int($0)] }
    }

    /// Nil where a character is none of the alphabet. What is returned stands in `scratch`.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, _ scratch: Scratch) -> UnsafeBufferPointer<UInt8>? {
        // Ten characters at a time are less than 2^59.
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: text.count / 10 + 1) { limbs in
            var used = 0
            var place = 0
            let values = values.marks
            while place < text.count {
                var chunk: UInt64 = 0
                var scale: UInt64 = 1
                let end = min(text.count, place + 10)
                while place < end {
                    let value = values[Int(text[place])]
                    guard value != 255 else { return nil }
                    chunk = chunk &* 58 &+ UInt64(value)
                    scale &*= 58
                    place &+= 1
                }
                for index in 0..<used {
                    let (high, low) = limbs[index].multipliedFullWidth(by: scale)
                    let (sum, overflow) = low.addingReportingOverflow(chunk)
                    limbs[index] = sum
                    chunk = high &+ (overflow ? 1 : 0)
                }
                if chunk > 0 {
                    limbs[used] = chunk
                    used += 1
                }
            }
            let zeros = text.prefix { $0 == alphabet[0] }.count
            let out = scratch.room(zeros + used * 8)
            for index in 0..<zeros { out[index] = 0 }
            var count = zeros
            for limb in limbs[..<used].reversed() {
                // The highest bytes of the first are none.
                var shift = count == zeros ? UInt64(56 - limb.leadingZeroBitCount & 56) : 56
                while true {
                    out[count] = UInt8(truncatingIfNeeded: limb &>> shift)
                    count &+= 1
                    if shift == 0 { break }
                    shift &-= 8
                }
            }
            return UnsafeBufferPointer(start: out, count: count)
        }
    }
}

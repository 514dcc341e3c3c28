// SPDX-License-Identifier: Apache-2.0

/// Bitcoin's base58: a whole token is one number.
enum Base58 {
    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (index, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(index) }
        return table
    }()

    static func encode(_ bytes: [UInt8]) -> [UInt8] { convert(bytes, from: 256, to: 58).map { alphabet[Int($0)] } }

    /// Nil where a character is none of the alphabet.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var digits: [UInt8] = []
        for byte in text {
            guard values[Int(byte)] != 255 else { return nil }
            digits.append(values[Int(byte)])
        }
        return convert(digits, from: 58, to: 256)
    }

    private static func convert(_ digits: [UInt8], from: Int, to: Int) -> [UInt8] {
        var result: [UInt8] = []
        for digit in digits {
            var carry = Int(digit)
            for index in result.indices {
                carry += Int(result[index]) * from
                result[index] = UInt8(carry % to)
                carry /= to
            }
            while carry > 0 {
                result.append(UInt8(carry % to))
                carry /= to
            }
        }
        result += [UInt8](repeating: 0, count: digits.prefix { $0 == 0 }.count)
        return result.reversed()
    }
}

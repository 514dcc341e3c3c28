// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The few file formats that leaks are packed in, by their published layouts (RFC 1951, RFC 1952, PKWARE APPNOTE, PNG).
enum Container {
    static func gzip(_ content: Data) -> Data {
        Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]) + deflated(content) + little(crc32(content), 4)
            + little(UInt32(truncatingIfNeeded: content.count), 4)
    }

    /// An archive of one file.
    static func zip(_ name: String, _ content: Data) -> Data {
        let packed = deflated(content)
        let common =
            little(20, 2) + little(0, 2) + little(8, 2) + little(0, 4) + little(crc32(content), 4)
            + little(UInt32(packed.count), 4) + little(UInt32(content.count), 4) + little(UInt32(name.utf8.count), 2)
            + little(0, 2)
        let entry = Data("PK\u{3}\u{4}".utf8) + common + Data(name.utf8) + packed
        let directory = Data("PK\u{1}\u{2}".utf8) + little(20, 2) + common + Data(count: 14) + Data(name.utf8)
        return entry + directory + Data("PK\u{5}\u{6}".utf8) + Data(count: 4) + little(1, 2) + little(1, 2)
            + little(UInt32(directory.count), 4) + little(UInt32(entry.count), 4) + little(0, 2)
    }

    /// One grey pixel whose compressed text chunk holds a title.
    static func png(title: String) -> Data {
        let header = big(1, 4) + big(1, 4) + Data([8, 0, 0, 0, 0])
        return Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) + chunk("IHDR", header)
            + chunk("zTXt", Data("Title\0\0".utf8) + zlib(Data(title.utf8))) + chunk("IDAT", zlib(Data([0, 128])))
            + chunk("IEND", Data())
    }

    private static func chunk(_ type: String, _ content: Data) -> Data {
        let body = Data(type.utf8) + content
        return big(UInt32(content.count), 4) + body + big(crc32(body), 4)
    }

    private static func zlib(_ content: Data) -> Data {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in content {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        return Data([0x78, 0x01]) + deflated(content) + big(b << 16 | a, 4)
    }

    /// One final block of literals in the fixed code.
    private static func deflated(_ content: Data) -> Data {
        var bits = BitWriter()
        bits.append(0b011, count: 3)
        for byte in content {
            if byte < 144 {
                bits.appendCode(0x30 + UInt32(byte), count: 8)
            } else {
                bits.appendCode(0x190 + UInt32(byte) - 144, count: 9)
            }
        }
        bits.appendCode(0, count: 7)
        return bits.data
    }

    private static func crc32(_ content: Data) -> UInt32 {
        ~content.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
    }

    private static func little(_ value: UInt32, _ count: Int) -> Data {
        Data((0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }

    private static func big(_ value: UInt32, _ count: Int) -> Data { Data(little(value, count).reversed()) }
}

/// Bits from the lowest of each byte on; codes go in with their highest bit first (RFC 1951 section 3.1.1).
private struct BitWriter {
    private(set) var data = Data()
    private var used = 8

    mutating func append(_ value: UInt32, count: Int) {
        for place in 0..<count {
            if used == 8 {
                data.append(0)
                used = 0
            }
            data[data.count - 1] |= UInt8(value >> place & 1) << used
            used += 1
        }
    }

    mutating func appendCode(_ code: UInt32, count: Int) {
        for place in (0..<count).reversed() { append(code >> place & 1, count: 1) }
    }
}

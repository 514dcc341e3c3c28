// SPDX-License-Identifier: Apache-2.0

/// The name a TLS client asks for, read off its first bytes (RFC 8446, section 4.1.2; RFC 6066, section 3).
enum ClientHello {
    /// Nil where the bytes are no ClientHello, or it names nobody.
    static func serverName(_ bytes: [UInt8]) -> String? {
        var reader = Reader(bytes: bytes)
        // Record: handshake, version, length. Handshake: client_hello, length, version, random.
        guard reader.byte() == 22, reader.skip(4), reader.byte() == 1, reader.skip(3 + 2 + 32),
            let session = reader.byte(), reader.skip(Int(session)), let ciphers = reader.word(), reader.skip(ciphers),
            let compressions = reader.byte(), reader.skip(Int(compressions)), reader.word() != nil
        else { return nil }
        while let type = reader.word(), let length = reader.word() {
            guard type == 0 else {
                guard reader.skip(length) else { return nil }
                continue
            }
            guard reader.skip(2), reader.byte() == 0, let size = reader.word(), let name = reader.take(size) else {
                return nil
            }
            return String(decoding: name, as: UTF8.self).lowercased()
        }
        return nil
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        mutating func byte() -> UInt8? {
            guard place < bytes.count else { return nil }
            defer { place += 1 }
            return bytes[place]
        }

        mutating func word() -> Int? {
            guard let high = byte(), let low = byte() else { return nil }
            return Int(high) << 8 | Int(low)
        }

        mutating func skip(_ count: Int) -> Bool {
            place += count
            return place <= bytes.count
        }

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard place + count <= bytes.count else { return nil }
            defer { place += count }
            return bytes[place..<(place + count)]
        }
    }
}

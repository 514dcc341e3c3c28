// SPDX-License-Identifier: Apache-2.0

/// A question to a resolver and its answer, as far as a harness needs them (RFC 1035, section 4).
struct NameMessage {
    /// Lower case, without the last dot.
    let name: String
    let type: UInt16
    private let id: [UInt8]
    private let question: ArraySlice<UInt8>

    static let address: UInt16 = 1

    /// Nil where the bytes are no query with one question.
    init?(_ bytes: [UInt8]) {
        // Header: id, flags, four counts. A query has the first flag clear.
        guard bytes.count > 12, bytes[2] & 0x80 == 0, bytes[4] == 0, bytes[5] == 1 else { return nil }
        var labels: [String] = []
        var place = 12
        while place < bytes.count, bytes[place] != 0 {
            let length = Int(bytes[place])
            guard length < 64, place + 1 + length < bytes.count else { return nil }
            labels.append(String(decoding: bytes[(place + 1)...(place + length)], as: UTF8.self).lowercased())
            place += 1 + length
        }
        guard place + 5 <= bytes.count, !labels.isEmpty else { return nil }
        name = labels.joined(separator: ".")
        type = UInt16(bytes[place + 1]) << 8 | UInt16(bytes[place + 2])
        id = Array(bytes[0..<2])
        question = bytes[12..<(place + 5)]
    }

    /// One address, which must not be kept; nil: the name has none of the asked type.
    func answer(_ address: [UInt8]?) -> [UInt8] {
        let isGiven = address != nil && type == Self.address
        var bytes = id + [0x81, 0x80, 0, 1, 0, isGiven ? 1 : 0, 0, 0, 0, 0] + question
        if let address, isGiven {
            // The name of the question, type A, class IN, one second to live.
            bytes += [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4] + address
        }
        return bytes
    }

    /// There is no such name.
    func unknown() -> [UInt8] { id + [0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0] + question }
}

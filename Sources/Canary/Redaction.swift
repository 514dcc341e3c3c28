// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation
internal import World

/// Takes people's values out of a text that is to be shared. In their place stands a commitment: the class and ten
/// hexadecimal digits keyed with a salt that stays behind. Who reads the copy can tell that two messages carried the same
/// value, and nothing of the value, not even by trying all possible ones.
package struct Redaction: Sendable {
    private let detector: Detector
    private let values: [String: (dataClass: String, value: String)]
    private let salt: SymmetricKey

    /// - Parameter salt: at least 16 bytes from the system's generator; never part of what is shared.
    package init(_ set: CanarySet, salt: [UInt8]) {
        detector = Detector(set)
        values = Dictionary(
            set.canaries.map { (Self.key($0.id, $0.world?.rawValue), ($0.dataClass?.rawValue ?? "value", $0.value)) },
            uniquingKeysWith: { first, _ in first })
        self.salt = SymmetricKey(data: salt)
    }

    private static func key(_ id: String, _ world: String?) -> String { "\(world ?? "")/\(id)" }

    /// The text without any value, in whatever encoding it stood; nil where one could not be taken out.
    /// - Parameter isJSON: numbers are replaced by strings.
    package func redacted(_ text: [UInt8], isJSON: Bool) -> [UInt8]? {
        var text = text
        // What a replacement brings together may read as a value again; most texts need one round.
        for _ in 0..<16 {
            let hits = places(in: text)
            if hits.isEmpty { return text }
            text = replace(hits, in: text, isJSON: isJSON)
        }
        return places(in: text).isEmpty ? text : nil
    }

    /// Where values stand. Putting fields together is a guess at how somebody might read the text; every field is looked
    /// at by itself.
    private func places(in text: [UInt8]) -> [Hit] {
        detector.scan(text).hits.filter { hit in !hit.chain.contains { $0.hasPrefix("joined-") } && hit.length > 0 }
    }

    private func replace(_ hits: [Hit], in text: [UInt8], isJSON: Bool) -> [UInt8] {
        var output: [UInt8] = []
        var position = 0
        for hit in hits.sorted(by: { ($0.offset, -$0.length) < ($1.offset, -$1.length) }) where hit.offset >= position {
            let end = min(text.count, hit.offset + hit.length)
            output += text[position..<hit.offset]
            let isNumber = isJSON && Self.isBare(text, hit.offset..<end)
            output += Array((isNumber ? "\"\(commitment(hit))\"" : commitment(hit)).utf8)
            position = end
        }
        return output + text[position...]
    }

    /// Whether a stretch is a number of a JSON text.
    private static func isBare(_ text: [UInt8], _ range: Range<Int>) -> Bool {
        guard text[range].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return false }
        let before = text[..<range.lowerBound].last { $0 != 0x20 } ?? 0
        let after = text[range.upperBound...].first { $0 != 0x20 } ?? 0
        return [0x3A, 0x5B, 0x2C].contains(before) && [0x2C, 0x5D, 0x7D].contains(after)
    }

    private func commitment(_ hit: Hit) -> String {
        let known = values[Self.key(hit.canary, hit.world?.rawValue)] ?? ("value", hit.canary)
        let code = HMAC<SHA256>.authenticationCode(for: Data(known.value.utf8), using: salt)
        // Letters only, so that no ten digits read as a number.
        let letters = Array("ghjkmnpqrstvwxyz")
        let text = code.prefix(5).flatMap { [letters[Int($0 >> 4)], letters[Int($0 & 15)]] }
        return "[" + known.dataClass + "~" + String(text) + "]"
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import Foundation
package import Value

/// Puts a keyed hash in the place of secrets, wherever a record or a message would show them: as they are, form-encoded,
/// and inside base64. The replacement is as long as what it replaces and made of letters and digits, so that JSON, forms
/// and base64 stay what they were; the same secret gives the same replacement within a run.
package struct SecretMask: Sendable {
    private let replacements: [(find: Data, put: Data)]

    /// Shorter texts stand in too many places to be told from what is nobody's secret.
    private static let shortest = 6

    /// Nil where there is nothing to hide. The key is made here and never leaves.
    package init?(_ secrets: [String]) {
        let key = SymmetricKey(size: .bits256)
        var replacements: [(find: Data, put: Data)] = []
        for secret in secrets where secret.utf8.count >= Self.shortest && !Self.isAddress(secret) {
            for form in Self.forms(secret) where !replacements.contains(where: { $0.find == form }) {
                replacements.append((form, Self.stand(in: form.count, for: form, key)))
            }
        }
        guard !replacements.isEmpty else { return nil }
        // The longest first: one secret may be the beginning of another.
        self.replacements = replacements.sorted { $0.find.count > $1.find.count }
    }

    package func masked(_ data: Data) -> Data {
        var data = data
        for (find, put) in replacements {
            var from = data.startIndex
            while let range = data.range(of: find, in: from..<data.endIndex) {
                data.replaceSubrange(range, with: put)
                from = range.upperBound
            }
        }
        return data
    }

    package func masked(_ text: String) -> String {
        var text = text
        for (find, put) in replacements {
            text = text.replacing(String(decoding: find, as: UTF8.self), with: String(decoding: put, as: UTF8.self))
        }
        return text
    }

    package func masked(_ value: Value) -> Value {
        switch value {
        case .string(let text): .string(masked(text))
        case .array(let items): .array(items.map(masked))
        case .object(let members): .object(masked(members))
        default: value
        }
    }

    package func masked(_ members: Members) -> Members { Members(members.map { ($0.name, masked($0.value)) }) }

    /// Where something is reached is no secret, even if it comes from the environment.
    private static func isAddress(_ text: String) -> Bool { text.hasPrefix("http://") || text.hasPrefix("https://") }

    private static func forms(_ secret: String) -> [Data] {
        let bytes = Data(secret.utf8)
        var forms = [bytes]
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        if let encoded = secret.addingPercentEncoding(withAllowedCharacters: plain), encoded != secret {
            forms.append(Data(encoded.utf8))
            forms.append(Data(encoded.replacing("%20", with: "+").utf8))
        }
        // Base64 of a longer text shows the secret in one of three ways, but for its first and last letters.
        for shift in 0..<3 {
            let text = (Data(count: shift) + bytes).base64EncodedString()
            let head = shift == 0 ? 0 : shift + 1
            let tail = (shift + bytes.count) % 3 == 0 ? 0 : text.reversed().prefix { $0 == "=" }.count + 1
            let inside = text.dropFirst(head).dropLast(tail)
            guard inside.count >= shortest else { continue }
            forms.append(Data(inside.utf8))
            let urlSafe = inside.replacing("+", with: "-").replacing("/", with: "_")
            if urlSafe != inside { forms.append(Data(urlSafe.utf8)) }
        }
        return forms
    }

    private static func stand(in length: Int, for form: Data, _ key: SymmetricKey) -> Data {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var text: [UInt8] = []
        var block = 0
        while text.count < length {
            let code = HMAC<SHA256>.authenticationCode(for: form + Data(String(block).utf8), using: key)
            text += code.map { letters[Int($0) % letters.count] }
            block += 1
        }
        return Data(text.prefix(length))
    }
}

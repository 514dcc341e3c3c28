// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Textual encoding of keys (RFC 7468).
package enum PEM {
    /// The one text we write: lines of 64 characters, a line feed at the end.
    package static func text(_ der: Data, label: String) -> String {
        let base64 = Array(der.base64EncodedString())
        let lines = stride(from: 0, to: base64.count, by: 64).map { start in
            String(base64[start..<min(start + 64, base64.count)])
        }
        return (["-----BEGIN \(label)-----"] + lines + ["-----END \(label)-----"]).joined(separator: "\n") + "\n"
    }

    /// The bytes of the one block in `text`; nil where there is none, or one of another label. White space may differ
    /// from what we write.
    package static func der(_ text: String, label: String) -> Data? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        guard let first = lines.first, let last = lines.last, lines.count >= 3, first == "-----BEGIN \(label)-----",
            last == "-----END \(label)-----"
        else { return nil }
        return Data(base64Encoded: lines.dropFirst().dropLast().joined())
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import Foundation
package import Value

/// A message body in the trace: small text stands in the line, everything else in `bodies/<sha256>`.
package struct RecordedBody: Sendable, Hashable {
    /// Bodies up to this many bytes that are UTF-8 stand in the line itself.
    package static let inlineLimit = 16_384

    package let sha256: String
    package let size: Int
    /// Nil where it is kept in a file of its own.
    package let text: String?
    /// As the `body` member of a message event.
    package let value: Value

    package init(_ data: Data) {
        sha256 = Hexadecimal.text(SHA256.hash(data: data))
        size = data.count
        text = data.count <= Self.inlineLimit ? String(validating: data, as: UTF8.self) : nil
        var members: Members = ["sha256": .string(sha256), "size": Value(size)]
        if let text { members["text"] = .string(text) }
        value = .object(members)
    }

    /// Reads the `body` member of a message event; nil where it is not one.
    package init?(_ value: Value?) {
        guard let value, let sha256 = value["sha256"]?.string, let size = value["size"]?.int else { return nil }
        self.sha256 = sha256
        self.size = size
        text = value["text"]?.string
        self.value = value
    }
}

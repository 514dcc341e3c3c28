// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Base64 with the URL alphabet and without padding (RFC 7515 appendix C).
package enum Base64URL {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let standard = Data(bytes).base64EncodedData()
        return String(decoding: standard.lazy.filter { $0 != padding }.map(toURL), as: UTF8.self)
    }

    /// Nil for text that is not base64url; padding is refused.
    package static func decode(_ text: some StringProtocol) -> Data? {
        var standard = Data()
        standard.reserveCapacity(text.utf8.count + 3)
        for byte in text.utf8 {
            guard byte != padding, byte != UInt8(ascii: "+"), byte != UInt8(ascii: "/") else { return nil }
            standard.append(fromURL(byte))
        }
        while standard.count % 4 != 0 { standard.append(padding) }
        return Data(base64Encoded: standard)
    }

    private static let padding = UInt8(ascii: "=")

    private static func toURL(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: byte
        }
    }

    private static func fromURL(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "-"): UInt8(ascii: "+")
        case UInt8(ascii: "_"): UInt8(ascii: "/")
        default: byte
        }
    }
}

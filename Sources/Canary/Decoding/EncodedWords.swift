// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Encoded words of mail headers (RFC 2047). What stands between two of them is no part of the text, so that a long name
/// goes on from one to the next.
enum EncodedWords {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    static func expand(_ view: View, into expansion: inout Expansion) {
        view.bytes.withUnsafeBufferPointer { bytes in
            guard let first = ByteRuns.first([0x3D, 0x3F], in: bytes) else { return }
            var output: [UInt8] = []
            var count = 0
            var index = first
            while index < bytes.count {
                guard let (text, end) = word(bytes, index) else {
                    index =
                        ByteRuns.first([0x3D, 0x3F], in: Bytes(rebasing: bytes[(index + 1)...]))
                        .map { $0 + index + 1 } ?? bytes.count
                    continue
                }
                output += text
                count += 1
                var next = end
                while next < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
                if next + 1 >= bytes.count || bytes[next] != 0x3D || bytes[next + 1] != 0x3F { output.append(0x0A) }
                index = max(end, next)
            }
            guard count > 1 else { return }
            expansion.views.append(
                View(
                    bytes: output, chain: view.chain + ["encoded-words"],
                    segments: [.init(start: 0, root: view.root(first..<bytes.count), isLinear: false)]))
        }
    }

    /// `=?utf-8?B?…?=`.
    private static func word(_ bytes: Bytes, _ start: Int) -> (text: [UInt8], end: Int)? {
        guard start + 8 < bytes.count, bytes[start] == 0x3D, bytes[start + 1] == 0x3F,
            let set = mark(bytes, start + 2), set + 2 < bytes.count, bytes[set + 2] == 0x3F,
            let end = mark(bytes, set + 3), end + 1 < bytes.count, bytes[end + 1] == 0x3D
        else { return nil }
        let content = bytes[set + 3..<end]
        switch bytes[set + 1] | 32 {
        case UInt8(ascii: "b"):
            return Data(base64Encoded: Data(content)).map { (Array($0), end + 2) }
        case UInt8(ascii: "q"):
            var text: [UInt8] = []
            var index = content.startIndex
            while index < content.endIndex {
                if content[index] == 0x3D, index + 2 < content.endIndex,
                    let value = EscapeDecoder.hex(bytes, index + 1, 2)
                {
                    text.append(UInt8(value))
                    index += 3
                } else {
                    text.append(content[index] == UInt8(ascii: "_") ? 0x20 : content[index])
                    index += 1
                }
            }
            return (text, end + 2)
        default: return nil
        }
    }

    /// The next question mark; an encoded word has at most 75 characters, of which programs make more.
    private static func mark(_ bytes: Bytes, _ start: Int) -> Int? {
        bytes[start..<min(bytes.count, start + 512)].firstIndex(of: 0x3F)
    }
}

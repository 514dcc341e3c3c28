// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What protocols and mail programs put around and between the bytes they carry: chunks (RFC 9112), frames (RFC 6455),
/// uuencode, yEnc. Each is looked for by a mark that hardly anything else has.
enum FrameDecoder {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    static func expand(_ view: View, limit: Int, into expansion: inout Expansion) {
        view.bytes.withUnsafeBufferPointer { bytes in
            chunks(bytes, view, &expansion)
            frame(bytes, view, limit, &expansion)
            armor("begin ", "uuencode", bytes, view, &expansion) { unixToUnix($0, letters: nil) }
            armor("begin ", "xxencode", bytes, view, &expansion) { unixToUnix($0, letters: xxLetters) }
            armor("=ybegin ", "yenc", bytes, view, &expansion, yEnc)
        }
    }

    private static func add(
        _ piece: [UInt8], _ name: String, _ root: Range<Int>, _ view: View, _ expansion: inout Expansion
    ) {
        guard piece.count >= 4 else { return }
        expansion.views.append(
            View(
                bytes: piece, chain: view.chain + [name],
                segments: [.init(start: 0, root: view.root(root), isLinear: false)]))
    }

    /// Two and more chunks, from the beginning or behind the head of a message.
    private static func chunks(_ bytes: Bytes, _ view: View, _ expansion: inout Expansion) {
        var starts = [0]
        let head = ByteRuns.first([13, 10, 13, 10], in: Bytes(rebasing: bytes.prefix(16_384)))
        if let head { starts.append(head + 4) }
        for start in starts {
            var body: [UInt8] = []
            var count = 0
            var index = start
            while let (length, from) = size(bytes, index), length > 0, from + length <= bytes.count {
                body += bytes[from..<from + length]
                count += 1
                index = from + length
                guard index + 2 <= bytes.count, bytes[index] == 13, bytes[index + 1] == 10 else { break }
                index += 2
            }
            if count > 1 { add(body, "chunked", start..<index, view, &expansion) }
        }
    }

    /// `1a;extension CR LF`: the size, and where the chunk begins.
    private static func size(_ bytes: Bytes, _ index: Int) -> (Int, Int)? {
        var value = 0
        var end = index
        while end < bytes.count, end < index + 7, let digit = EscapeDecoder.hexValue(bytes[end]) {
            value = value << 4 | Int(digit)
            end += 1
        }
        guard end > index else { return nil }
        while end < bytes.count, end < index + 64, bytes[end] != 13 { end += 1 }
        guard end + 1 < bytes.count, bytes[end] == 13, bytes[end + 1] == 10 else { return nil }
        return (value, end + 2)
    }

    /// One frame of a web socket: unmasked, decompressed.
    private static func frame(_ bytes: Bytes, _ view: View, _ limit: Int, _ expansion: inout Expansion) {
        guard bytes.count > 6, [0x81, 0x82, 0xC1, 0xC2].contains(bytes[0]) else { return }
        var length = Int(bytes[1] & 0x7F)
        var from = 2
        if length == 126 {
            length = Int(bytes[2]) << 8 | Int(bytes[3])
            from = 4
        }
        var payload: [UInt8]
        if bytes[1] & 0x80 != 0 {
            guard from + 4 <= bytes.count else { return }
            let mask = Array(bytes[from..<from + 4])
            from += 4
            payload = bytes[from..<min(bytes.count, from + length)].enumerated().map { $1 ^ mask[$0 % 4] }
        } else {
            payload = Array(bytes[from..<min(bytes.count, from + length)])
        }
        if bytes[0] & 0x40 != 0 {
            payload += [0x00, 0x00, 0xFF, 0xFF]
            guard let output = payload.withUnsafeBufferPointer({ Inflater.inflate($0, .raw, limit: limit) }) else {
                return
            }
            return add(output.bytes, "websocket", 0..<bytes.count, view, &expansion)
        }
        if bytes[1] & 0x80 != 0 { add(payload, "websocket", 0..<bytes.count, view, &expansion) }
    }

    /// What stands between a line that begins with `mark` and the end.
    private static func armor(
        _ mark: String, _ name: String, _ bytes: Bytes, _ view: View, _ expansion: inout Expansion,
        _ decode: (ArraySlice<UInt8>) -> [UInt8]
    ) {
        guard let start = ByteRuns.first(Array(mark.utf8), in: bytes), start == 0 || bytes[start - 1] == 10,
            let line = bytes[start...].firstIndex(of: 10)
        else { return }
        add(decode(Array(bytes[(line + 1)...])[...]), name, start..<bytes.count, view, &expansion)
    }

    private static let xxLetters = Array("+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// - Parameter letters: those of xxencode; nil: 64 in a row from the space on.
    private static func unixToUnix(_ text: ArraySlice<UInt8>, letters: [UInt8]?) -> [UInt8] {
        func value(_ byte: UInt8) -> UInt8? {
            guard let letters else { return (byte &- 0x20) & 0x3F }
            return letters.firstIndex(of: byte).map { UInt8($0) }
        }
        var output: [UInt8] = []
        for line in text.split(separator: 10) {
            guard let first = line.first, letters != nil || (0x21...0x4D).contains(first),
                let length = value(first), length > 0, length <= 45
            else { break }
            var decoded: [UInt8] = []
            var word: UInt32 = 0
            for (place, byte) in line.dropFirst().enumerated() {
                guard let digit = value(byte) else { break }
                word = word << 6 | UInt32(digit)
                if place % 4 == 3 {
                    decoded += [16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
                    word = 0
                }
            }
            output += decoded.prefix(Int(length))
        }
        return output
    }

    private static func yEnc(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var isEscaped = false
        var isLineStart = true
        for byte in text {
            if byte == 10 || byte == 13 {
                isLineStart = true
                continue
            }
            // `=y` begins the line that ends it.
            if isEscaped, byte == UInt8(ascii: "y"), isLineStart { break }
            if byte == UInt8(ascii: "="), !isEscaped {
                isEscaped = true
                continue
            }
            output.append(byte &- (isEscaped ? 106 : 42))
            isEscaped = false
            isLineStart = false
        }
        return output
    }
}

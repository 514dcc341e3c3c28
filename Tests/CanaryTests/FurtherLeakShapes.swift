// SPDX-License-Identifier: Apache-2.0

import CZstd
import Canary
import Crypto
import Foundation
import World

/// Rarer ways to leak: other alphabets, other frames, marks within words, values cut over fields and rows.
extension LeakShape {
    private static func bits(_ bytes: [UInt8], _ width: Int, _ alphabet: String) -> String {
        let letters = Array(alphabet)
        var text = ""
        var word = 0
        var count = 0
        for byte in bytes {
            word = (word << 8 | Int(byte)) & 0xFFFF
            count += 8
            while count >= width {
                count -= width
                text.append(letters[word >> count & (1 << width - 1)])
            }
        }
        if count > 0 { text.append(letters[word << (width - count) & (1 << width - 1)]) }
        return text
    }

    private static func number(_ bytes: [UInt8], _ alphabet: String) -> String {
        let letters = Array(alphabet)
        var digits = bytes
        var text = ""
        while !digits.isEmpty {
            var rest = 0
            var quotient: [UInt8] = []
            for byte in digits {
                rest = rest * 256 + Int(byte)
                if !quotient.isEmpty || rest >= letters.count { quotient.append(UInt8(rest / letters.count)) }
                rest %= letters.count
            }
            text.append(letters[rest])
            digits = quotient
        }
        return String(text.reversed())
    }

    private static func zstandard(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, used in
            used = ZSTD_compress(buffer.baseAddress, buffer.count, bytes, bytes.count, 3)
        }
    }

    private static func halves(_ text: String, _ parts: Int = 2) -> [String] {
        let size = max(1, text.count / parts)
        return (0..<parts).map { part in
            let rest = text.dropFirst(part * size)
            return String(part == parts - 1 ? rest : rest.prefix(size))
        }
    }

    static let escapes: [LeakShape] = [
        .init(text: "style sheet") { "content:\"" + $0.unicodeScalars.map { pad($0.value, 6) }.joined() + "\"" },
        .init(text: "style sheet, short") {
            "content:\"" + $0.unicodeScalars.map { "\\" + String($0.value, radix: 16) + " " }.joined() + "\""
        },
        .init(text: "code points") {
            $0.unicodeScalars.map { "U+" + String(pad($0.value, 4).dropFirst()) }.joined(separator: " ")
        },
        .init(text: "entities without end") {
            "<b>" + $0.unicodeScalars.map { "&#\($0.value)" }.joined() + " </b>"
        },
        .init(text: "tags within") { "<p>\($0.prefix(4))<b>\($0.dropFirst(4))</b></p>" },
        .init(text: "colours of a terminal") {
            "\u{1B}[31m\($0.prefix(5))\u{1B}[0m\u{1B}[1m\($0.dropFirst(5))\u{1B}[0m"
        },
        .init(text: "distances of a PDF") {
            ascii($0) ? "[(\($0.prefix(3))) -20 (\($0.dropFirst(3).prefix(3))) 15.5 (\($0.dropFirst(6)))] TJ" : nil
        },
        .init(text: "octal list") {
            $0.utf8.map { String(String(Int($0) | 0o1000, radix: 8).dropFirst()) }.joined(separator: " ")
        },
        .init(text: "binary list") {
            $0.utf8.map { String(String(Int($0) | 256, radix: 2).dropFirst()) }.joined(separator: " ")
        },
        .init(text: "binary") { "b=" + $0.utf8.map { String(String(Int($0) | 256, radix: 2).dropFirst()) }.joined() },
        .init(text: "folded line") { "DESCRIPTION:visit of \($0.prefix(5))\r\n \($0.dropFirst(5)) tomorrow\r\n" },
    ]

    private static func pad(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return "\\" + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    static let alphabets: [LeakShape] = [
        .init(text: "base32 in small letters") {
            "k=" + bits(Array($0.utf8), 5, "abcdefghijklmnopqrstuvwxyz234567") + "."
        },
        .init(text: "base32hex") { "k=" + bits(Array($0.utf8), 5, "0123456789ABCDEFGHIJKLMNOPQRSTUV") },
        .init(text: "Crockford's base32") { "k=" + bits(Array($0.utf8), 5, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") },
        .init(text: "base62") {
            "k=" + number(Array($0.utf8), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        },
        .init(text: "base36") { "k=" + number(Array($0.utf8), "0123456789abcdefghijklmnopqrstuvwxyz") },
        .init(text: "base58 of a record") {
            "k=" + number(json($0), "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
        },
        .init(text: "base64 backwards", names) { "t=" + String(base64(Array($0.utf8)).reversed()) },
        .init(text: "dump by words") {
            let bytes = Array("see \($0) now ok".utf8)
            return stride(from: 0, to: bytes.count, by: 16).map { start in
                let row = Array(bytes[start..<min(bytes.count, start + 16)])
                let words = stride(from: 0, to: row.count, by: 2).map { hex(row[$0..<min(row.count, $0 + 2)]) }
                return "000000\(hex([UInt8(start)])): " + words.joined(separator: " ")
            }.joined(separator: "\n")
        },
        .init("uuencode") {
            let bytes = json($0)
            var text = "begin 644 visit\n"
            for start in stride(from: 0, to: bytes.count, by: 45) {
                let row = Array(bytes[start..<min(bytes.count, start + 45)])
                text.unicodeScalars.append(Unicode.Scalar(UInt8(32 + row.count)))
                let padded = row + [0, 0].prefix((3 - row.count % 3) % 3)
                text +=
                    bits(padded, 6, String(String.UnicodeScalarView((32..<96).compactMap { Unicode.Scalar($0) })))
                    + "\n"
            }
            return Array((text + "`\nend\n").utf8)
        },
        .init("yEnc") {
            let body = json($0).flatMap { byte -> [UInt8] in
                let moved = byte &+ 42
                return [0, 10, 13, 61].contains(moved) ? [61, moved &+ 64] : [moved]
            }
            return Array("=ybegin line=128 size=99 name=f\r\n".utf8) + body + Array("\r\n=yend size=99\r\n".utf8)
        },
    ]

    static let frames: [LeakShape] = [
        .init("zstd") { zstandard(json($0)) },
        .init(text: "zstd in base64") { "{\"z\":\"" + base64(zstandard(json($0))) + "\"}" },
        .init("chunks") {
            let body = json($0)
            var text = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
            for start in stride(from: 0, to: body.count, by: 7) {
                let chunk = body[start..<min(body.count, start + 7)]
                text += Array("\(chunk.count)\r\n".utf8) + chunk + [13, 10]
            }
            return text + Array("0\r\n\r\n".utf8)
        },
        .init("masked frame") {
            let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
            let text = Array($0.utf8)
            return [0x81, 0x80 | UInt8(min(125, text.count))] + mask + text.enumerated().map { $1 ^ mask[$0 % 4] }
        },
        .init("digest as bytes") { [0x0A, 0x20] + Array(SHA256.hash(data: Data($0.utf8))) + [0x12, 1, 0x61] },
        .init(text: "digest as a UUID") {
            let text = Array(hex(Insecure.MD5.hash(data: Data($0.utf8))))
            let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(text[$0]) }
            return "k=" + parts.joined(separator: "-")
        },
        .init(text: "sha3") { "k=" + hex(SHA3_256.hash(data: Data($0.utf8))) },
        .init(text: "digest of a digest") {
            "k=" + hex(SHA256.hash(data: Data(hex(SHA256.hash(data: Data($0.utf8))).utf8)))
        },
    ]

    static let splits: [LeakShape] = [
        .init(text: "two fields") {
            let parts = halves($0)
            return "{\"p1\":\"\(parts[0])\",\"p2\":\"\(parts[1])\"}"
        },
        .init(text: "two headers") {
            let parts = halves($0)
            return "GET / HTTP/1.1\r\nX-A: \(parts[0])\r\nX-B: \(parts[1])\r\n\r\n"
        },
        .init(text: "rows") { halves($0, 3).enumerated().map { "17,\($0),\($1)" }.joined(separator: "\n") },
        .init(text: "events of a stream") {
            halves($0, 4).map { "data: {\"delta\":{\"content\":\"\($0)\"}}\n\n" }.joined()
        },
        .init(text: "base64 in chunks") {
            halves(base64(json($0)), 3).enumerated().map { "{\"n\":\($0),\"chunk\":\"\($1)\"}" }.joined(separator: "\n")
        },
    ]
}

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
        .init(text: "Crockford's base32 of one number") {
            "k=" + number(Array($0.utf8), "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        },
        .init(text: "base64 in groups of four") {
            "p: " + halves(base64(json($0)), base64(json($0)).count / 4).joined(separator: " ") + " end"
        },
        .init(text: "base32 in labels of a host") {
            let text = Array(bits(json($0), 5, "abcdefghijklmnopqrstuvwxyz234567"))
            let labels = stride(from: 0, to: text.count, by: 30).map { String(text[$0..<min(text.count, $0 + 30)]) }
            return "q.\(labels.joined(separator: ".")).t.example.net"
        },
        .init("every byte with one other") { [0x42, 0x00] + $0.utf8.map { $0 ^ 0x5A } + [0x00] },
        .init("every bit turned") { [0x42, 0x00] + $0.utf8.map { ~$0 } + [0x00] },
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

    private static func parts(_ date: String) -> (year: Int, month: Int, day: Int)? {
        let parts = date.split(separator: "-").compactMap { Int($0) }
        return parts.count == 3 ? (parts[0], parts[1], parts[2]) : nil
    }

    private static func days(_ date: String) -> Int? {
        (try? Date(date + "T00:00:00Z", strategy: .iso8601)).map { Int($0.timeIntervalSince1970 / 86_400) }
    }

    private static func weekDate(_ date: String) -> String? {
        guard let days = days(date) else { return nil }
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.yearForWeekOfYear, .weekOfYear, .weekday], from: Date(timeIntervalSince1970: Double(days * 86_400)))
        guard let year = parts.yearForWeekOfYear, let week = parts.weekOfYear, let day = parts.weekday else {
            return nil
        }
        return "\(year)-W\(week < 10 ? "0" : "")\(week)-\(day == 1 ? 7 : day - 1)"
    }

    private static let spanish = [
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
        "diciembre",
    ]
    private static let french = [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ]

    /// Dates and numbers in other words and other counts.
    static let notations: [LeakShape] = [
        .init(text: "date in Spanish", [.birthDate]) {
            parts($0).map { "nacida el \($0.day) de \(spanish[$0.month - 1]) de \($0.year)." }
        },
        .init(text: "date in French", [.birthDate]) {
            parts($0).map { "née le \($0.day) \(french[$0.month - 1]) \($0.year)" }
        },
        .init(text: "ticks", [.birthDate]) { days($0).map { "{\"Birth\":\(($0 + 719_162) * 864_000_000_000)}" } },
        .init(text: "spreadsheet", [.birthDate]) { days($0).map { "{\"dob\":\($0 + 25_569)}" } },
        .init(text: "ordinal date", [.birthDate]) { date in
            guard let all = days(date), let first = days(date.prefix(4) + "-01-01") else { return nil }
            return "dob \(date.prefix(4))-\(String(String(all - first + 1001).dropFirst()))"
        },
        .init(text: "week date", [.birthDate]) { weekDate($0).map { "at \($0)," } },
        .init(text: "seconds", [.birthDate]) { days($0).map { "{\"birthDate\":\($0 * 86_400)}" } },
        .init(text: "in words", [.phone, .socialSecurityNumber]) {
            let words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
            return "call " + $0.compactMap(\.wholeNumberValue).map { words[$0] }.joined(separator: " ")
        },
        .init(text: "hexadecimal number", [.medicalRecordNumber, .phone]) {
            UInt64($0.filter(\.isNumber)).map { "n=0x" + String($0, radix: 16) + ";" }
        },
        .init(text: "exponent", [.phone]) {
            let digits = $0.filter(\.isNumber)
            return "{\"n\":\(digits.prefix(1)).\(digits.dropFirst())e\(digits.count - 1)}"
        },
        .init(text: "semi-octets", [.phone]) {
            let digits = Array($0.filter(\.isNumber) + "F")
            let swapped = stride(from: 0, to: digits.count, by: 2).map { "\(digits[$0 + 1])\(digits[$0])" }
            return "07911326040000F0040B91" + swapped.joined() + "0008119011"
        },
        .init("64-bit integer", [.medicalRecordNumber, .phone, .socialSecurityNumber]) {
            guard let number = UInt64($0.filter(\.isNumber)) else { return nil }
            return [0x82, 0xA1, 0x6E, 0xCF] + withUnsafeBytes(of: number.bigEndian) { Array($0) } + [0xA1, 0x6D, 1]
        },
        .init("64-bit float", [.medicalRecordNumber, .phone]) {
            guard let number = UInt64($0.filter(\.isNumber)) else { return nil }
            let bits = Double(number).bitPattern.littleEndian
            return [0x1C, 0, 0, 0, 1, 0x6E, 0] + withUnsafeBytes(of: bits) { Array($0) } + [0x10, 0x6D, 0]
        },
        .init(text: "digest of an address to call", [.phone]) {
            "k=" + hex(SHA256.hash(data: Data(("tel:" + $0).utf8)))
        },
        .init(text: "words backwards", [.displayName, .clinicalText]) {
            "by " + $0.split(separator: " ").map { String($0.reversed()) }.joined(separator: " ")
        },
        .init(text: "rot13 of ASCII", [.displayName, .familyName]) {
            String(
                String.UnicodeScalarView(
                    $0.unicodeScalars.map { scalar in
                        guard scalar.isASCII, scalar.properties.isAlphabetic else { return scalar }
                        let first = scalar.value & 0x60 | 1
                        return Unicode.Scalar((scalar.value - first + 13) % 26 + first) ?? scalar
                    }))
        },
        .init(text: "UTF-7") { value in
            guard value.contains(where: { !$0.isASCII }) else { return nil }
            return "To: "
                + value.map { letter in
                    guard !letter.isASCII else { return String(letter) }
                    let bytes = String(letter).utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
                    return "+" + base64(bytes).replacing("=", with: "") + "-"
                }.joined()
        },
        .init(text: "integrity of a resource") { "sha384-" + base64(Array(SHA384.hash(data: Data($0.utf8)))) },
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

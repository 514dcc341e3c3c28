// SPDX-License-Identifier: Apache-2.0

import CZlib
import Canary
import Crypto
import Foundation
import World

/// Ways in which a value leaks, each with the message that carries it. Written from the outside: from what programs
/// do, not
/// from what the detector knows.
struct LeakShape: Sendable {
    let name: String
    /// Classes it makes sense for; nil: all.
    var classes: Set<DataClass>?
    let make: @Sendable (String) -> [UInt8]?

    init(_ name: String, _ classes: Set<DataClass>? = nil, _ make: @escaping @Sendable (String) -> [UInt8]?) {
        self.name = name
        self.classes = classes
        self.make = make
    }

    init(text name: String, _ classes: Set<DataClass>? = nil, _ make: @escaping @Sendable (String) -> String?) {
        self.init(name, classes) { make($0).map { Array($0.utf8) } }
    }

    static func hex(_ bytes: some Sequence<UInt8>, separator: String = "") -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(separator: separator)
    }

    static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    static func base64URL(_ bytes: [UInt8]) -> String {
        base64(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func deflate(
        _ bytes: [UInt8], bits: Int32, level: Int32 = 6, strategy: Int32 = Z_DEFAULT_STRATEGY
    ) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, level, Z_DEFLATED, bits, 8, strategy, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = bytes
        return input.withUnsafeMutableBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: input.count * 2 + 1024) { out, used in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = out.baseAddress
                stream.avail_out = UInt32(out.count)
                CZlib.deflate(&stream, Z_FINISH)
                used = out.count - Int(stream.avail_out)
            }
        }
    }

    static func base32(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var text = ""
        var word = 0
        var bits = 0
        for byte in bytes {
            word = (word << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[word >> bits & 31])
            }
        }
        if bits > 0 { text.append(alphabet[word << (5 - bits) & 31]) }
        return text
    }

    static func json(_ value: String) -> [UInt8] {
        Array(#"{"level":"info","patient":{"datum":"\#(value)"},"ok":true}"#.utf8)
    }

    static func percentAll(_ text: String) -> String { text.utf8.map { "%" + hex([$0]).uppercased() }.joined() }

    static func packed(_ text: String) -> [UInt8] {
        var bits: [UInt8] = []
        for byte in text.utf8 { for bit in 0..<7 { bits.append(byte >> UInt8(bit) & 1) } }
        return stride(from: 0, to: bits.count, by: 8).map { start in
            (0..<8).reduce(0) { $0 | (start + $1 < bits.count ? bits[start + $1] << UInt8($1) : 0) }
        }
    }

    static let names: Set<DataClass> = [.familyName]
    static let ascii: @Sendable (String) -> Bool = { $0.allSatisfy(\.isASCII) }

    static let plain: [LeakShape] = [
        .init(text: "log line") { "2026-11-21T04:05:06Z INFO visit for \($0) started" },
        .init(text: "upper") { "user=\($0.uppercased()) status=200" },
        .init(text: "lower") { "user=\($0.lowercased()) status=200" },
        .init(text: "decomposed") { "<b>\($0.decomposedStringWithCanonicalMapping)</b>" },
        .init(text: "query") {
            "GET /join?who=\($0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? $0)&x=1 HTTP/1.1"
        },
        .init(text: "percent all") { "GET /join?who=\(percentAll($0)) HTTP/1.1" },
        .init(text: "percent twice") { "/r?u=\(percentAll($0).replacing("%", with: "%25"))" },
        .init(text: "json escapes") {
            "{\"a\":\"" + $0.utf16.map { "\\u" + hex([UInt8($0 >> 8), UInt8($0 & 255)]) }.joined() + "\"}"
        },
        .init(text: "entities") { "<td>" + $0.unicodeScalars.map { "&#\($0.value);" }.joined() + "</td>" },
        .init(text: "hex entities") {
            "<td>" + $0.unicodeScalars.map { "&#x" + String($0.value, radix: 16) + ";" }.joined() + "</td>"
        },
        .init(text: "c escapes") { "b'" + $0.utf8.map { "\\x" + hex([$0]) }.joined() + "'" },
        .init(text: "quoted-printable") {
            "Subject: visit\r\n\r\nDear " + $0.utf8.map { "=" + hex([$0]).uppercased() }.joined() + ",\r\n"
        },
        .init(text: "character list") { "[" + $0.map { "\"\($0)\"" }.joined(separator: ", ") + "]" },
        .init(text: "byte list") { "{\"raw\":[" + $0.utf8.map { String($0) }.joined(separator: ",") + "]}" },
        .init(text: "spaced") { "note: " + $0.map { String($0) }.joined(separator: " ") },
        .init(text: "reversed") { "v=" + String($0.reversed()) },
        .init(text: "full-width") {
            "\""
                + String(
                    String.UnicodeScalarView(
                        $0.unicodeScalars.map {
                            (0x21...0x7E).contains($0.value) ? Unicode.Scalar($0.value + 0xFEE0) ?? $0 : $0
                        })) + "\""
        },
        .init(text: "csv") { "1,2026-01-01,\"\($0)\",ok\n" },
        .init(text: "hl7") { "MSH|^~\\&|EPIC|H|||20260101||ADT^A08|1|P|2.3\rPID|1||99||\($0)^^^||" },
        .init(text: "xml") { "<Patient><v>\($0.replacing("'", with: "&apos;"))</v></Patient>" },
        .init(text: "joined fields") {
            let middle = $0.index($0.startIndex, offsetBy: $0.count / 2)
            return "{\"seq\":1,\"data\":\"\($0[..<middle])\"}\n{\"seq\":2,\"data\":\"\($0[middle...])\"}\n"
        },
    ]

    static let encoded: [LeakShape] = [
        .init(text: "hex") { "id=" + hex($0.utf8) },
        .init(text: "hex upper") { "{\"k\":\"" + hex($0.utf8).uppercased() + "\"}" },
        .init(text: "hex pairs") { "dump: " + hex($0.utf8, separator: ":") },
        .init(text: "base64") { "token=" + base64(Array($0.utf8)) },
        .init(text: "base64 of a record") { "Cookie: s=" + base64(json($0)) },
        .init(text: "base64 in a path") { "GET /cb/" + base64URL(Array("x\($0)y".utf8)) + "/z" },
        .init(text: "jwt") {
            "Bearer " + base64URL(Array(#"{"alg":"none"}"#.utf8)) + "." + base64URL(json($0)) + ".c2ln"
        },
        .init(text: "base64 wrapped") {
            let text = base64(json($0) + json($0))
            return stride(from: 0, to: text.count, by: 40).map { String(text.dropFirst($0).prefix(40)) }.joined(
                separator: "\r\n")
        },
        .init(text: "base32") { "otp " + base32(Array($0.utf8)) },
        .init("utf-16le") { $0.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] } },
        .init("utf-16be") { $0.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] } },
        .init(text: "utf-16 in base64") {
            "p=" + base64($0.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        },
        .init(text: "ucs-2 hex") { hex($0.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }) },
        .init("gsm-7") { ascii($0) ? [0x00, 0x11, 0x0B, 0x91] + packed("Visit " + $0) : nil },
        .init("gzip") { deflate(json($0), bits: 31) },
        .init("zlib") { [1, 2, 3] + deflate(json($0), bits: 15) },
        .init("deflate") { deflate(json($0), bits: -15) },
        .init(text: "gzip in base64") { "{\"z\":\"" + base64(deflate(json($0), bits: 31)) + "\"}" },
        .init(text: "deflate in base64url") { "SAMLRequest=" + base64URL(deflate(json($0), bits: -15)) },
        .init(text: "base64 in percent") { "q=" + percentAll(base64(json($0))) },
        .init("base64 in gzip") { deflate(json(base64(json($0))), bits: 31) },
        .init(text: "hex in base64") { base64(Array(hex($0.utf8).utf8)) },
        .init("hex of base64 in gzip") { deflate(Array(hex(base64(Array($0.utf8)).utf8).utf8), bits: 31) },
        .init("protobuf") { [0x0A, UInt8($0.utf8.count & 127)] + Array($0.utf8) + [0x10, 0x01] },
        .init(text: "data uri") { "src=\"data:text/plain;base64,\(base64(Array($0.utf8)))\"" },
    ]

    static let hashed: [LeakShape] = [
        .init(text: "md5") { "e=" + hex(Insecure.MD5.hash(data: Data($0.lowercased().utf8))) },
        .init(text: "sha1") { "e=" + hex(Insecure.SHA1.hash(data: Data($0.utf8))).uppercased() },
        .init(text: "sha256") { "{\"uid\":\"" + hex(SHA256.hash(data: Data($0.lowercased().utf8))) + "\"}" },
        .init(text: "sha256 base64") { "h=" + base64(Array(SHA256.hash(data: Data($0.utf8)))) },
        .init(text: "sha512") { hex(SHA512.hash(data: Data($0.utf8))) },
        .init(text: "sha256 cut") { "k:" + hex(SHA256.hash(data: Data($0.utf8))).prefix(16) + ";" },
        .init(text: "sha256 of digits", [.phone]) { "u=" + hex(SHA256.hash(data: Data($0.filter(\.isNumber).utf8))) },
    ]

    static let formats: [LeakShape] = [
        .init(text: "phone national", [.phone]) { "call \($0.dropFirst(2)) now" },
        .init(text: "phone parens", [.phone]) {
            "tel: (\($0.dropFirst(2).prefix(3))) \($0.dropFirst(5).prefix(3))-\($0.suffix(4))"
        },
        .init(text: "phone dots", [.phone]) {
            "\($0.dropFirst(2).prefix(3)).\($0.dropFirst(5).prefix(3)).\($0.suffix(4))"
        },
        .init(text: "phone last four", [.phone]) { "sms sent to number ending \($0.suffix(4))." },
        .init(text: "phone masked", [.phone]) { "to ***-***-\($0.suffix(4))" },
        .init(text: "date us", [.birthDate]) { "DOB \($0.dropFirst(5).prefix(2))/\($0.suffix(2))/\($0.prefix(4))" },
        .init(text: "date compact", [.birthDate]) { "PID|||\($0.replacing("-", with: ""))|" },
        .init(text: "date dotted", [.birthDate]) {
            "geb. \($0.suffix(2)).\($0.dropFirst(5).prefix(2)).\($0.prefix(4))"
        },
        .init(text: "date midnight", [.birthDate]) { "\"\($0)T00:00:00.000Z\"" },
        .init(text: "birth month", [.birthDate]) { "birth month: \($0.prefix(7))," },
        .init(text: "number tail", [.medicalRecordNumber]) { "mrn=****\($0.suffix(4))" },
        .init(text: "family caret", names) { "PID|1||1||\($0)^X^^" },
        .init(text: "rot13", names) {
            ascii($0)
                ? String(
                    String.UnicodeScalarView(
                        $0.unicodeScalars.map { scalar in
                            let base: UInt32 = scalar.value >= 97 ? 97 : 65
                            guard (0..<26).contains(Int(scalar.value) - Int(base)) else { return scalar }
                            return Unicode.Scalar((scalar.value - base + 13) % 26 + base) ?? scalar
                        })) : nil
        },
        .init(text: "email obfuscated", [.email]) { $0.replacing("@", with: " [at] ").replacing(".", with: " dot ") },
    ]

    static var families: [(name: String, shapes: [LeakShape])] {
        [
            ("plain", plain), ("encoded", encoded), ("hashed", hashed), ("formats", formats), ("escapes", escapes),
            ("alphabets", alphabets), ("frames", frames), ("notations", notations), ("splits", splits),
        ]
    }

    static var all: [LeakShape] { families.flatMap(\.shapes) }
}

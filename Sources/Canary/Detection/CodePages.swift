// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Code pages in which programs keep names beyond ASCII, and what comes of UTF-8 that is taken for one of them.
enum CodePages {
    /// The text in every code page that has all its letters.
    static func encodings(of text: String) -> [(bytes: [UInt8], name: String)] {
        var found: [(bytes: [UInt8], name: String)] = []
        for (encoding, name) in known {
            if let data = text.data(using: encoding) { found.append((Array(data), name)) }
        }
        for (name, page) in cyrillic {
            var bytes: [UInt8] = []
            for scalar in text.unicodeScalars {
                guard let byte = scalar.value < 0x80 ? UInt8(scalar.value) : page[scalar] else {
                    bytes = []
                    break
                }
                bytes.append(byte)
            }
            if !bytes.isEmpty { found.append((bytes, name)) }
        }
        return found
    }

    /// `Ã©` for é: each byte of UTF-8 read as a letter, and written as UTF-8 again.
    static func mistaken(_ text: String) -> [(text: String, name: String)] {
        let bytes = Array(text.utf8)
        guard bytes.contains(where: { $0 >= 0x80 }) else { return [] }
        let latin = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        let windows = String(
            String.UnicodeScalarView(
                bytes.map { byte in
                    let isOther = byte >= 0x80 && byte < 0xA0
                    return isOther ? windowsSigns[Int(byte) - 0x80] : Unicode.Scalar(byte)
                }))
        return [(latin, "latin-1"), (windows, "windows-1252")]
    }

    private static let known: [(String.Encoding, String)] = [
        (.windowsCP1251, "windows-1251"), (.windowsCP1250, "windows-1250"), (.shiftJIS, "shift-jis"),
        (.japaneseEUC, "euc-jp"), (cjk(0x0632), "gb18030"), (cjk(0x0A03), "big5"), (cjk(0x0940), "euc-kr"),
    ]

    /// Core Foundation's number of an encoding, as Foundation counts it.
    private static func cjk(_ number: UInt) -> String.Encoding { .init(rawValue: 0x8000_0000 | number) }

    /// Pages that Foundation has no name for everywhere.
    private static let cyrillic: [(String, [Unicode.Scalar: UInt8])] = [
        ("koi8-r", page("юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ", 0xC0)),
        ("iso-8859-5", page("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя", 0xB0)),
        (
            "ibm866",
            page("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмноп", 0x80).merging(page("рстуфхцчшщъыьэюя", 0xE0)) {
                first, _ in first
            }
        ),
    ]

    private static func page(_ letters: String, _ first: Int) -> [Unicode.Scalar: UInt8] {
        Dictionary(
            uniqueKeysWithValues: letters.unicodeScalars.enumerated().map {
                ($0.element, UInt8(truncatingIfNeeded: first + $0.offset))
            })
    }

    /// What Windows has where Latin-1 has controls; those it leaves free are themselves.
    private static let windowsSigns = Array(
        "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars)
}

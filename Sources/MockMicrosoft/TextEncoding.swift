// SPDX-License-Identifier: Apache-2.0

/// How a text message travels: alphabet and number of segments (3GPP TS 23.038, TS 23.040).
struct TextEncoding: Equatable {
    /// `GSM-7` or `UCS-2`.
    let name: String
    let segments: Int

    init(_ text: String) {
        if let septets = Self.septets(text) {
            name = "GSM-7"
            segments = Self.segments(septets, single: 160, part: 153)
        } else {
            name = "UCS-2"
            let units = text.utf16.map { _ in 1 }
            segments = Self.segments(units, single: 70, part: 67)
        }
    }

    /// The width of each character in septets: 1, or 2 for the extension table; nil outside the alphabet.
    private static func septets(_ text: String) -> [Int]? {
        var widths: [Int] = []
        for scalar in text.unicodeScalars {
            if basic.contains(scalar) {
                widths.append(1)
            } else if extended.contains(scalar) {
                widths.append(2)
            } else {
                return nil
            }
        }
        return widths
    }

    /// An escape sequence is never cut in two: it moves to the next segment as a whole.
    private static func segments(_ widths: [Int], single: Int, part: Int) -> Int {
        if widths.reduce(0, +) <= single { return 1 }
        var count = 1
        var used = 0
        for width in widths {
            if used + width > part {
                count += 1
                used = 0
            }
            used += width
        }
        return count
    }

    private static let basic = Set(
        ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
            + "¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)
    private static let extended = Set("\u{0C}^{}\\[~]|€".unicodeScalars)
}

// SPDX-License-Identifier: Apache-2.0

/// Phone numbers as people and systems write them.
enum PhoneNumberText {
    /// Digits alone, North American numbers with their country code: for comparing, never for dialling.
    static func comparable(_ text: String) -> String {
        let digits = text.unicodeScalars.filter { ("0"..."9").contains($0) }.map(String.init).joined()
        return digits.count == 10 ? "1" + digits : digits
    }

    /// `+`, then 8 to 15 digits, the first not 0 (ITU-T E.164); North American ones have exactly eleven.
    static func isE164(_ text: String) -> Bool {
        guard text.first == "+" else { return false }
        let digits = text.dropFirst().unicodeScalars
        guard (8...15).contains(digits.count), digits.allSatisfy({ ("0"..."9").contains($0) }), digits.first != "0"
        else { return false }
        return digits.first != "1" || digits.count == 11
    }
}

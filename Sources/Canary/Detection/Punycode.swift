// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// RFC 3492: how a name with letters beyond ASCII stands in a host's name.
enum Punycode {
    /// The words of a text that have such letters, in small letters and as they are, without the `xn--` before them.
    static func labels(of text: String) -> [[UInt8]] {
        guard text.unicodeScalars.contains(where: { $0.value >= 0x80 }) else { return [] }
        let plain = text.precomposedStringWithCanonicalMapping
        let small = plain.lowercased()
        return labels(in: small) + (small == plain ? [] : labels(in: plain))
    }

    private static func labels(in text: String) -> [[UInt8]] {
        let words = text.split { !$0.isLetter && !$0.isNumber }
        var labels = words.map(String.init)
        if words.count > 1 { labels += [words.joined(separator: "-"), words.joined()] }
        return labels.compactMap { encode(Array($0.unicodeScalars.map(\.value))) }
    }

    /// Nil where every letter is of ASCII.
    static func encode(_ letters: [UInt32]) -> [UInt8]? {
        var output = letters.filter { $0 < 0x80 }.map { UInt8($0) }
        let basic = output.count
        guard basic < letters.count else { return nil }
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var (next, delta, bias, done) = (128 as UInt32, 0 as UInt32, 72 as UInt32, UInt32(basic))
        while done < letters.count {
            guard let least = letters.filter({ $0 >= next }).min() else { return nil }
            let (step, overflow) = (least - next).multipliedReportingOverflow(by: done + 1)
            guard !overflow, !delta.addingReportingOverflow(step).overflow else { return nil }
            delta += step
            next = least
            for letter in letters {
                if letter < next { delta += 1 }
                guard letter == next else { continue }
                var rest = delta
                var base: UInt32 = 36
                while true {
                    let threshold = base <= bias ? 1 : min(26, base - bias)
                    if rest < threshold { break }
                    output.append(digit(threshold + (rest - threshold) % (36 - threshold)))
                    rest = (rest - threshold) / (36 - threshold)
                    base += 36
                }
                output.append(digit(rest))
                bias = adapt(delta, points: done + 1, isFirst: done == basic)
                delta = 0
                done += 1
            }
            delta += 1
            next += 1
        }
        return output
    }

    private static func digit(_ value: UInt32) -> UInt8 { UInt8(value < 26 ? 0x61 + value : 0x30 + value - 26) }

    private static func adapt(_ delta: UInt32, points: UInt32, isFirst: Bool) -> UInt32 {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / points
        var shift: UInt32 = 0
        while delta > 455 {
            delta /= 35
            shift += 36
        }
        return shift + 36 * delta / (delta + 38)
    }
}

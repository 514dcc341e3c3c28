// SPDX-License-Identifier: Apache-2.0

internal import World

/// What stands around a folded match in the text as it was: folding brings together what does not belong together.
struct Surroundings {
    let bytes: UnsafeBufferPointer<UInt8>
    let folded: UnsafeBufferPointer<UInt8>
    let range: Range<Int>
    let foldedRange: Range<Int>

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    static func isDigitOrDot(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        isDigit(bytes[index]) || (bytes[index] == 0x2E && index > 0 && isDigit(bytes[index - 1]))
    }
    /// Of any alphabet.
    static func isLetter(_ byte: UInt8) -> Bool { byte | 32 >= 0x61 && byte | 32 <= 0x7A || byte >= 0x80 }

    func admit(_ rule: NeedleKind.Rule, of canary: Canary) -> Bool {
        // Characters in a JSON list stand four apart, fields of a record further; beyond that nothing holds them
        // together.
        guard range.count <= foldedRange.count * 6 + 8 else { return false }
        switch rule {
        case .anywhere: return !isMadeOfEnds || canary.value.contains(" ")
        case .number: return standsAlone && !isTimeOfDay
        case .date(let parts): return standsAlone && separatesOnly(parts) && !isInUUID
        case .word: return touchesNoWord
        case .labelled:
            let isFree = isMasked ? after.map { !Self.isLetter($0) && !Self.isDigit($0) } ?? true : touchesNoWord
            return isFree && continuesNoNumber && !isDottedAddress && !isPort && isLabelled(canary.dataClass)
        }
    }

    private var before: UInt8? { range.lowerBound > 0 ? bytes[range.lowerBound - 1] : nil }
    private var after: UInt8? { range.upperBound < bytes.count ? bytes[range.upperBound] : nil }

    /// `13:11:12.345`: a log holds thousands, and sooner or later one has a number's digits.
    private var isTimeOfDay: Bool {
        let parts = bytes[range].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count <= 2, parts[1].count == 2, parts[2].count >= 2 else { return false }
        let rest = parts[2].dropFirst(2)
        return rest.isEmpty || rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ",")
    }

    /// No digit beside it, and no part of a longer hexadecimal run.
    private var standsAlone: Bool {
        var start = range.lowerBound
        var end = range.upperBound
        if followsUUID, after.map({ EscapeDecoder.hexValue($0) == nil }) ?? true { return true }
        // A number may be filled up with zeros; HL7's midnight belongs to the date.
        while start > 0, range.lowerBound - start < 12, bytes[start - 1] == 0x30 { start -= 1 }
        while end < bytes.count, end - range.upperBound < 6, bytes[end] == 0x30 { end += 1 }
        if end < range.upperBound + 4 { end = range.upperBound }
        if start > 0, Self.isDigit(bytes[start - 1]) { return false }
        if end < bytes.count, Self.isDigit(bytes[end]) { return false }
        let filled = start..<end
        while start > 0, EscapeDecoder.hexValue(bytes[start - 1]) != nil { start -= 1 }
        while end < bytes.count, EscapeDecoder.hexValue(bytes[end]) != nil { end += 1 }
        if start == filled.lowerBound, end == filled.upperBound { return true }
        if isCounted { return true }
        // A digest, whatever stands beside it: in a database the next column follows at once.
        if end - start >= 32 { return false }
        let isClosed =
            (start == 0 || !Self.isLetter(bytes[start - 1])) && (end == bytes.count || !Self.isLetter(bytes[end]))
        return !isClosed
    }

    /// `12:+16025550142e`: the length says where it ends (bencode, netstrings, PHP).
    private var isCounted: Bool {
        guard let colon = bytes[max(0, range.lowerBound - 4)..<range.lowerBound].lastIndex(of: UInt8(ascii: ":")),
            colon > 0, Self.isDigit(bytes[colon - 1])
        else { return false }
        var count = 0
        var index = max(0, colon - 4)
        while index < colon {
            count = Self.isDigit(bytes[index]) ? count * 10 + Int(bytes[index] - 0x30) : 0
            index += 1
        }
        return count == range.upperBound - colon - 1
    }

    /// A row of a database: the next column begins where the UUID of the one before ends.
    private var followsUUID: Bool {
        range.lowerBound >= 36 && isUUID(at: range.lowerBound - 36)
    }

    private func isUUID(at start: Int) -> Bool {
        (0..<36).allSatisfy { place in
            [8, 13, 18, 23].contains(place)
                ? bytes[start + place] == UInt8(ascii: "-") : EscapeDecoder.hexValue(bytes[start + place]) != nil
        }
    }

    /// Seven digits of `a043d9dd-a293-4e07-8415-1943413a32f2` are nobody's birthday, also where the next column follows at
    /// once.
    private var isInUUID: Bool {
        guard range.count <= 36 else { return false }
        for start in max(0, range.upperBound - 36)...range.lowerBound where start + 36 <= bytes.count {
            if isUUID(at: start) { return true }
        }
        return false
    }

    private var touchesNoWord: Bool {
        if let before, Self.isLetter(before) || Self.isDigit(before) { return isEscapeEnd(before) }
        if let after, Self.isLetter(after) || Self.isDigit(after) { return false }
        return true
    }

    /// Begins within one word and ends within another: `launched request right` holds `drequestri`.
    private var isMadeOfEnds: Bool {
        guard let before, let after, Self.isLetter(before), Self.isLetter(after), !isEscapeEnd(before) else {
            return false
        }
        return bytes[range].contains { $0 == 0x20 || $0 == UInt8(ascii: "\"") }
    }

    /// `\nSmith` in a JSON text: the letter belongs to the escape.
    private func isEscapeEnd(_ byte: UInt8) -> Bool {
        guard range.lowerBound > 1, bytes[range.lowerBound - 2] == UInt8(ascii: "\\") else { return false }
        return byte == UInt8(ascii: "n") || byte == UInt8(ascii: "t") || byte == UInt8(ascii: "r")
    }

    /// `127.0.0.1` is no part of a number, whatever stands before it.
    private var isDottedAddress: Bool { bytes[range].count { $0 == UInt8(ascii: ".") } >= 3 }

    /// `http://127.0.0.1:45671/`: where a server listens is drawn by chance, and is nobody's datum.
    private var isPort: Bool {
        guard before == UInt8(ascii: ":"), bytes[range].allSatisfy(Self.isDigit) else { return false }
        var start = range.lowerBound - 1
        while start > 0, range.lowerBound - start < 256,
            Self.isLetter(bytes[start - 1]) || Self.isDigit(bytes[start - 1])
                || [0x2D, 0x2E, 0x3A, 0x5B, 0x5D].contains(bytes[start - 1])
        { start -= 1 }
        return start < range.lowerBound - 1 && start >= 3 && bytes[start - 3..<start].elementsEqual("://".utf8)
    }

    /// A part must not be a part of another, longer number.
    private var continuesNoNumber: Bool {
        guard Self.isDigit(folded[foldedRange.lowerBound]) || Self.isDigit(folded[foldedRange.upperBound - 1]) else {
            return true
        }
        var index = range.lowerBound
        // In UTF-16 and UTF-32 one digit is parted from the next by up to three zeros.
        while index > 0, range.lowerBound - index < 3,
            [0, 0x20, 0x28, 0x29, 0x2D, 0x2E, 0x2F].contains(bytes[index - 1])
        {
            index -= 1
        }
        if index > 0, Self.isDigit(bytes[index - 1]) { return false }
        index = range.upperBound
        while index < bytes.count, index - range.upperBound < 3, bytes[index] == 0 { index += 1 }
        if index > range.upperBound, index < bytes.count, Self.isDigit(bytes[index]) { return false }
        if range.upperBound + 1 < bytes.count, let after, [0x2D, 0x2E, 0x2F].contains(after),
            Self.isDigit(bytes[range.upperBound + 1])
        {
            return false
        }
        return true
    }

    /// Separators only where one part ends and the next begins, or between all digits alike (`1 9 6 1 - 0 3 - 1 7`).
    private func separatesOnly(_ parts: [Int]) -> Bool {
        var gaps: [Int] = []
        var gap = 0
        var index = range.lowerBound
        while index < range.upperBound {
            let (scalar, width) = FoldedText.scalar(bytes, at: index)
            index += width
            if FoldedText.isDigit(scalar) {
                gaps.append(gap)
                gap = 0
            } else {
                gap += 1
            }
        }
        guard gaps.count == parts.reduce(0, +) else { return false }
        var boundaries = Set<Int>()
        _ = parts.reduce(0) { start, part in
            boundaries.insert(start)
            return start + part
        }
        let inner = Set(gaps.indices.filter { !boundaries.contains($0) }.map { gaps[$0] })
        let outer = boundaries.map { gaps[$0] }.max() ?? 0
        return inner.count == 1 && (inner == [0] ? outer <= 4 : outer <= 16)
    }

    /// `***-**-1234`, `xxxx1234`, `…1234`.
    private var isMasked: Bool {
        var index = range.lowerBound
        if index > 0, [0x20, 0x2D].contains(bytes[index - 1]) { index -= 1 }
        let head = bytes[max(0, index - 3)..<index]
        guard head.count >= 2 else { return false }
        // `xx12` ends many a word; three of them are a mask.
        if head.last.map({ $0 | 32 == UInt8(ascii: "x") }) ?? false {
            return head.count == 3 && head.allSatisfy { $0 | 32 == UInt8(ascii: "x") }
        }
        return head.suffix(2).allSatisfy {
            $0 == UInt8(ascii: "*") || $0 | 32 == UInt8(ascii: "x") || $0 == UInt8(ascii: "#")
        }
            || head.elementsEqual([0xE2, 0x80, 0xA6]) || head.elementsEqual([0xE2, 0x80, 0xA2])
    }

    /// Whether the words before say that it is a datum of its class, or at least a part of something and of nothing
    /// else's.
    private func isLabelled(_ dataClass: DataClass?) -> Bool {
        let context = folded[max(0, foldedRange.lowerBound - 28)..<foldedRange.lowerBound]
        let own = Label.texts(dataClass)
        if own.own.contains(where: { Self.holds(context, $0) }) { return true }
        guard isMasked || Label.partTexts.contains(where: { Self.holds(context, $0) }) else { return false }
        return !own.others.contains { Self.holds(context, $0) }
    }

    private static func holds(_ context: Slice<UnsafeBufferPointer<UInt8>>, _ word: [UInt8]) -> Bool {
        guard let first = word.first, context.count >= word.count else { return false }
        for start in context.startIndex...context.endIndex - word.count where context[start] == first {
            if context[start..<start + word.count].elementsEqual(word) { return true }
        }
        return false
    }
}

/// Words that, before a short part, make it a datum of its class.
enum Label {
    /// Said of the end of any number.
    private static let parts = ["ending", "endsin", "last4", "lastfour", "last6", "tail"]

    private static let telephone = [
        "phone", "tel", "mobile", "cell", "fax", "sms", "last7", "dial", "caller", "contact",
    ]
    private static let record = ["mrn", "record", "chart"]
    private static let social = ["ssn", "social"]
    private static let account = ["account", "acct", "card"]

    static let partTexts = parts.map { Array($0.utf8) }

    /// The words of a class and those of others, as the folded text has them.
    static func texts(_ dataClass: DataClass?) -> (own: [[UInt8]], others: [[UInt8]]) {
        dataClass.flatMap { classTexts[$0] } ?? unknownTexts
    }

    private static let unknownTexts = (words(nil).map { Array($0.utf8) }, others(nil).map { Array($0.utf8) })
    private static let classTexts = Dictionary(
        uniqueKeysWithValues: DataClass.allCases.map { dataClass in
            (
                dataClass,
                (own: words(dataClass).map { Array($0.utf8) }, others: others(dataClass).map { Array($0.utf8) })
            )
        })

    /// Words that make a part one of another class.
    private static func others(_ dataClass: DataClass?) -> [String] {
        let own = words(dataClass)
        return ["phone", "mobile", "mrn", "record", "chart", "ssn", "social", "account", "acct"].filter {
            !own.contains($0)
        }
    }

    private static func words(_ dataClass: DataClass?) -> [String] {
        switch dataClass {
        case .phone, .fax: telephone
        case .birthDate: ["birth", "dob", "born", "bday", "geboren", "nacim", "naiss"]
        case .givenName, .familyName, .displayName, .relativeName:
            ["name", "patient", "surname", "given", "family", "first", "last", "mrs", "kin", "relative", "person"]
        case .postalCode: ["zip", "postal", "postcode", "plz", "address"]
        case .medicalRecordNumber: record
        case .socialSecurityNumber: social
        case .city: ["city", "town", "address"]
        case .accountNumber: account
        default: ["number", "code", "licen", "plan", "member"]
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import World

/// Field formats and identifying parts by class. Separators and letter case need no form: folding removes them.
extension NeedleMaker {
    mutating func addReadableForms() {
        let value = canary.value
        switch canary.dataClass {
        case .phone, .fax: addPhone()
        case .birthDate: addDate()
        case .socialSecurityNumber:
            add(value)
            addTail(4, "last-four")
            addNumber(value.filter { $0.isASCII && $0.isNumber })
        case .medicalRecordNumber, .accountNumber, .healthPlanNumber, .licenceNumber:
            add(value)
            addTail(4, "last-four")
            addTail(6, "last-six")
            // Without the letters before it.
            let digits = value.filter { $0.isASCII && $0.isNumber }
            if digits.count >= 7, digits != value { add(digits, "digits") }
            addNumber(digits)
        case .postalCode:
            add(value)
            if value.contains("-") { add(String(value.prefix { $0 != "-" }), "first-part", rule: .labelled) }
        case .ipAddress: addAddress()
        case .email, .principalName: addEmail()
        case .url:
            add(value)
            if let scheme = value.firstRange(of: "://") { add(String(value[scheme.upperBound...]), "without-scheme") }
            addLongPart(value.split(separator: "/").last, "last-segment")
        case .street:
            add(value)
            for word in value.split(separator: " ") where word.count >= 9 {
                add(String(word), "street-name", rule: .word)
            }
            add(value.split(separator: " ").dropLast().joined(separator: " "), "number-and-name")
        case .clinicalText: addText()
        case .displayName, .relativeName: addFullName()
        case .givenName, .familyName, .city: addName(value, "value")
        default: add(value)
        }
        addDisguises()
    }

    private mutating func addPhone() {
        let digits = canary.value.filter(\.isNumber)
        let national = digits.count == 11 && digits.hasPrefix("1") ? String(digits.dropFirst()) : digits
        add(digits)
        add(national, "national")
        add("00" + digits, "international-prefix")
        add("011" + digits, "international-prefix")
        if national.count == 10 { add("1" + national, "national-prefix") }
        if national.count >= 9 { add(String(national.suffix(7)), "local", rule: .labelled) }
        add(String(national.suffix(4)), "last-four", rule: .labelled)
        addNumber(digits)
        if national != digits { addNumber(national) }
        addSwapped(digits)
    }

    /// As a text message's head holds it (3GPP TS 23.040): two digits a byte, the second first, filled up with F.
    private mutating func addSwapped(_ digits: String) {
        let even = Array(digits.utf8) + (digits.utf8.count % 2 == 0 ? [] : Array("f".utf8))
        let swapped = stride(from: 0, to: even.count, by: 2).flatMap { [even[$0 + 1], even[$0]] }
        // Without a filling it is a number like any other, so its length and kind stand before it.
        let kinds = even.count == digits.utf8.count ? ["81", "91"] : [""]
        for kind in kinds {
            let length = kind.isEmpty ? [] : Self.hexadecimal([UInt8(truncatingIfNeeded: even.count)])
            add(folded: length + Array(kind.utf8) + swapped, chain: ["semi-octets"])
        }
    }

    /// A number in another notation: in words, hexadecimal, with an exponent.
    private mutating func addNumber(_ digits: String) {
        guard digits.utf8.count >= 7, let number = UInt64(digits) else { return }
        let words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
        add(digits.compactMap(\.wholeNumberValue).map { words[$0] }.joined(), "in-words")
        addStoredNumber(number, digits: digits)
        let hexadecimal = String(number, radix: 16)
        if hexadecimal.utf8.count >= 8 {
            // A UUID begins with eight digits that stand alone.
            if hexadecimal.utf8.count > 8 { add(hexadecimal, "hexadecimal-number", rule: .word) }
            add("0x" + hexadecimal, "hexadecimal-number", rule: .word)
        }
        var mantissa = digits
        while mantissa.last == "0" { mantissa.removeLast() }
        guard mantissa.utf8.count >= 7 else { return }
        let exponent = digits.utf8.count - 1
        add(mantissa + "e\(exponent)", "exponent", rule: .word)
        if exponent < 10 { add(mantissa + "e0\(exponent)", "exponent", rule: .word) }
    }

    private mutating func addDate() {
        let parts = canary.value.split(separator: "-").map(String.init)
        guard parts.count == 3, let monthNumber = Int(parts[1]), (1...12).contains(monthNumber), let day = Int(parts[2])
        else {
            add(canary.value)
            return
        }
        let (year, month, dayText) = (parts[0], parts[1], parts[2])
        add(year + month + dayText, rule: .date([4, 2, 2]))
        add(month + dayText + year, "us", rule: .date([2, 2, 4]))
        add(dayText + month + year, "day-first", rule: .date([2, 2, 4]))
        add(year + dayText + month, "year-day-month", rule: .date([4, 2, 2]))
        let shortMonth = String(monthNumber)
        let shortDay = String(day)
        if shortMonth != month || shortDay != dayText {
            add(year + shortMonth + shortDay, rule: .date([4, shortMonth.count, shortDay.count]))
            add(shortMonth + shortDay + year, "us", rule: .date([shortMonth.count, shortDay.count, 4]))
            add(shortDay + shortMonth + year, "day-first", rule: .date([shortDay.count, shortMonth.count, 4]))
        }
        let names = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November",
            "December",
        ]
        let name = names[monthNumber - 1]
        for word in [name, String(name.prefix(3))] {
            for written in Set([shortDay, dayText]) {
                add(written + word + year, "written-out", rule: .word)
                add(word + written + year, "written-out", rule: .word)
                for suffix in ["st", "nd", "rd", "th"] {
                    add(word + written + suffix + year, "written-out", rule: .word)
                    add(written + suffix + word + year, "written-out", rule: .word)
                    add(written + suffix + "of" + word + year, "written-out", rule: .word)
                }
                add(year + word + written, "written-out", rule: .word)
            }
            add(word + year, "year-and-month", rule: .labelled)
        }
        for language in MonthNames.all {
            for written in Set([shortDay, dayText]) {
                add(
                    written + language.joint + language.names[monthNumber - 1] + language.joint + year, "written-out",
                    rule: .word)
            }
        }
        for (monthText, dayText) in Set([month, shortMonth]).flatMap({ month in [(month, dayText), (month, shortDay)] })
        {
            add("year\(year)month\(monthText)day\(dayText)", "parts")
            add("day\(dayText)month\(monthText)year\(year)", "parts")
            add("month\(monthText)day\(dayText)year\(year)", "parts")
        }
        add(year + month, "year-and-month", rule: .labelled)
        add(month + year, "year-and-month", rule: .labelled)
        let yearShort = String(year.suffix(2))
        add(month + dayText + yearShort, "two-digit-year", rule: .labelled)
        add(dayText + month + yearShort, "two-digit-year", rule: .labelled)
        add(yearShort + month + dayText, "two-digit-year", rule: .labelled)
        add(shortMonth + shortDay + yearShort, "two-digit-year", rule: .labelled)
        for written in Set([shortDay, dayText]) {
            add(written + name.prefix(3) + yearShort, "two-digit-year", rule: .labelled)
            add(name.prefix(3) + written + yearShort, "two-digit-year", rule: .labelled)
        }
        guard let instant = Instant(rfc3339: canary.value + "T00:00:00Z"), let yearNumber = Int(year) else { return }
        let seconds = instant.microseconds / 1_000_000
        addCounted(seconds: seconds, year: year)
        addDayBefore(seconds)
        addDateMessage(year: yearNumber, month: monthNumber, day: day)
        addWritten(year: yearNumber, month: monthNumber, day: day, name: name, days: seconds / 86_400)
    }

    private mutating func addTail(_ count: Int, _ form: String) {
        let tail = canary.value.filter { $0.isNumber || $0.isLetter }.suffix(count)
        add(String(tail), form, rule: .labelled)
    }

    /// Dots are all that holds an address together, so it is searched as it is.
    private mutating func addAddress() {
        let parts = canary.value.split(separator: ".")
        addRaw(Array(canary.value.utf8), chain: [], rule: .number)
        guard parts.count == 4 else { return }
        addRaw(Array(parts.reversed().joined(separator: ".").utf8), "reversed-octets", chain: [], rule: .number)
        addRaw(Array(parts.joined(separator: "-").utf8), "dashed", chain: [], rule: .number)
    }

    private mutating func addEmail() {
        add(canary.value)
        let halves = canary.value.split(separator: "@", maxSplits: 1).map(String.init)
        guard halves.count == 2 else { return }
        addLongPart(Substring(halves[0]), "local-part")
        add(halves[0] + "at" + halves[1].split(separator: ".").joined(separator: "dot"), "spelled-out")
        add(
            halves[0].split(separator: ".").joined(separator: "dot") + "at"
                + halves[1].split(separator: ".").joined(separator: "dot"), "spelled-out")
    }

    private mutating func addLongPart(_ part: Substring?, _ form: String) {
        guard let part, part.filter({ $0.isLetter || $0.isNumber }).count >= 7 else { return }
        add(String(part), form, rule: .word)
    }

    private mutating func addText() {
        add(canary.value)
        let folded = String(decoding: FoldedText.fold(canary.value), as: UTF8.self)
        if folded.count > 30 {
            add(String(folded.prefix(20)), "beginning")
            add(String(folded.suffix(20)), "end")
        }
        for word in canary.value.split(whereSeparator: { !$0.isLetter })
        where word.count >= 9 && !OrdinaryWords.contains(word.lowercased()) {
            add(String(word), "word", rule: .word)
        }
    }

    private mutating func addFullName() {
        let words = canary.value.split(separator: " ").map(String.init)
        guard words.count > 1, let given = words.first, let family = words.last else {
            addName(canary.value, "value")
            return
        }
        addName(canary.value, "value")
        add(family + given, "family-first")
        for word in words {
            if word.count >= 7 || word.count >= 3 && word.unicodeScalars.allSatisfy({ $0.value >= 0x3000 }) {
                addName(word, "name-part")
            } else if word.count >= 4 {
                add(word, "name-part", rule: .labelled)
            }
        }
        if family.count >= 5 {
            add(given.prefix(1) + family, "initial-and-family", rule: .word)
            add(family + given.prefix(1), "family-and-initial", rule: .word)
        }
    }

    private mutating func addName(_ name: String, _ form: String) {
        add(name, form)
        for (spelling, label) in NameSpelling.all(of: name) { add(spelling, label) }
    }

    /// Read backwards, as a whole or word by word, or every letter moved along the alphabet.
    private mutating func addDisguises() {
        let words = canary.value.split(separator: " ")
        if words.count > 1, [.displayName, .relativeName, .clinicalText].contains(canary.dataClass) {
            add(words.map { String($0.reversed()) }.joined(), "words-reversed")
        }
        let folded = FoldedText.fold(canary.value)
        let text = String(decoding: folded, as: UTF8.self)
        guard folded.count >= 7, text.count >= 4 else { return }
        if canary.dataClass != .ipAddress {
            let isNumber = text.allSatisfy(\.isNumber)
            // A date keeps its parts backwards too: the hour, minute and second of a log's line are none.
            let isDate = canary.dataClass == .birthDate && text.count == 8
            let number = isDate ? NeedleKind.Rule.date([2, 2, 4]) : .number
            add(String(text.reversed()), chain: ["reversed"], rule: isNumber ? number : .anywhere)
        }
        // Byte by byte, of which letters beyond ASCII are two and more.
        let bytes = Array(canary.value.utf8)
        if bytes.contains(where: { $0 >= 0x80 }) { addRaw(bytes.reversed(), chain: ["reversed"]) }
        func isLetter(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }
        guard folded.count(where: isLetter) >= 7 else { return }
        add(folded: folded.map { isLetter($0) ? 0x61 + 0x7A - $0 : $0 }, chain: ["atbash"])
        for shift in 1...25 as ClosedRange<UInt8> {
            add(
                folded: folded.map { isLetter($0) ? ($0 - 0x61 + shift) % 26 + 0x61 : $0 },
                chain: Self.rotations[Int(shift)])
        }
        // Letters with marks stay what they are where a program moves those of ASCII.
        let letters = canary.value.unicodeScalars
        guard letters.contains(where: { $0.value >= 0x80 }) else { return }
        let moved = letters.map { scalar -> Character in
            guard scalar.isASCII, isLetter(UInt8(scalar.value) | 32) else { return Character(scalar) }
            let first = scalar.value & 0x60 | 1
            return Unicode.Scalar((scalar.value - first + 13) % 26 + first).map(Character.init) ?? Character(scalar)
        }
        add(String(moved), chain: Self.rotations[13])
    }

    private static let rotations = (0...25).map { ["rot\($0)"] }
}

/// Words of nine letters and more that a reason for a visit may well hold.
enum OrdinaryWords {
    private static let words: Set<String> = [
        "persistent", "appointment", "abdominal", "headaches", "hypertension", "medication", "recurrent", "suspected",
        "evaluation", "following", "experienced", "shortness", "breathing", "difficulty", "treatment", "screening",
        "vaccination", "infection", "assessment", "consultation", "discussion", "laboratory", "prescription",
        "counseling",
        "depression", "something", "yesterday", "wednesday", "regarding", "increasing", "management", "operation",
        "postoperative", "condition", "diagnosis", "symptoms", "physical", "discharge", "allergies", "patients",
    ]
    static func contains(_ word: String) -> Bool { words.contains(word) }
}

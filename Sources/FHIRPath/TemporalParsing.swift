// SPDX-License-Identifier: Apache-2.0

extension Temporal {
    /// Reads `YYYY[-MM[-DD]]`.
    package init?(date text: some StringProtocol) {
        var reader = TemporalReader(Array(text.utf8))
        guard let value = reader.date(), reader.atEnd else { return nil }
        self = value
    }

    /// Reads a date, or a date, `T` and a time of any precision with an optional zone.
    package init?(dateTime text: some StringProtocol) {
        var reader = TemporalReader(Array(text.utf8))
        guard let value = reader.dateTime(), reader.atEnd else { return nil }
        self = value
    }

    /// Reads `[T]HH[:MM[:SS[.fff]]]`.
    package init?(time text: some StringProtocol) {
        var reader = TemporalReader(Array(text.utf8))
        _ = reader.take(UInt8(ascii: "T"))
        guard let value = reader.time(), reader.atEnd else { return nil }
        self = value
    }
}

/// Reads temporal values from bytes; also the lexer's eye for `@…`.
struct TemporalReader {
    let bytes: [UInt8]
    var index: Int

    init(_ bytes: [UInt8], from index: Int = 0) {
        self.bytes = bytes
        self.index = index
    }

    var atEnd: Bool { index == bytes.count }

    mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private func digits(_ count: Int, at place: Int) -> Int? {
        guard place + count <= bytes.count else { return nil }
        var value = 0
        for position in place..<place + count {
            let byte = bytes[position]
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    /// A separator and two digits, taken together or not at all.
    private mutating func part(after separator: UInt8, _ range: ClosedRange<Int>) -> Int?? {
        guard index < bytes.count, bytes[index] == separator, let value = digits(2, at: index + 1) else { return .none }
        guard range.contains(value) else { return .some(nil) }
        index += 3
        return value
    }

    mutating func date() -> Temporal? {
        guard let year = digits(4, at: index), year > 0 else { return nil }
        index += 4
        var value = Temporal(kind: .date, precision: .year)
        value.year = Int16(year)
        guard let month = part(after: 0x2D, 1...12) else { return value }
        guard let month else { return nil }
        value.month = UInt8(month)
        value.precision = .month
        guard let day = part(after: 0x2D, 1...Temporal.length(ofMonth: month, year: year)) else { return value }
        guard let day else { return nil }
        value.day = UInt8(day)
        value.precision = .day
        return value
    }

    mutating func dateTime() -> Temporal? {
        guard var value = date() else { return nil }
        value.kind = .dateTime
        guard take(UInt8(ascii: "T")) else { return value }
        guard index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 else { return value }
        guard value.precision == .day, time(into: &value) else { return nil }
        return zone(into: &value) ? value : nil
    }

    mutating func time() -> Temporal? {
        var value = Temporal(kind: .time, precision: .hour)
        return time(into: &value) ? value : nil
    }

    private mutating func time(into value: inout Temporal) -> Bool {
        guard let hour = digits(2, at: index), hour < 24 else { return false }
        index += 2
        value.hour = UInt8(hour)
        value.precision = .hour
        guard let minute = part(after: 0x3A, 0...59) else { return true }
        guard let minute else { return false }
        value.minute = UInt8(minute)
        value.precision = .minute
        guard let second = part(after: 0x3A, 0...60) else { return true }
        guard let second else { return false }
        value.second = UInt8(second)
        value.precision = .second
        guard index + 1 < bytes.count, bytes[index] == 0x2E, digits(1, at: index + 1) != nil else { return true }
        index += 1
        var scale: Int32 = 100_000
        var count: UInt8 = 0
        while let digit = digits(1, at: index) {
            value.microsecond += Int32(digit) * scale
            scale /= 10
            index += 1
            if count < 6 { count += 1 }
        }
        value.fractionDigits = count
        value.precision = .fraction
        return true
    }

    private mutating func zone(into value: inout Temporal) -> Bool {
        guard index < bytes.count else { return true }
        if take(UInt8(ascii: "Z")) {
            value.offset = 0
            return true
        }
        let sign = bytes[index]
        guard sign == 0x2B || sign == 0x2D, let hours = digits(2, at: index + 1), index + 3 < bytes.count,
            bytes[index + 3] == 0x3A, let minutes = digits(2, at: index + 4)
        else { return true }
        guard hours <= 14, minutes < 60 else { return false }
        index += 6
        value.offset = Int16((sign == 0x2D ? -1 : 1) * (hours * 60 + minutes))
        return true
    }
}

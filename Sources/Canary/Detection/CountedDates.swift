// SPDX-License-Identifier: Apache-2.0

internal import World

/// Dates as numbers of seconds, days or weeks, and as messages and stores keep them.
extension NeedleMaker {
    /// - Parameter seconds: since 1970-01-01.
    mutating func addCounted(seconds: Int64, year: String) {
        if abs(seconds) < 100_000_000 {
            // Within three years of 1970 there are fewer than nine digits: such numbers come about by chance.
            add(String(abs(seconds)), "unix-time", rule: .labelled)
        } else {
            // With its sign: so many seconds after 1970 are another day than so many before.
            addRaw(Array(String(seconds).utf8), "unix-time", chain: [], rule: .number)
        }
        for scale in [1000, 1_000_000, 1_000_000_000] as [Int64] {
            addRaw(Array(String(seconds * scale).utf8), "unix-time", chain: [], rule: .number)
        }
        let days = seconds / 86_400
        // .NET counts tenths of microseconds from the year 1, Windows from 1601, and browsers microseconds from then.
        add(String((days + 719_162) * 864_000_000_000), "ticks")
        add(String((seconds + 11_644_473_600) * 10_000_000), "ticks")
        add(String((seconds + 11_644_473_600) * 1_000_000), "ticks")
        // Apple's from 2001, network time from 1900.
        addRaw(Array(String(seconds - 978_307_200).utf8), "seconds-since-2001", chain: [], rule: .number)
        addRaw(Array(String(seconds + 2_208_988_800).utf8), "seconds-since-1900", chain: [], rule: .number)
        // Spreadsheets count from 1899-12-30, columns of Avro and Parquet from 1970, MUMPS from 1840-12-31.
        add(String(days + 25_569), "spreadsheet-day", rule: .labelled)
        // Smaller numbers behind the same words are years, days with their months, and hours.
        if abs(days) > 3200 { add(String(abs(days)), "unix-day", rule: .labelled) }
        add(String(days + 47_117), "horolog", rule: .labelled)
        addStored(seconds: seconds)
        guard let ordinal = OrdinalDate(year: year, days: days) else { return }
        add(year + ordinal.day, "day-of-year", rule: .labelled)
        add(ordinal.week, "week", rule: .word)
    }

    /// Milliseconds as stores hold them, and Apple's seconds.
    private mutating func addStored(seconds: Int64) {
        let milliseconds = seconds * 1000
        let numbers = [
            UInt64(bitPattern: milliseconds), Double(milliseconds).bitPattern, Double(seconds - 978_307_200).bitPattern,
        ]
        for (number, chain) in zip(numbers, ["int64", "float64", "float64"]) {
            let bytes = Self.bytes(number)
            guard Set(bytes).count >= 4 else { continue }
            addBinary(bytes, chain: [chain])
            addBinary(bytes.reversed(), chain: [chain])
        }
    }

    /// Midnight in a zone ahead of universal time, told in universal time, is an hour of the day before.
    mutating func addDayBefore(_ seconds: Int64) {
        let day = Instant(microseconds: (seconds - 86_400) * 1_000_000).description.prefix(10)
        for hour in 12...23 {
            addRaw(Array("\(day)T\(hour):00:00".utf8), "day-before", chain: [])
        }
    }

    /// Year, month and day as a message of Protocol Buffers (`google.type.Date`).
    mutating func addDateMessage(year: Int, month: Int, day: Int) {
        addBinary(
            [0x08] + Self.varint(UInt64(year)) + [0x10, UInt8(month), 0x18, UInt8(day)], chain: ["protobuf-date"])
    }
}

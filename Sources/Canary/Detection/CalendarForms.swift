// SPDX-License-Identifier: Apache-2.0

/// Months as other languages than English write them within a date.
enum MonthNames {
    /// - Parameter joint: what stands between day, month and year besides spaces.
    static let all: [(joint: String, names: [String])] = [
        ("de", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        ("de", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
        ("", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        ("", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        ("", "januari februari maart april mei juni juli augustus september oktober november december"),
        ("", "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"),
        ("", "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
        ("", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
    ].map { (joint: $0, names: $1.split(separator: " ").map(String.init)) }
}

/// Dates in calendars and notations that name no month, or name it otherwise.
extension NeedleMaker {
    /// - Parameters:
    ///   - name: the month's in English.
    ///   - days: since 1970-01-01.
    mutating func addWritten(year: Int, month: Int, day: Int, name: String, days: Int64) {
        let numbers = [(String(month), String(day)), (Self.two(month), Self.two(day))]
        for (month, day) in numbers {
            add("\(year)年\(month)月\(day)日", "written-out")
            add("\(year)년\(month)월\(day)일", "written-out")
            // The years of Thailand's calendar.
            add("\(day)\(month)\(year + 543)", "thai", rule: .date([day.count, month.count, 4]))
            add("\(year + 543)\(month)\(day)", "thai", rule: .date([4, month.count, day.count]))
        }
        for (era, first) in [("昭和", 1926), ("平成", 1989), ("令和", 2019)] where year >= first {
            for (month, day) in numbers { add("\(era)\(year - first + 1)年\(month)月\(day)日", "written-out") }
        }
        let roman = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"][month - 1]
        for written in Set([String(day), Self.two(day)]) {
            add("\(written)\(roman)\(year)", "roman-month", rule: .word)
            // `Sun Jul 21 00:00:00 UTC 1985`, as C and Java print a moment.
            for zone in ["", "utc", "gmt"] {
                add("\(name.prefix(3))\(written)000000\(zone)\(year)", "printed", rule: .word)
            }
        }
        // RFC 850: the day of the week makes up for the century. 1970-01-01 was a Thursday.
        let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        let weekday = weekdays[Int(((days + 3) % 7 + 7) % 7)]
        add("\(weekday)\(Self.two(day))\(name.prefix(3))\(Self.two(year % 100))", "printed", rule: .word)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

/// A day counted within its year, and within its week (ISO 8601).
struct OrdinalDate {
    /// Three digits.
    let day: String
    /// `1961w114`: year, week and day of the week.
    let week: String

    /// - Parameter days: since 1970-01-01.
    init?(year: String, days: Int64) {
        guard let number = Int64(year), number > 0 else { return nil }
        let before = number - 1
        let first = before * 365 + before / 4 - before / 100 + before / 400 - 719_162
        let ordinal = days - first + 1
        day = Self.padded(ordinal, 3)
        // 1970-01-01 was a Thursday; Monday is 1.
        let weekday = ((days + 3) % 7 + 7) % 7 + 1
        // A week belongs to the year of its Thursday.
        let thursday = days + 4 - weekday
        var (weekYear, start) = (number, first)
        if thursday < first {
            weekYear -= 1
            start = first - (Self.isLeap(weekYear) ? 366 : 365)
        } else if thursday >= first + (Self.isLeap(number) ? 366 : 365) {
            weekYear += 1
            start = first + (Self.isLeap(number) ? 366 : 365)
        }
        week = "\(weekYear)w" + Self.padded((thursday - start) / 7 + 1, 2) + String(weekday)
    }

    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

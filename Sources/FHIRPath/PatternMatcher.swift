// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A compiled regular expression, kept for the next use.
struct PatternMatcher: Sendable {
    private let expression: NSRegularExpression

    private static let cache = Mutex<[String: PatternMatcher]>([:])

    /// Compiles `pattern`: `.` matches line breaks (single line mode, section 5.6.11); flag `i` ignores case, `m` lets
    /// `^` and `$` match at lines.
    static func of(_ pattern: String, flags: String) throws(FHIRPathFunctionError) -> PatternMatcher {
        let key = flags + "/" + pattern
        if let known = cache.withLock({ $0[key] }) { return known }
        var options: NSRegularExpression.Options = [.dotMatchesLineSeparators]
        for flag in flags {
            switch flag {
            case "i": options.insert(.caseInsensitive)
            case "m": options.insert(.anchorsMatchLines)
            default: throw FHIRPathFunctionError("unknown flag \(flag): known are i and m")
            }
        }
        guard let expression = try? NSRegularExpression(pattern: pattern, options: options) else {
            throw FHIRPathFunctionError("write \\ as \\\\ within a FHIRPath text, and close brackets")
        }
        let matcher = PatternMatcher(expression: expression)
        cache.withLock { table in
            if table.count > 512 { table.removeAll() }
            table[key] = matcher
        }
        return matcher
    }

    private func range(_ text: String) -> NSRange { NSRange(location: 0, length: text.utf16.count) }

    /// Reports of progress (one in some ten thousand steps) after which a match is given up: most of a second. Nested
    /// repetitions such as `(a+)+$` would otherwise take longer than anybody lives. Foundation itself stops at some four
    /// thousand and then says that nothing matches, which nobody knows.
    private static let maximumReports = 2500

    /// The first or all matches.
    private func matches(
        in text: String, options: NSRegularExpression.MatchingOptions = [], onlyFirst: Bool
    ) throws(FHIRPathFunctionError) -> [NSTextCheckingResult] {
        var found: [NSTextCheckingResult] = []
        var reports = 0
        var isExhausted = false
        let options = options.union([.reportProgress, .reportCompletion])
        expression.enumerateMatches(in: text, options: options, range: range(text)) { match, flags, stop in
            if flags.contains(.internalError) { isExhausted = true }
            if let match {
                found.append(match)
                if onlyFirst { stop.pointee = true }
            } else {
                reports += 1
                if reports > Self.maximumReports { stop.pointee = true }
            }
        }
        guard reports <= Self.maximumReports, !isExhausted else {
            throw FHIRPathFunctionError(
                "the pattern '\(expression.pattern)' takes too \(isExhausted ? "much memory" : "long") on this text",
                remedy: "avoid repetitions of repetitions, such as (a+)+")
        }
        return found
    }

    /// Whether a part of the text matches.
    func isFound(in text: String) throws(FHIRPathFunctionError) -> Bool {
        try !matches(in: text, onlyFirst: true).isEmpty
    }

    /// Whether the whole text matches.
    func isWhole(_ text: String) throws(FHIRPathFunctionError) -> Bool {
        let all = range(text)
        // A shorter alternative may match first: then only an anchored expression can tell.
        if let match = try matches(in: text, options: .anchored, onlyFirst: true).first, match.range == all {
            return true
        }
        guard let whole = try? Self.of("(?:\(expression.pattern))\\z", flags: flags) else { return false }
        return try !whole.matches(in: text, options: .anchored, onlyFirst: true).isEmpty
    }

    private var flags: String {
        (expression.options.contains(.caseInsensitive) ? "i" : "")
            + (expression.options.contains(.anchorsMatchLines) ? "m" : "")
    }

    /// Replaces all matches; the substitution may name groups as `$1`, `${1}` or `${name}`.
    func replacing(in text: String, with substitution: String) throws(FHIRPathFunctionError) -> String {
        let source = text as NSString
        var result = ""
        var last = 0
        for match in try matches(in: text, onlyFirst: false) {
            result += source.substring(with: NSRange(location: last, length: match.range.location - last))
            result += expanded(substitution, match, source)
            last = match.range.location + match.range.length
        }
        return result + source.substring(from: last)
    }

    private func expanded(_ substitution: String, _ match: NSTextCheckingResult, _ source: NSString) -> String {
        guard substitution.contains("$") || substitution.contains("\\") else { return substitution }
        var result = ""
        var rest = Substring(substitution)
        func group(_ range: NSRange) -> String { range.location == NSNotFound ? "" : source.substring(with: range) }
        while let character = rest.popFirst() {
            if character == "\\", let next = rest.popFirst() {
                result.append(next)
            } else if character == "$", rest.first == "{", let close = rest.firstIndex(of: "}") {
                let name = String(rest[rest.index(after: rest.startIndex)..<close])
                rest = rest[rest.index(after: close)...]
                if let number = Int(name) {
                    if number < match.numberOfRanges { result += group(match.range(at: number)) }
                } else {
                    result += group(match.range(withName: name))
                }
            } else if character == "$", let digit = rest.first?.wholeNumberValue, rest.first?.isASCII == true {
                rest.removeFirst()
                if digit < match.numberOfRanges { result += group(match.range(at: digit)) }
            } else {
                result.append(character)
            }
        }
        return result
    }
}

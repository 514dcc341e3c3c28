// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Evaluator {
    /// String functions (section 5.6). Positions count Unicode scalars.
    func text(_ call: Call) throws(FHIRPathError) -> [Item] {
        if call.function == .join { return try joined(call) }
        guard let text = try string(call.focus, "\(call.name)()", at: call.offset) else { return [] }
        switch call.function {
        case .length: return [.integer(Int64(text.unicodeScalars.count))]
        case .upper: return [.string(text.uppercased())]
        case .lower: return [.string(text.lowercased())]
        case .toChars: return text.unicodeScalars.map { .string(String($0)) }
        case .trim: return [.string(text.trimmingCharacters(in: .whitespacesAndNewlines))]
        case .substring: return try substring(text, call)
        case .matches, .matchesFull, .replaceMatches: return try regularExpression(text, call)
        default: break
        }
        guard let argument = try stringArgument(call, 0) else { return [] }
        switch call.function {
        case .startsWith: return [.boolean(argument.isEmpty || text.utf8.starts(with: argument.utf8))]
        case .endsWith:
            return [.boolean(argument.isEmpty || text.utf8.reversed().starts(with: argument.utf8.reversed()))]
        case .contains: return [.boolean(argument.isEmpty || Self.place(of: argument, in: text) != nil)]
        case .indexOf:
            return [.integer(argument.isEmpty ? 0 : Self.place(of: argument, in: text).map(Int64.init) ?? -1)]
        case .lastIndexOf:
            if argument.isEmpty { return [.integer(Int64(text.unicodeScalars.count))] }
            guard let range = text.range(of: argument, options: [.backwards, .literal]) else { return [.integer(-1)] }
            return [.integer(Int64(text.unicodeScalars.distance(from: text.startIndex, to: range.lowerBound)))]
        case .replace:
            guard let substitution = try stringArgument(call, 1) else { return [] }
            if argument.isEmpty {
                let parts = text.unicodeScalars.map { String($0) + substitution }
                return [.string(substitution + parts.joined())]
            }
            return [.string(text.replacingOccurrences(of: argument, with: substitution, options: .literal))]
        case .split:
            if argument.isEmpty { return text.unicodeScalars.map { .string(String($0)) } }
            return text.components(separatedBy: argument).map { .string($0) }
        default: return try TextCoding.apply(call.function, argument, text, at: call.offset).map { [.string($0)] } ?? []
        }
    }

    /// The scalar position of `part`.
    private static func place(of part: String, in text: String) -> Int? {
        let wanted = Array(part.utf8)
        let bytes = Array(text.utf8)
        guard wanted.count <= bytes.count else { return nil }
        var scalars = 0
        for start in 0...(bytes.count - wanted.count) {
            // Continuation bytes are no starts of scalars.
            if bytes[start] & 0xC0 == 0x80 { continue }
            if bytes[start] == wanted[0], bytes[start..<start + wanted.count].elementsEqual(wanted) { return scalars }
            scalars += 1
        }
        return nil
    }

    private func joined(_ call: Call) throws(FHIRPathError) -> [Item] {
        let separator = call.arguments.isEmpty ? "" : try stringArgument(call, 0) ?? ""
        if call.focus.isEmpty { return [] }
        var parts: [String] = []
        for item in call.focus {
            guard let part = try string([item], "join()", at: call.offset) else { continue }
            parts.append(part)
        }
        return [.string(parts.joined(separator: separator))]
    }

    private func substring(_ text: String, _ call: Call) throws(FHIRPathError) -> [Item] {
        guard let start = try integerArgument(call, 0) else { return [] }
        let scalars = text.unicodeScalars
        guard start >= 0,
            let from = scalars.index(scalars.startIndex, offsetBy: Int(start), limitedBy: scalars.endIndex),
            from < scalars.endIndex
        else { return [] }
        if call.arguments.count > 1, let length = try integerArgument(call, 1) {
            guard length > 0 else { return [.string("")] }
            let to = scalars.index(from, offsetBy: Int(length), limitedBy: scalars.endIndex) ?? scalars.endIndex
            return [.string(String(scalars[from..<to]))]
        }
        return [.string(String(scalars[from...]))]
    }

    private func regularExpression(_ text: String, _ call: Call) throws(FHIRPathError) -> [Item] {
        guard let pattern = try stringArgument(call, 0) else { return [] }
        var substitution = ""
        if call.function == .replaceMatches {
            guard let found = try stringArgument(call, 1) else { return [] }
            substitution = found
            if pattern.isEmpty { return [.string(text)] }
        }
        let flagsIndex = call.function == .replaceMatches ? 2 : 1
        let flags = call.arguments.count > flagsIndex ? try stringArgument(call, flagsIndex) ?? "" : ""
        let matcher: PatternMatcher
        do {
            matcher = try PatternMatcher.of(pattern, flags: flags)
        } catch {
            throw FHIRPathError(
                .execution, "\(call.name)(): '\(pattern)' is no regular expression", remedy: error.message,
                at: call.offset, length: call.name.utf8.count)
        }
        switch call.function {
        case .matches: return [.boolean(matcher.isFound(in: text))]
        case .matchesFull: return [.boolean(matcher.isWhole(text))]
        default: return [.string(matcher.replacing(in: text, with: substitution))]
        }
    }
}

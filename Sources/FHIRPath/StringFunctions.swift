// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Evaluator {
    /// String functions (section 5.6). Positions count Unicode scalars.
    func text(_ call: Call) throws(FHIRPathError) -> Items {
        if call.function == .join { return try joined(call) }
        guard let text = try string(call.focus, "\(call.name)()", at: call.offset) else { return .none }
        switch call.function {
        case .length: return .one(.integer(Int64(text.unicodeScalars.count)))
        case .upper: return .one(.string(text.uppercased()))
        case .lower: return .one(.string(text.lowercased()))
        case .toChars: return Items(text.unicodeScalars.map { .string(String($0)) })
        case .trim: return .one(.string(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        case .substring: return try substring(text, call)
        case .matches, .matchesFull, .replaceMatches: return try regularExpression(text, call)
        default: break
        }
        guard let argument = try stringArgument(call, 0) else { return .none }
        // Searching costs the product in the worst case.
        try charge(text.utf8.count * argument.utf8.count / 64, at: call.offset)
        switch call.function {
        case .startsWith: return .one(.boolean(argument.isEmpty || text.utf8.starts(with: argument.utf8)))
        case .endsWith:
            return .one(.boolean(argument.isEmpty || text.utf8.reversed().starts(with: argument.utf8.reversed())))
        case .contains: return .one(.boolean(argument.isEmpty || Self.place(of: argument, in: text) != nil))
        case .indexOf:
            return .one(.integer(argument.isEmpty ? 0 : Self.place(of: argument, in: text).map(Int64.init) ?? -1))
        case .lastIndexOf:
            if argument.isEmpty { return .one(.integer(Int64(text.unicodeScalars.count))) }
            guard let range = text.range(of: argument, options: [.backwards, .literal]) else {
                return .one(.integer(-1))
            }
            return .one(.integer(Int64(text.unicodeScalars.distance(from: text.startIndex, to: range.lowerBound))))
        case .replace:
            guard let substitution = try stringArgument(call, 1) else { return .none }
            if argument.isEmpty {
                let parts = text.unicodeScalars.map { String($0) + substitution }
                return try made(substitution + parts.joined(), at: call.offset)
            }
            return try made(
                text.replacingOccurrences(of: argument, with: substitution, options: .literal), at: call.offset)
        case .split:
            if argument.isEmpty { return Items(text.unicodeScalars.map { .string(String($0)) }) }
            return Items(text.components(separatedBy: argument).map { .string($0) })
        default: return Items(try TextCoding.apply(call.function, argument, text, at: call.offset).map { .string($0) })
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

    private func joined(_ call: Call) throws(FHIRPathError) -> Items {
        let separator = call.arguments.isEmpty ? "" : try stringArgument(call, 0) ?? ""
        if call.focus.isEmpty { return .none }
        var parts: [String] = []
        for item in call.focus {
            guard let part = try string(.one(item), "join()", at: call.offset) else { continue }
            parts.append(part)
        }
        return try made(parts.joined(separator: separator), at: call.offset)
    }

    private func substring(_ text: String, _ call: Call) throws(FHIRPathError) -> Items {
        guard let start = try integerArgument(call, 0) else { return .none }
        let scalars = text.unicodeScalars
        guard start >= 0,
            let from = scalars.index(scalars.startIndex, offsetBy: Int(start), limitedBy: scalars.endIndex),
            from < scalars.endIndex
        else { return .none }
        if call.arguments.count > 1, let length = try integerArgument(call, 1) {
            guard length > 0 else { return .one(.string("")) }
            let to = scalars.index(from, offsetBy: Int(length), limitedBy: scalars.endIndex) ?? scalars.endIndex
            return .one(.string(String(scalars[from..<to])))
        }
        return .one(.string(String(scalars[from...])))
    }

    private func regularExpression(_ text: String, _ call: Call) throws(FHIRPathError) -> Items {
        guard let pattern = try stringArgument(call, 0) else { return .none }
        var substitution = ""
        if call.function == .replaceMatches {
            guard let found = try stringArgument(call, 1) else { return .none }
            substitution = found
            if pattern.isEmpty { return .one(.string(text)) }
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
        let replaced: String
        do throws(FHIRPathFunctionError) {
            switch call.function {
            case .matches: return .one(.boolean(try matcher.isFound(in: text)))
            case .matchesFull: return .one(.boolean(try matcher.isWhole(text)))
            default: replaced = try matcher.replacing(in: text, with: substitution)
            }
        } catch {
            throw FHIRPathError(
                .limit, "\(call.name)(): \(error.message)", remedy: error.remedy, at: call.offset,
                length: call.name.utf8.count)
        }
        return try made(replaced, at: call.offset)
    }
}

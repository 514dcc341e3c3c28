// SPDX-License-Identifier: Apache-2.0

package import Value
internal import World

/// Whether a value or an event fits, and if not, why.
package enum MatchResult: Sendable, Hashable {
    case match
    /// `expected …, was …`.
    case miss(why: String)

    package var isMatch: Bool { self == .match }
}

extension Matcher {
    /// Nil stands for an absent field; null counts as absent.
    package func explain(_ value: Value?, resolving resolver: TemplateResolver) -> MatchResult {
        let value = value?.isNull == true ? nil : value
        do {
            if try holds(value, resolver) { return .match }
            if let difference = try firstDifference(value, resolver) { return .miss(why: difference) }
            return .miss(why: "expected \(try wanted(resolver)), was \(Self.shown(value))")
        } catch {
            return .miss(why: error.description)
        }
    }

    /// What it wants, in words: for "expected".
    package func expectation(resolving resolver: TemplateResolver) -> String {
        do { return try wanted(resolver) } catch { return text }
    }

    // MARK: Deciding

    private func holds(_ value: Value?, _ resolver: TemplateResolver) throws(ReferenceError) -> Bool {
        switch self {
        case .equals(let template):
            guard let value else { return false }
            return Self.equal(value, try resolver.resolve(template))
        case .isNot(let inner): return try !inner.holds(value, resolver)
        case .oneOf(let options):
            for option in options where try option.holds(value, resolver) { return true }
            return false
        case .allOf(let parts):
            for part in parts where try !part.holds(value, resolver) { return false }
            return true
        case .contains(let template):
            let wanted = try resolver.resolve(template)
            if case .array(let items)? = value { return items.contains { Self.equal($0, wanted) } }
            guard let text = value?.scalarText, let part = wanted.scalarText else { return false }
            return part.isEmpty || text.firstRange(of: part) != nil
        case .matches(let pattern):
            guard let text = value?.scalarText else { return false }
            return LinearPattern.cached(pattern)?.matches(text) ?? false
        case .atLeast(let bound): return try compare(value, bound, resolver) { $0 >= 0 }
        case .atMost(let bound): return try compare(value, bound, resolver) { $0 <= 0 }
        case .absent: return value == nil
        case .present: return value != nil
        case .each(let inner):
            guard case .array(let items)? = value else { return false }
            for item in items where try !inner.holds(item, resolver) { return false }
            return true
        case .some(let inner):
            guard case .array(let items)? = value else { return false }
            for item in items where try inner.holds(item, resolver) { return true }
            return false
        case .ordered(let wanted):
            guard case .array(let items)? = value, items.count == wanted.count else { return false }
            for (item, matcher) in zip(items, wanted) where try !matcher.holds(item, resolver) { return false }
            return true
        case .unordered(let wanted):
            guard case .array(let items)? = value, items.count == wanted.count else { return false }
            var fits: [[Bool]] = []
            for matcher in wanted {
                var row: [Bool] = []
                for item in items { row.append(try matcher.holds(item, resolver)) }
                fits.append(row)
            }
            return Pairing.isComplete(fits)
        case .members(let wanted):
            guard case .object(let members)? = value else { return false }
            for member in wanted {
                let inner = members[member.field].flatMap { $0.isNull ? nil : $0 }
                guard try member.matcher.holds(inner, resolver) else { return false }
            }
            return true
        }
    }

    /// Equality as a reader means it: numbers by value, instants by the time they name, all else as text.
    private static func equal(_ left: Value, _ right: Value) -> Bool {
        if left == right { return true }
        guard let a = left.scalarText, let b = right.scalarText else { return false }
        if a == b { return true }
        if case .number(let number) = left { return Number(literal: b) == number }
        if case .number(let number) = right { return Number(literal: a) == number }
        if let first = Instant(rfc3339: a), let second = Instant(rfc3339: b) { return first == second }
        return false
    }

    /// Numbers by value, instants by time; nothing else can be compared.
    private func compare(
        _ value: Value?, _ bound: Template, _ resolver: TemplateResolver, _ test: (Int) -> Bool
    ) throws(ReferenceError) -> Bool {
        let limit = try resolver.text(bound)
        guard let text = value?.scalarText else { return false }
        if let a = Number(literal: text)?.decimal, let b = Number(literal: limit)?.decimal {
            return test(a < b ? -1 : a > b ? 1 : 0)
        }
        if let a = Instant(rfc3339: text), let b = Instant(rfc3339: limit) { return test(a < b ? -1 : a > b ? 1 : 0) }
        return false
    }

    // MARK: Saying why

    /// Long texts that begin alike would look the same in a sentence.
    private func firstDifference(_ value: Value?, _ resolver: TemplateResolver) throws(ReferenceError) -> String? {
        guard case .equals(let template) = self, case .string(let actual)? = value,
            case .string(let wanted) = try resolver.resolve(template)
        else { return nil }
        return TextDifference.firstDifference(expected: wanted, actual: actual)
    }

    private func wanted(_ resolver: TemplateResolver) throws(ReferenceError) -> String {
        switch self {
        case .equals(let template): return Self.shown(try resolver.resolve(template))
        case .isNot(let inner): return "not " + (try inner.wanted(resolver))
        case .oneOf(let options):
            var words: [String] = []
            for option in options { words.append(try option.wanted(resolver)) }
            return words.joined(separator: " or ")
        case .allOf(let parts):
            var words: [String] = []
            for part in parts { words.append(try part.wanted(resolver)) }
            return words.joined(separator: " and ")
        case .contains(let template): return "something with \(Self.shown(try resolver.resolve(template))) in it"
        case .matches(let pattern): return "text like /\(pattern)/"
        case .atLeast(let bound): return "at least \(try resolver.text(bound))"
        case .atMost(let bound): return "at most \(try resolver.text(bound))"
        case .absent: return "nothing"
        case .present: return "any value"
        case .each(let inner): return "each element \(try inner.wanted(resolver))"
        case .some(let inner): return "some element \(try inner.wanted(resolver))"
        case .ordered(let items): return "the list [\(try Self.words(items, resolver))]"
        case .unordered(let items): return "in any order [\(try Self.words(items, resolver))]"
        case .members(let members):
            var words: [String] = []
            for member in members { words.append("\(member.field): \(try member.matcher.wanted(resolver))") }
            return "{" + words.joined(separator: ", ") + "}"
        }
    }

    private static func words(
        _ matchers: [Matcher], _ resolver: TemplateResolver
    ) throws(ReferenceError) -> String {
        var words: [String] = []
        for matcher in matchers { words.append(try matcher.wanted(resolver)) }
        return words.joined(separator: ", ")
    }

    /// Where a long text differs from the one it should equal; nil for everything else.
    package func difference(from value: Value?, resolving resolver: TemplateResolver) -> String? {
        guard case .equals(let template) = self, let value, let wanted = try? resolver.resolve(template) else {
            return nil
        }
        return TextDifference.describe(expected: wanted, actual: value)
    }

    /// A value in a sentence, cut to a readable length.
    static func shown(_ value: Value?) -> String {
        let text: String
        switch value {
        case nil, .null?: return "absent"
        case .string(let plain)?: text = plain.isEmpty ? "\"\"" : plain
        case .array(let items)?:
            text = "[" + items.prefix(8).map { shown($0) }.joined(separator: ", ") + (items.count > 8 ? ", …]" : "]")
        case .object(let members)?:
            text = "{" + members.prefix(8).map { "\($0.name): \(shown($0.value))" }.joined(separator: ", ") + "}"
        case .bool?, .number?: text = value?.scalarText ?? ""
        }
        return text.count <= 120 ? text : text.prefix(119) + "…"
    }
}

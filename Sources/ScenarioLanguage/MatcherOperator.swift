// SPDX-License-Identifier: Apache-2.0

internal import Trace

/// An operator of matchers, with the fields it is for: the parser reads by it, and the documentation's table is printed from it.
struct MatcherOperator: Sendable {
    let name: String
    let sample: String
    /// Types of fields; empty: any.
    let types: [FieldType]
    let meaning: String

    static func of(_ name: String) -> MatcherOperator? { all.first { $0.name == name } }

    static let all: [MatcherOperator] = [
        .init(name: "not", sample: "{not: m}", types: [], meaning: "whatever `m` does not fit; an absent field too"),
        .init(name: "one-of", sample: "{one-of: [m, n]}", types: [], meaning: "any of them; a plain list is the same"),
        .init(
            name: "all-of", sample: "{all-of: [m, n]}", types: [],
            meaning: "all of them; several keys in one are the same"),
        .init(
            name: "contains", sample: "{contains: x}", types: [.string, .url, .list],
            meaning: "text with `x` in it, a list with the element `x`"),
        .init(
            name: "matches", sample: "{matches: regex}", types: [.string, .url],
            meaning: "text in which the expression is found"),
        .init(name: "at-least", sample: "{at-least: n}", types: [.integer, .instant], meaning: "`n` or more"),
        .init(name: "at-most", sample: "{at-most: n}", types: [.integer, .instant], meaning: "`n` or less"),
        .init(name: "each", sample: "{each: m}", types: [.list], meaning: "every element fits"),
        .init(name: "some", sample: "{some: m}", types: [.list], meaning: "some element fits"),
        .init(name: "list", sample: "{list: [m, n]}", types: [.list], meaning: "just these elements, in this order"),
        .init(
            name: "unordered", sample: "{unordered: [m, n]}", types: [.list],
            meaning: "just these elements, in any order"),
        .init(
            name: "object", sample: "{object: {name: m}}", types: [.object, .list],
            meaning: "such members; others may be there"),
    ]
}

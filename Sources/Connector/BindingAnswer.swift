// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
internal import Markup
internal import Value

/// The last answer of an operation, as conditions and readings see it.
struct BindingAnswer {
    private let walk: Walk
    private let variables: [String: String]
    private let evaluate: BindingExecutor.JSONEvaluator

    init(walk: Walk, variables: [String: String], evaluate: @escaping BindingExecutor.JSONEvaluator) {
        self.walk = walk
        self.variables = variables
        self.evaluate = evaluate
    }

    func holds(_ condition: Condition) throws -> Bool {
        switch condition {
        case .status(let range): return range.contains(walk.status)
        case .xpath(let expression):
            guard let document = try walk.page?.document() else { return false }
            return try document.evaluate(expression, variables: variables).truth
        case .json(let expression):
            guard let json = try? json() else { return false }
            let found = try evaluate(expression, json)
            return !found.isEmpty && found.allSatisfy { $0 != false && !$0.isNull }
        case .all(let conditions): return try conditions.allSatisfy(holds)
        }
    }

    /// The text at an XPath; empty where the answer is no page.
    func text(_ expression: String) throws -> String {
        guard let document = try walk.page?.document() else { return "" }
        let text = try document.evaluate(expression, variables: variables).text
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    func read(_ readings: [Reading]) throws -> Members {
        var values = Members()
        for reading in readings {
            let value = try value(of: reading.source)
            values[reading.name] = reading.words.isEmpty ? value : Self.said(value, in: reading.words)
        }
        return values
    }

    private func value(of source: Reading.Source) throws -> Value {
        switch source {
        case .text(let expression): return .string(try text(expression))
        case .each(let expression, let fields): return .array(try each(expression, fields))
        case .json(let expression, let single, let fields):
            let found = try evaluate(expression, try json()).map { try renamed($0, fields) }
            return single ? found.first ?? .null : .array(found)
        case .header(let name): return Value(walk.headers[name])
        case .url: return .string(walk.handoff ?? walk.url)
        }
    }

    /// An object of the fields that were asked for; where none were, all there is.
    private func renamed(_ value: Value, _ fields: [(name: String, expression: String)]) throws -> Value {
        guard !fields.isEmpty else { return value }
        var members = Members()
        for field in fields { members[field.name] = try evaluate(field.expression, value).first }
        return .object(members)
    }

    /// The value with each text that is one of the connector's own words in the scenarios' words.
    private static func said(_ value: Value, in words: [String: String]) -> Value {
        switch value {
        case .string(let text): .string(words[text] ?? text)
        case .array(let items): .array(items.map { said($0, in: words) })
        case .object(let members): .object(Members(members.map { ($0.name, said($0.value, in: words)) }))
        default: value
        }
    }

    private func each(_ expression: String, _ fields: [(name: String, expression: String)]) throws -> [Value] {
        guard let document = try walk.page?.document() else { return [] }
        return try document.evaluate(expression, variables: variables).nodes.map { node in
            guard !fields.isEmpty else {
                let text = try document.evaluate("string(.)", at: node, variables: variables).text
                return .string(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
            }
            var members = Members()
            for field in fields {
                let text = try document.evaluate(field.expression, at: node, variables: variables).text
                members[field.name] = .string(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
            }
            return .object(members)
        }
    }

    private func json() throws -> Value { try Value.parseJSON(walk.body) }
}

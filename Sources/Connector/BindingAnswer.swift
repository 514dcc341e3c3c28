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
            switch reading.source {
            case .text(let expression): values[reading.name] = .string(try text(expression))
            case .each(let expression, let fields): values[reading.name] = .array(try each(expression, fields))
            case .json(let expression, let single):
                let found = try evaluate(expression, try json())
                values[reading.name] = single ? found.first ?? .null : .array(found)
            case .header(let name): values[reading.name] = Value(walk.headers[name])
            case .url: values[reading.name] = .string(walk.handoff ?? walk.url)
            }
        }
        return values
    }

    private func each(_ expression: String, _ fields: [(name: String, expression: String)]) throws -> [Value] {
        guard let document = try walk.page?.document() else { return [] }
        return try document.evaluate(expression, variables: variables).nodes.map { node in
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

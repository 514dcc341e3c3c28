// SPDX-License-Identifier: Apache-2.0

internal import Trace

/// The tables of the documentation, printed from what the parser itself uses.
package enum VocabularyDocument {
    /// `docs/events.md`, whole.
    package static var events: String {
        var lines = [
            "# Events", "",
            "Every kind of event a trace can hold: scenarios match them, mocks emit them, the judge reads them. This file is",
            "printed from `Sources/Trace/EventVocabulary.swift`; a test fails when the two differ.", "",
            "Beside its own fields every event has `seq` (its place in the trace), `at` (wall clock), `clock` (the world's",
            "clock), `cause` (what the world was last made to do, for example `visit.booked` or `clock`) and `party`.",
            "",
            "A type in brackets after a field: `person`, `appointment` and `base` are aliases of the scenario's world,",
            "`instant` is RFC 3339.",
        ]
        for type in EventVocabulary.types {
            lines += ["", "## `\(type.kind)`", "", "\(type.meaning) From: \(type.emitter.rawValue)."]
            if type.fields.isEmpty { continue }
            lines += ["", "| field | type | words |", "|---|---|---|"]
            for field in type.fields {
                let words = field.words.map { "`\($0)`" }.joined(separator: ", ")
                lines.append("| `\(field.name)` | \(field.type.rawValue) | \(words) |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The verbs as a table.
    package static var verbs: String {
        let head = ["| verb | who | what stands behind it | keys | ends in | meaning |", "|---|---|---|---|---|---|"]
        let rows = VerbRule.all.map { rule in
            let keys = rule.keys.map { "`\($0)`" }.joined(separator: ", ")
            let event = rule.event.map { "`\($0)`" } ?? ""
            let cells = [
                "`\(rule.verb.rawValue)`", rule.subjectText, rule.objectText, keys, event, rule.meaning,
            ]
            return "| " + cells.joined(separator: " | ") + " |"
        }
        return (head + rows).joined(separator: "\n")
    }

    /// The kinds of steps as a table.
    package static var steps: String { table("step", StepRules.all) }

    /// The kinds of items under `always` as a table.
    package static var invariants: String { table("item", InvariantRules.all) }

    private static func table(_ title: String, _ rules: [ItemRule]) -> String {
        let head = ["| \(title) | keys of the language | meaning |", "|---|---|---|"]
        let rows = rules.map { rule in
            "| `\(rule.sample)` | \(rule.keys.map { "`\($0)`" }.joined(separator: ", ")) | \(rule.meaning) |"
        }
        return (head + rows).joined(separator: "\n")
    }

    /// The operators of matchers as a table.
    package static var matchers: String {
        let head = ["| operator | for fields | fits |", "|---|---|---|"]
        let rows = MatcherOperator.all.map { rule in
            let types = rule.types.isEmpty ? "any" : rule.types.map(\.rawValue).joined(separator: ", ")
            return "| `\(rule.sample)` | \(types) | \(rule.meaning) |"
        }
        return (head + rows).joined(separator: "\n")
    }

    /// The operations as a table.
    package static var operations: String {
        let head = ["| operation | arguments under `with` | values | meaning |", "|---|---|---|---|"]
        return
            (head
            + OperationVocabulary.types.map { type in
                let arguments = type.arguments.map { "`\($0.name)`" + ($0.isRequired ? "" : "?") }.joined(
                    separator: ", ")
                let values = type.values.map { "`\($0)`" }.joined(separator: ", ")
                return "| `\(type.name)` | \(arguments) | \(values) | \(type.meaning) |"
            }).joined(separator: "\n")
    }
}

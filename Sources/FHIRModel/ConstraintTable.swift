// SPDX-License-Identifier: Apache-2.0

import FHIRPath

/// The constraints and required codes of R4, read and parsed at first use.
struct ConstraintTable: Sendable {
    struct Rule: Sendable {
        let constraint: Constraint
        let expression: Expression
    }

    let rules: [String: Rule]
    /// Codes by system, by the last part of the value set's address. Sets of outside code systems are absent.
    let codes: [String: [String: Set<String>]]

    static let r4 = ConstraintTable()

    /// Keys whose expression could not be parsed.
    let unreadable: [String]

    /// Published expressions that contradict their own sentence or value set.
    private static let corrections: [String: (wrong: String, right: String)] = [
        // The code of the value set is `noshow`; both spellings are let through.
        "app-4": ("'no-show'", "'no-show' or Appointment.status='noshow'"),
        // `as` takes one item; what is meant is a filter, as the later releases write it.
        "dom-3": (".as(", ".ofType("),
    ]

    private init() {
        var sentences: [String: String] = [:]
        var rows: [(key: String, isError: Bool, expression: String)] = []
        R4Tables.forEachLine(R4Tables.constraints) { fields in
            if fields[0] == "H" {
                sentences[String(fields[1])] = String(fields[2])
            } else {
                rows.append((String(fields[1]), fields[2] == "error", String(fields[3])))
            }
        }
        var rules: [String: Rule] = [:]
        var unreadable: [String] = []
        for row in rows {
            var text = row.expression
            if let correction = Self.corrections[row.key] {
                text = text.replacing(correction.wrong, with: correction.right)
            }
            // The number behind # only tells rules of one key apart.
            let key = String(row.key.prefix { $0 != "#" })
            guard let expression = try? Expression(parsing: text) else {
                unreadable.append(row.key)
                continue
            }
            rules[row.key] = Rule(
                constraint: Constraint(
                    key: key, isError: row.isError, expression: text, sentence: sentences[row.key] ?? text),
                expression: expression)
        }
        self.rules = rules
        self.unreadable = unreadable
        var codes: [String: [String: Set<String>]] = [:]
        R4Tables.forEachLine(R4Tables.codes) { fields in
            codes[String(fields[1]), default: [:]][String(fields[2]), default: []]
                .formUnion(fields[3].split(separator: ",").map(String.init))
        }
        self.codes = codes
    }
}

extension FHIRTypeModel {
    /// Keys of published constraints that are no FHIRPath; they are not checked.
    package static var unreadableConstraints: [String] { ConstraintTable.r4.unreadable }
}

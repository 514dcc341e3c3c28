// SPDX-License-Identifier: Apache-2.0

import Ledger
import Value

/// `assay requirements --statements`: every statement of the source pages.
struct StatementIndex {
    private let statements: [Statement]
    private let profile: String?

    /// - Parameter profile: only what its pages say.
    init(_ ledger: Ledger, profile: String?) {
        let pages = profile.flatMap { ledger.profile($0) }.map { Set($0.sources) }
        statements = ledger.statements.filter { statement in
            pages.map { !$0.isDisjoint(with: statement.pages) } ?? true
        }
        self.profile = profile
    }

    func print(json: Bool) {
        if json {
            let answer: Value = ["profile": Value(profile), "statements": .array(statements.map(Self.value))]
            return Console.print(answer.json(pretty: true))
        }
        var section = ""
        for statement in statements {
            let place = "\(statement.pages.map(\.rawValue).joined(separator: " ")), \(statement.section)"
            if place != section { Console.print(Console.bold(place)) }
            section = place
            Console.print("  \(statement.id)  \(statement.says)")
            switch statement.judged {
            case .by(let rows): Console.print("      judged by \(rows.joined(separator: ", "))")
            case .not(let reason): Console.print("      not judged: \(reason)")
            }
        }
        let open = statements.count { $0.rows.isEmpty }
        Console.print("\(statements.count) statements, \(statements.count - open) judged by rows, \(open) not judged")
    }

    private static func value(_ statement: Statement) -> Value {
        var members: Members = [
            "id": .string(statement.id), "pages": .array(statement.pages.map { .string($0.rawValue) }),
            "section": .string(statement.section), "says": .string(statement.says),
            "rows": .array(statement.rows.map { .string($0) }),
        ]
        if case .not(let reason) = statement.judged { members["not-judged"] = .string(reason) }
        return .object(members)
    }
}

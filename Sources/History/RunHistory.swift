// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import GRDB
package import Value

/// Why the history could not be opened or written.
package struct HistoryError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package let remedy: String
    package var description: String { "\(message)\n  = \(remedy)" }
}

/// Results of past runs in a SQLite file: what stays when run folders are cleared away.
package final class RunHistory: Sendable {
    private let database: DatabaseQueue

    /// Opens the file, or makes it. Throws a `HistoryError`.
    package init(file: URL) throws {
        do {
            database = try DatabaseQueue(path: file.path)
            try Self.migrator.migrate(database)
        } catch {
            throw HistoryError(
                message: "The history \(file.path) cannot be opened: \(error).",
                remedy: "Name another file with --database, or remove this one.")
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.create(table: "run") { table in
                table.primaryKey("id", .text)
                for column in ["folder", "started", "suite", "deployment", "connector", "defects", "verdict"] {
                    table.column(column, .text).notNull()
                }
                table.column("profile", .text)
                table.column("seconds", .double).notNull()
                table.column("scenarios", .integer).notNull()
                table.column("checks", .integer).notNull()
                table.column("failed", .integer).notNull()
            }
            try database.create(table: "check") { table in
                table.column("run", .text).notNull().indexed().references("run", onDelete: .cascade)
                table.column("name", .text).notNull()
                table.column("verdict", .text).notNull()
                table.column("reason", .text)
                table.primaryKey(["run", "name"])
            }
        }
        return migrator
    }

    /// Takes a run in, once: `id` is the digest of its results.
    /// - Parameter results: The content of its `results.json`.
    /// - Returns: Whether it was new.
    package func add(_ results: Value, id: String, folder: String) throws -> Bool {
        try database.write { database in
            let isKnown = try Bool.fetchOne(
                database, sql: "SELECT EXISTS(SELECT 1 FROM run WHERE id = ?)", arguments: [id])
            guard isKnown != true else { return false }
            let counts = results["counts"]
            try database.execute(
                sql: """
                    INSERT INTO run (id, folder, started, suite, deployment, connector, defects, verdict, profile, seconds,
                        scenarios, checks, failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, folder, results["started"]?.string ?? "", results["suite-version"]?.string ?? "",
                    results["deployment"]?.string ?? "", results["connector"]?.string ?? "",
                    (results["defects"]?.array ?? []).compactMap(\.string).joined(separator: " "),
                    results["verdict"]?.string ?? "", results["profile"]?.string, results["seconds"]?.double ?? 0,
                    counts?["scenarios"]?.int ?? 0, counts?["checks"]?.int ?? 0, counts?["fail"]?.int ?? 0,
                ])
            for (name, check) in Self.checks(of: results) {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO \"check\" (run, name, verdict, reason) VALUES (?, ?, ?, ?)",
                    arguments: [id, name, check["verdict"]?.string ?? "", check["reason"]?.string])
            }
            return true
        }
    }

    /// The latest runs, latest first.
    /// - Parameter deployment: Those of one deployment alone; nil is all.
    package func runs(last limit: Int, deployment: String? = nil) throws -> [PastRun] {
        try database.read { database in
            try PastRun.fetchAll(
                database,
                sql: "SELECT * FROM run WHERE ? IS NULL OR deployment = ? ORDER BY started DESC, id LIMIT ?",
                arguments: [deployment, deployment, limit])
        }
    }

    /// How each check fared over `runs`. Only runs of one kind (deployment, connector, suite, defects) are held against each
    /// other, so that a mended connector is no flake.
    package func trends(over runs: [PastRun]) throws -> [CheckTrend] {
        let rows = try database.read { database in
            try runs.map { run in
                try Row.fetchAll(
                    database, sql: "SELECT name, verdict FROM \"check\" WHERE run = ?", arguments: [run.id]
                ).map { (name: $0["name"] as String, verdict: $0["verdict"] as String) }
            }
        }
        var trends: [String: CheckTrend] = [:]
        // Oldest first: a trend reads from left to right.
        for (run, checks) in zip(runs, rows).reversed() {
            for check in checks {
                trends[check.name, default: CheckTrend(name: check.name)].add(check.verdict, kind: run.kind)
            }
        }
        return trends.values.sorted { $0.name < $1.name }
    }

    private static func checks(of results: Value) -> [(String, Value)] {
        let scenarios = (results["scenarios"]?.array ?? []).flatMap { scenario in
            (scenario["checks"]?.array ?? []).map {
                ("\(scenario["id"]?.string ?? "")/\($0["check"]?.string ?? "")", $0)
            }
        }
        return scenarios + (results["run-checks"]?.array ?? []).map { ("run/\($0["check"]?.string ?? "")", $0) }
    }
}

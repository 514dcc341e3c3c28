// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

extension Store {
    /// Puts a job in the queue, or moves it if it is there.
    func schedule(_ kind: JobKind, key: String, tenant: String, due: Date) async throws {
        try await write { try Self.schedule(kind, key: key, tenant: tenant, due: due, in: $0) }
    }

    /// The same inside a transaction, so that work and the fact that caused it are stored together.
    static func schedule(_ kind: JobKind, key: String, tenant: String, due: Date, in database: Database) throws {
        try add(kind, key: key, tenant: tenant, due: due, or: "REPLACE", in: database)
    }

    private static func add(
        _ kind: JobKind, key: String, tenant: String, due: Date, or conflict: String, in database: Database
    ) throws {
        let columns = "(tenant, kind, key, due, attempts, revision) VALUES (?, ?, ?, ?, 0, ?)"
        try database.cachedStatement(sql: "INSERT OR \(conflict) INTO job \(columns)")
            .execute(arguments: [tenant, kind, key, due.timeIntervalSince1970, Secret.token(bytes: 8)])
    }

    /// The same unless it is there already.
    func scheduleOnce(_ kind: JobKind, key: String, tenant: String, due: Date) async throws {
        try await write { try Self.add(kind, key: key, tenant: tenant, due: due, or: "IGNORE", in: $0) }
    }

    func cancel(_ kind: JobKind, key: String, tenant: String) async throws {
        try await write {
            try $0.cachedStatement(sql: "DELETE FROM job WHERE tenant = ? AND kind = ? AND key = ?")
                .execute(arguments: [tenant, kind, key])
        }
    }

    /// The first that is due; of those due together, by kind.
    func nextJob(tenant: String, backwards: Bool = false) async throws -> JobRow? {
        // Asked for at each look at a clock: prepared once.
        let sql = "SELECT * FROM job WHERE tenant = ? ORDER BY due, kind \(backwards ? "DESC" : "ASC") LIMIT 1"
        return try await read {
            try JobRow.fetchOne($0, SQLRequest<JobRow>(sql: sql, arguments: [tenant], cached: true))
        }
    }

    func tenantsWithJobs() async throws -> [String] {
        try await read { try String.fetchAll($0, sql: "SELECT DISTINCT tenant FROM job") }
    }

    /// Removes or postpones a job that has run, unless it was scheduled anew meanwhile.
    func finish(_ job: JobRow, again due: Date?) async throws {
        let mine = "WHERE tenant = ? AND kind = ? AND key = ? AND revision = ?"
        let names: StatementArguments = [job.tenant, job.kind, job.key, job.revision]
        try await write { database in
            guard let due else {
                return try database.cachedStatement(sql: "DELETE FROM job \(mine)").execute(arguments: names)
            }
            try database.cachedStatement(sql: "UPDATE job SET due = ?, attempts = attempts + 1 \(mine)")
                .execute(arguments: [due.timeIntervalSince1970] + names)
        }
    }

    func clocks() async throws -> [String: Date] {
        try await read { database in
            let rows = try GRDB.Row.fetchAll(database, sql: "SELECT tenant, now FROM clock")
            return Dictionary(
                uniqueKeysWithValues: rows.map { ($0["tenant"], Date(timeIntervalSince1970: $0["now"])) })
        }
    }

    func save(now: Date, tenant: String) async throws {
        try await write {
            try $0.cachedStatement(sql: "INSERT OR REPLACE INTO clock (tenant, now) VALUES (?, ?)")
                .execute(arguments: [tenant, now.timeIntervalSince1970])
        }
    }
}

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
        try JobRow(
            tenant: tenant, kind: kind, key: key, due: due.timeIntervalSince1970, attempts: 0,
            revision: Secret.token(bytes: 8)
        ).save(database)
    }

    /// The same unless it is there already.
    func scheduleOnce(_ kind: JobKind, key: String, tenant: String, due: Date) async throws {
        try await write { database in
            guard try JobRow.filter(Self.isJob(kind, key, tenant)).isEmpty(database) else { return }
            try Self.schedule(kind, key: key, tenant: tenant, due: due, in: database)
        }
    }

    func cancel(_ kind: JobKind, key: String, tenant: String) async throws {
        _ = try await write { try JobRow.filter(Self.isJob(kind, key, tenant)).deleteAll($0) }
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
            try $0.execute(
                sql: "INSERT OR REPLACE INTO clock (tenant, now) VALUES (?, ?)",
                arguments: [tenant, now.timeIntervalSince1970])
        }
    }

    private static func isJob(_ kind: JobKind, _ key: String, _ tenant: String) -> SQLExpression {
        Column("tenant") == tenant && Column("kind") == kind.rawValue && Column("key") == key
    }
}

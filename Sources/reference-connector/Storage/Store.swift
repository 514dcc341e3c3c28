// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// The connector's only durable state: one SQLite database in the region's folder.
struct Store: Sendable {
    let database: DatabaseQueue

    init(folder: URL, behaviour: Behaviour) throws {
        let inner = behaviour.has(.otherStorage) ? folder.appending(path: "state") : folder
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        var configuration = GRDB.Configuration()
        // Whoever reads the file meanwhile (a backup, evidence) keeps the log from being emptied for that moment.
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON")
        }
        let name = behaviour.has(.otherStorage) ? "state/visits.db" : "connector.sqlite"
        if !behaviour.has(.otherStorage) { configuration.journalMode = .wal }
        database = try DatabaseQueue(path: folder.appending(path: name).path, configuration: configuration)
        try Schema.migrator.migrate(database)
    }

    // Both work on the caller's thread: what is asked for takes microseconds, handing it to another thread takes longer.
    // Asynchronous for their callers, who are not to count on that.

    func read<T: Sendable>(_ body: @Sendable (Database) throws -> T) async throws -> T {
        try readHere(body)
    }

    func write<T: Sendable>(_ body: @Sendable (Database) throws -> T) async throws -> T {
        try writeHere(body)
    }

    /// One connection serves everybody in turn: nothing is written meanwhile, with or without a transaction.
    private func readHere<T>(_ body: (Database) throws -> T) throws -> T { try database.unsafeRead(body) }

    private func writeHere<T>(_ body: (Database) throws -> T) throws -> T { try database.write(body) }

    /// Rows that are asked for again and again: the statement is prepared once, which costs more than running it.
    static func rows<R: Row>(
        _ condition: String, order: String? = nil, _ arguments: StatementArguments
    ) -> SQLRequest<R> {
        SQLRequest(
            sql: "SELECT * FROM \(R.databaseTableName) WHERE \(condition)" + (order.map { " ORDER BY \($0)" } ?? ""),
            arguments: arguments, cached: true)
    }

    // MARK: Bases

    func bases(tenant: String) async throws -> [BaseRow] {
        try await read { try Self.rows("tenant = ?", order: "createdAt", [tenant]).fetchAll($0) }
    }

    func base(id: String) async throws -> BaseRow? { try await read { try Self.rows("id = ?", [id]).fetchOne($0) } }

    func base(url: String) async throws -> BaseRow? {
        try await read { try Self.rows("url = ?", [url]).fetchOne($0) }
    }

    func base(record: String) async throws -> BaseRow? {
        try await read {
            try Self.rows("providerRecord = ? OR patientRecord = ?", [record, record]).fetchOne($0)
        }
    }

    func save(_ base: BaseRow) async throws { try await write { try base.save($0) } }

    // MARK: Visits

    func visit(id: String) async throws -> VisitRow? {
        try await read { try Self.rows("id = ?", [id]).fetchOne($0) }
    }

    func visit(base: String, appointment: String) async throws -> VisitRow? {
        try await read { try Self.rows("base = ? AND appointment = ?", [base, appointment]).fetchOne($0) }
    }

    func visits(tenant: String) async throws -> [VisitRow] {
        try await read { try Self.rows("tenant = ?", order: "startsAt", [tenant]).fetchAll($0) }
    }

    func attendees(visit: String) async throws -> [AttendeeRow] {
        try await read { try Self.rows("visit = ?", order: "joinedAt", [visit]).fetchAll($0) }
    }

    /// Changes one visit in a transaction of its own and gives back what it then is.
    @discardableResult
    func update(visit id: String, _ change: @escaping @Sendable (inout VisitRow) -> Void) async throws -> VisitRow {
        try await write { database in
            let known: VisitRow? = try Self.rows("id = ?", [id]).fetchOne(database)
            guard var visit = known else { throw Refusal.notFound }
            change(&visit)
            try visit.update(database)
            return visit
        }
    }

    // MARK: Notes, consents, numbers

    func note(_ code: String, tenant: String, visit: String?, at: Date) async throws {
        try await write {
            try NoteRow(id: nil, tenant: tenant, visit: visit, code: code, at: at.timeIntervalSince1970).insert($0)
        }
    }

    func notes(tenant: String) async throws -> [NoteRow] {
        try await read { try Self.rows("tenant = ?", order: "id", [tenant]).fetchAll($0) }
    }

    func consent(tenant: String) async throws -> ConsentRow {
        try await read { try Self.rows("tenant = ?", [tenant]).fetchOne($0) }
            ?? ConsentRow(tenant: tenant, organization: false, attendees: false)
    }

    func numbers(tenant: String) async throws -> [NumberRow] {
        try await read { try Self.rows("tenant = ?", order: "requestedAt", [tenant]).fetchAll($0) }
    }
}

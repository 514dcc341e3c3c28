// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Testing

@testable import Connector

struct SQLiteColumnsTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "assay-\(UUID().uuidString)")

    private func source() throws -> EvidenceSource {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try EvidenceSource(
            EvidenceDeclaration(id: "store", kind: .sqlite, path: Template(folder.path + "/visits.sqlite")),
            values: [:],
            process: nil)
    }

    @Test func `what was found is told by table and column, in the log of a database in use too`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = try source()
        let database = try DatabasePool(path: folder.path + "/visits.sqlite")
        try await database.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE visit (id INTEGER PRIMARY KEY, note TEXT, "odd ""name" BLOB);
                    CREATE TABLE gone (who TEXT);
                    INSERT INTO visit VALUES (1, 'for Zwirnermann', x'00517561ff');
                    INSERT INTO gone VALUES ('Ypsilander');
                    DELETE FROM gone;
                    """)
        }
        let chunks = try await source.growth()
        #expect(
            chunks.contains { $0.place == "visits.sqlite-wal" && $0.bytes.range(of: Data("Zwirnermann".utf8)) != nil })
        let found = Set(["Zwirnermann", "Ypsilander"].map { Data($0.utf8) }).union([Data([0x51, 0x75, 0x61, 0xFF])])
        let places = await source.columns(holding: found, in: "visits.sqlite-wal")
        #expect(places[Data("Zwirnermann".utf8)] == "visit.note")
        #expect(places[Data([0x51, 0x75, 0x61, 0xFF])] == #"visit.odd "name"#)
        #expect(places[Data("Ypsilander".utf8)] == nil)
        // The connector's own database is as it was: it can be written.
        try await database.write { try $0.execute(sql: "INSERT INTO gone VALUES ('still there')") }
    }

    @Test func `a file that is no database has no columns`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = try source()
        try Data("SQLite format 3\0 and then nothing".utf8).write(to: folder.appending(path: "visits.sqlite"))
        #expect(await source.columns(holding: [Data("nothing".utf8)], in: "visits.sqlite") == [:])
        #expect(await source.columns(holding: [Data("nothing".utf8)], in: "elsewhere") == [:])
    }
}

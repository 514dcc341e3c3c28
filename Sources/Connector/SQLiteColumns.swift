// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import GRDB

/// In which columns of an SQLite database bytes stand that were found in its file.
package enum SQLiteColumns {
    private static let magic = Data("SQLite format 3\0".utf8)
    /// Beyond it looking is not worth the time: the byte's place is told all the same.
    private static let limit = 256 << 20

    /// The database that a file is, or is the log of; nil where it is none.
    package static func database(of file: String) -> String? {
        var name = file
        for suffix in ["-wal", "-journal"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
        guard let handle = FileHandle(forReadingAtPath: name) else { return nil }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: magic.count)) == magic ? name : nil
    }

    /// - Parameter file: a database, or its log.
    /// - Returns: `visit.phone` by what was found; what stands in no row, for it was deleted, is missing.
    /// - Throws: what SQLite or the file system say.
    package static func places(of found: Set<Data>, in file: String) throws -> [Data: String] {
        guard !found.isEmpty, let file = database(of: file),
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int, size < limit
        else { return [:] }
        // A copy, with what its log holds: the connector's own locks and log stay as they are.
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appending(path: "copy").path
        for suffix in ["", "-wal", "-journal"] where FileManager.default.fileExists(atPath: file + suffix) {
            try FileManager.default.copyItem(atPath: file + suffix, toPath: copy + suffix)
        }
        let database = try DatabaseQueue(path: copy)
        return try database.read { try places(of: found, $0) }
    }

    private static func places(of found: Set<Data>, _ database: Database) throws -> [Data: String] {
        var places: [Data: String] = [:]
        let tables = try String.fetchAll(
            database,
            sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")
        for table in tables {
            let columns = try String.fetchAll(
                database, sql: "SELECT name FROM pragma_table_xinfo(?)", arguments: [table])
            for column in columns {
                // Of a virtual table whose module is not here nothing can be told.
                guard
                    let statement = try? database.makeStatement(
                        sql: "SELECT TRUE FROM \(quoted(table)) "
                            + "WHERE instr(CAST(\(quoted(column)) AS BLOB), ?) > 0 LIMIT 1")
                else { continue }
                for bytes in found where places[bytes] == nil {
                    if (try? Bool.fetchOne(statement, arguments: [bytes])) == true {
                        places[bytes] = "\(table).\(column)"
                    }
                }
            }
        }
        return places
    }

    private static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
}

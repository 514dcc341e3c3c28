// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import SourceText
import Testing

@Suite struct StatementTests {
    private func project() throws -> Ledger { try Ledger(dataFolder: DataFolder(url: LedgerTests.project)) }

    @Test func `the ledger has every row of every section, without a gap`() throws {
        let sections = [
            "SET": 20, "EPA": 11, "SMS": 17, "EML": 1, "PRV": 12, "PAT": 10, "WBK": 9, "INS": 5, "PRI": 12, "SEC": 8,
        ]
        let wanted = sections.flatMap { name, count in
            (1...count).map { "\(name)-\($0 < 10 ? "0" : "")\($0)" }
        }
        #expect(try project().requirements.map(\.id).sorted() == wanted.sorted())
    }

    @Test func `every statement resolves, and every row goes back to one`() throws {
        let ledger = try project()
        for statement in ledger.statements {
            #expect(statement.rows.allSatisfy { ledger.requirement($0) != nil }, "\(statement.id)")
        }
        for row in ledger.requirements { #expect(!ledger.statements(of: row.id).isEmpty, "\(row.id)") }
        for page in Requirement.Source.allCases {
            #expect(ledger.statements.count { $0.pages.contains(page) } > 50, "\(page.rawValue)")
        }
        // Level M is what a page says: each of its pages has a statement that names the row.
        for row in ledger.requirements where row.level == .must {
            let pages = Set(ledger.statements(of: row.id).flatMap(\.pages))
            #expect(Set(row.sources).isSubset(of: pages), "\(row.id)")
        }
    }

    @Test func `a statement is judged by rows or says why not, and nothing is left unnamed`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-statements-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        func codes(_ statements: String) throws -> [String] {
            let files = [
                "requirements.yaml": """
                requirements:
                  - {id: SMS-06, level: M, sources: [CR], profiles: [p], sentence: A., observable: B., observability: observed}
                  - {id: SMS-10, level: E, profiles: [p], sentence: A., observable: B., observability: observed}
                """,
                "profiles/p.yaml": """
                id: p
                title: P
                vendor: cerner
                edition: 2022-06
                sources: [CR]
                mandatory: [SMS-06]
                engineering: [SMS-10]
                """, "statements.yaml": statements,
            ]
            for (path, text) in files {
                let file = folder.appending(path: "Scenarios").appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: file, atomically: true, encoding: .utf8)
            }
            do {
                _ = try Ledger(dataFolder: DataFolder(url: folder))
                return []
            } catch { return error.diagnostics.map(\.code) }
        }
        let sound = "statements:\n  - {id: a, pages: [CR], section: S, says: T, rows: [SMS-06, SMS-10]}\n"
        #expect(try codes(sound) == [])
        #expect(try codes(sound + "  - {id: b, pages: [CR], section: S, says: T}\n") == ["missing-key"])
        #expect(
            try codes(sound + "  - {id: b, pages: [CR], section: S, says: T, rows: [SMS-06], not-judged: x}\n")
                == ["missing-key"])
        #expect(try codes(sound.replacing("SMS-10", with: "SMS-99")) == ["unknown-requirement"])
        #expect(try codes(sound.replacing(", SMS-10", with: "")) == ["unnamed-requirement"])
        #expect(try codes(sound.replacing("[CR]", with: "[CI]")) == ["source-mismatch"])
        #expect(try codes(sound + sound.dropFirst("statements:\n".count)) == ["duplicate-id"])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value

@testable import Connector

struct LineMarkTests {
    private func read(_ text: String, since before: LineMark?, inPiecesOf size: Int) throws -> PrintedLines.Read {
        let bytes = Data(text.utf8)
        let lines = PrintedLines(since: before)
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines.take(bytes[start..<min(bytes.count, start + size)])
        }
        return try #require(lines.end())
    }

    private func changed(_ old: String, _ new: String) throws -> [String] {
        let whole = try read(new, since: try read(old, since: nil, inPiecesOf: 100).mark, inPiecesOf: 100)
        for size in 1...4 {
            // Wherever the pieces end in which it comes.
            let pieces = try read(new, since: try read(old, since: nil, inPiecesOf: size).mark, inPiecesOf: size)
            #expect(pieces.new.map(\.offset) == whole.new.map(\.offset))
            #expect(pieces.new.map(\.bytes) == whole.new.map(\.bytes))
        }
        for stretch in whole.new {
            #expect(Data(new.utf8)[stretch.offset..<stretch.offset + stretch.bytes.count] == stretch.bytes)
        }
        return whole.new.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test func `only lines that were not there are new, whatever their order`() throws {
        #expect(try changed("a\nb\n", "b\na\n") == [])
        #expect(try changed("a\nb\n", "b\nc\nd\na\ne") == ["c\nd\n", "e"])
        #expect(try changed("", "a\n") == ["a\n"])
    }

    @Test func `a line that stands there more often than before is new`() throws {
        #expect(try changed("a\n", "a\na\n") == ["a\n"])
    }

    @Test func `a command's output of before the mark is nobody's business`() async throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "assay-dump-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        try Data("COPY old\n".utf8).write(to: place)
        let source = try EvidenceSource(
            EvidenceDeclaration(
                id: "dump", kind: .postgresql, path: nil,
                command: [Template("sh"), Template("-c"), Template("cat $DUMP")],
                environment: ["DUMP": Template(place.path)]), values: [:], process: nil)
        try await source.mark()
        try Data("COPY new\nCOPY old\n".utf8).write(to: place)
        let growth = try await source.growth()
        #expect(growth.map { String(decoding: $0.bytes, as: UTF8.self) } == ["COPY new\n"])
        #expect(growth.first?.place == "postgresql")
    }

    /// The end alone used to be kept: what stood first in a long dump was neither searched nor missed.
    @Test func `what a long dump begins with is read as well as its end`() async throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "assay-dump-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        try Data("old\n".utf8).write(to: place)
        let dump = "cat $DUMP; yes `printf %01000d 0` | head -c 40000000; echo; cat $DUMP"
        let source = try EvidenceSource(
            EvidenceDeclaration(
                id: "dump", kind: .command, path: nil, command: [Template("sh"), Template("-c"), Template(dump)],
                environment: ["DUMP": Template(place.path)]), values: [:], process: nil)
        try await source.mark()
        try Data("new\n".utf8).write(to: place)
        let growth = try await source.growth()
        #expect(growth.map { String(decoding: $0.bytes, as: UTF8.self) } == ["new\n", "new\n"])
        #expect(growth.first?.offset == 0)
    }
}

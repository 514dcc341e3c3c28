// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import Testing

struct EvidenceTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func write(_ name: String, _ bytes: Data) throws {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.write(to: file)
    }

    private func source(_ kind: EvidenceDeclaration.Kind, _ path: String) throws -> EvidenceSource {
        try EvidenceSource(
            EvidenceDeclaration(id: "e", kind: kind, path: Template("$(data)" + path)), values: ["data": folder.path],
            process: nil)
    }

    private func text(_ chunks: [EvidenceChunk]) -> [String] {
        chunks.map { "\($0.place)@\($0.offset):\(String(decoding: $0.bytes, as: UTF8.self))" }
    }

    @Test func `only what a log gained is read`() async throws {
        try write("log", Data("old people\n".utf8))
        let source = try source(.file, "/log")
        try await source.mark()
        #expect(try await source.growth().isEmpty)
        try write("log", Data("old people\nnew\n".utf8))
        #expect(text(try await source.growth(advancing: true)) == ["log@11:new\n"])
        #expect(try await source.growth().isEmpty)
        // A log that was rotated is new as a whole.
        try write("log", Data("fresh\n".utf8))
        #expect(text(try await source.growth()) == ["log@0:fresh\n"])
    }

    @Test func `new and changed files of a folder are read, unchanged ones not`() async throws {
        try write("a/same", Data("same".utf8))
        try write("b", Data("b1".utf8))
        let source = try source(.folder, "")
        try await source.mark()
        try write("b", Data("b2".utf8))
        try write("a/new", Data("new".utf8))
        #expect(text(try await source.growth()) == ["a/new@0:new", "b@0:b2", "names@0:a/new"])
    }

    @Test func `names of new files and folders are evidence, empty ones too, and once only where they count as old`()
        async throws
    {
        try write("old", Data())
        let source = try source(.folder, "")
        try await source.mark()
        try write("Zlatova/visit.done", Data())
        let found = try await source.growth(advancing: true)
        #expect(text(found) == ["names@0:Zlatova\nZlatova/visit.done"])
        #expect(found.map(\.isNames) == [true])
        #expect(try await source.growth().isEmpty)
    }

    @Test func `changed pages of a database and its log are read, in neighbours' company`() async throws {
        var main = Data(repeating: 1, count: 8 * 4096)
        try write("x.sqlite", main)
        let source = try source(.sqlite, "/x.sqlite")
        try await source.mark()
        main[2 * 4096 + 7] = 9
        main[3 * 4096] = 9
        main[6 * 4096] = 9
        try write("x.sqlite", main)
        try write("x.sqlite-wal", Data("wal".utf8))
        let chunks = try await source.growth()
        #expect(
            chunks.map { "\($0.place) \($0.offset) \($0.bytes.count)" } == [
                "x.sqlite 8192 8192", "x.sqlite 24576 4096", "x.sqlite-wal 0 3",
            ])
    }

    @Test func `a command's output is evidence`() async throws {
        let source = try EvidenceSource(
            EvidenceDeclaration(
                id: "e", kind: .command, path: nil, command: [Template("echo"), Template("hi $(tenant)")]),
            values: ["tenant": "t"], process: nil)
        #expect(text(try await source.growth()) == ["command@0:hi t\n"])
    }

    @Test func `streams of a stranger's process cannot be read`() {
        #expect(throws: EvidenceError.self) {
            try EvidenceSource(EvidenceDeclaration(id: "e", kind: .stderr, path: nil), values: [:], process: nil)
        }
    }
}

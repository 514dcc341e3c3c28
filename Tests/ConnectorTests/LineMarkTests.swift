// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value

@testable import Connector

struct LineMarkTests {
    private func changed(_ old: String, _ new: String) -> [String] {
        let bytes = Data(new.utf8)
        return LineMark(Data(old.utf8)).changes(in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test func `only lines that were not there are new, whatever their order`() {
        #expect(changed("a\nb\n", "b\na\n") == [])
        #expect(changed("a\nb\n", "b\nc\nd\na\ne") == ["c\nd\n", "e"])
        #expect(changed("", "a\n") == ["a\n"])
    }

    @Test func `a line that stands there more often than before is new`() {
        #expect(changed("a\n", "a\na\n") == ["a\n"])
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
}

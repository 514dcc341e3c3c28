// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import ScenarioLanguage
import SourceText
import Testing

/// Each file of `Fixtures/ScenarioLanguage/broken` says exactly what stands in the text file beside it.
/// `ASSAY_REWRITE=1 swift test` writes them anew; read the difference before you commit it.
@Suite struct BrokenFileTests {
    static let folder = Fixture.projectFolder.appending(path: "Tests/Fixtures/ScenarioLanguage")

    static let names =
        (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "broken").path))?
        .filter { $0.hasSuffix(".yaml") }.sorted() ?? []

    static func source(_ path: String) throws -> SourceFile {
        SourceFile(
            path: String(path.split(separator: "/").last ?? ""),
            text: try String(contentsOf: folder.appending(path: path), encoding: .utf8))
    }

    static func library() throws -> ProcedureLibrary {
        ProcedureLibrary(
            sources: try ["texted", "broken", "round", "trip"].map { try source("procedures/\($0).yaml") })
    }

    @Test func `there are enough broken files`() { #expect(Self.names.count >= 15) }

    @Test(arguments: names) func `a broken file says everything that is wrong with it`(_ name: String) throws {
        let loaded = ScenarioLoader(ledger: Fixture.ledger, library: try Self.library())
            .load(try Self.source("broken/\(name)"))
        #expect(loaded.scenario == nil)
        try Golden.compare(
            loaded.rendered + "\n",
            with: Self.folder.appending(path: "broken/" + name.replacing(".yaml", with: ".txt")))
    }

    @Test func `broken procedures say what is wrong with them`() throws {
        let library = try Self.library()
        let text = library.diagnostics.map { $0.rendered(in: library.files[$0.path]) }.joined(separator: "\n")
        try Golden.compare(text + "\n", with: Self.folder.appending(path: "procedures/expected.txt"))
    }

    @Test func `an id stands in one file only`() throws {
        let loader = ScenarioLoader(ledger: Fixture.ledger, library: ProcedureLibrary())
        let loaded = Array(loader.files(at: [Self.folder.appending(path: "duplicate")]))
        #expect(loaded.map { $0.scenario?.id } == ["the-same", nil])
        #expect(loaded[1].diagnostics.map(\.code) == ["duplicate-id"])
        #expect(throws: ScenarioError.self) { try loader.scenarios(at: [Self.folder.appending(path: "duplicate")]) }
    }

    @Test func `a place that is not there is a mistake`() throws {
        let loader = ScenarioLoader(ledger: Fixture.ledger, library: ProcedureLibrary())
        let loaded = Array(loader.files(at: [Self.folder.appending(path: "nowhere")]))
        #expect(loaded.map { $0.diagnostics.map(\.code) } == [["unreadable-file"]])
    }
}

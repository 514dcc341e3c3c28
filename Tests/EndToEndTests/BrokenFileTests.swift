// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Broken scenario files at the command line: all mistakes of a file at once, with their places, and no traffic.
struct BrokenFileTests {
    private static let folder = BuiltAssay.project.appending(path: "Tests/Fixtures/ScenarioLanguage")

    /// The places a file's expected text names: `wrong-types.yaml:3:5`.
    private static func places(_ name: String) throws -> [String] {
        let text = try String(contentsOf: folder.appending(path: "broken/\(name).txt"), encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            line.prefixMatch(of: #/[\w-]+\.yaml:\d+:\d+/#).map { String($0.output) }
        }
    }

    @Test(arguments: [
        "bad-yaml", "unknown-steps", "wrong-types", "references", "unknown-names", "values", "unknown-event",
        "unknown-key", "missing-keys", "anchors", "matchers", "world",
    ])
    func `a broken file says everything that is wrong with it and starts nothing`(name: String) async throws {
        let folder = try TemporaryFolder()
        let file = Self.folder.appending(path: "broken/\(name).yaml").path
        let ended = try await assay(["run", file, "--out", "out"], in: folder)
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.lastLine.hasPrefix("verdict: invalid-setup (0 scenarios"), "\(ended)")
        let places = try Self.places(name)
        #expect(!places.isEmpty)
        for place in places { #expect(ended.errors.contains(place), "\(place)\n\(ended)") }
        // The line, and a caret below what is wrong with it.
        #expect(ended.errors.contains("^"), "\(ended)")
        #expect(!RunRecord(folder.url.appending(path: "out")).has("trace.ndjson"))

        let linted = try await assay(["lint", file], in: folder)
        #expect(linted.status == 3, "\(linted)")
        for place in places { #expect(linted.errors.contains(place), "\(place)\n\(linted)") }
    }

    @Test func `an id that stands in two files is a mistake`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await assay(["run", Self.folder.appending(path: "duplicate").path], in: folder)
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.errors.contains("b.yaml:"), "\(ended)")
    }

    @Test func `procedures that call each other in a circle are found before any traffic`() async throws {
        let folder = try TemporaryFolder()
        let data = folder.url.appending(path: "data")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: BuiltAssay.project.appending(path: "Scenarios"), to: data.appending(path: "Scenarios"))
        for name in ["round.yaml", "trip.yaml"] {
            try FileManager.default.copyItem(
                at: Self.folder.appending(path: "procedures/\(name)"),
                to: data.appending(path: "Scenarios/procedures/\(name)"))
        }
        _ = try folder.write(
            """
            id: goes-round
            title: Calls what never ends
            profiles: [cerner-2022-06]
            verifies:
              SET-01: [something]
            world:
              organization: {ehr: cerner, environment: test}
              people: {ada: administrator}
            steps:
              - do: round
              - ada does: sign-in
                outcome: {something: accepted}

            """, to: "goes-round.yaml")
        let ended = try await assay(["run", "goes-round.yaml", "--data", data.path], in: folder)
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.errors.contains("round.yaml:"), "\(ended)")
        #expect(ended.errors.lowercased().contains("calls itself"), "\(ended)")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Seed and nonce decide everything but the time of day.
struct RepeatTests {
    private static let scenarios = ["cerner-sms-join", "epic-approval", "cerner-provider-launch"]

    private func run(
        nonce: String, seed: String = "7", in folder: TemporaryFolder, out: String, only: [String] = scenarios
    ) async throws -> RunRecord {
        let ended = try await assay(
            ["run", "--seed", seed, "--nonce", nonce, "--out", out, "--only"] + only, in: folder)
        #expect(ended.status == 0, "\(ended)")
        return RunRecord(folder.url.appending(path: out))
    }

    @Test func `the same seed and nonce bring the same ids, canaries and verdicts; another nonce none of them`()
        async throws
    {
        let folder = try TemporaryFolder()
        let first = try await run(nonce: "abc", in: folder, out: "first")
        let again = try await run(nonce: "abc", in: folder, out: "again")
        let other = try await run(nonce: "xyz", in: folder, out: "other")

        #expect(first.worlds == again.worlds)
        #expect(first.worlds.keys.sorted() == Self.scenarios.sorted())
        func told(_ record: RunRecord) -> [String] { record.checks.map { "\($0.scenario)/\($0.id) \($0.verdict)" } }
        #expect(told(first) == told(again))

        // Another nonce: the same plan and verdicts, other values of everybody.
        #expect(told(first) == told(other))
        #expect(first.planned == other.planned)
        for scenario in Self.scenarios {
            let mine = try #require(first.worlds[scenario])
            let theirs = try #require(other.worlds[scenario])
            #expect(mine.keys.sorted() == theirs.keys.sorted())
            let canaries = mine.filter { Self.isIdentifying($0.key) && $0.value.count >= 6 }
            #expect(canaries.count > 20)
            #expect(canaries.filter { theirs[$0.key] == $0.value } == [:])
        }
    }

    @Test func `a scenario run alone meets the same people as among others`() async throws {
        let folder = try TemporaryFolder()
        let all = try await run(nonce: "abc", in: folder, out: "all")
        let alone = try await run(nonce: "abc", in: folder, out: "alone", only: ["epic-approval"])
        let people = try #require(alone.worlds["epic-approval"])
        #expect(people == all.worlds["epic-approval"])
        #expect(people.keys.contains { $0.hasSuffix(".phone") })
    }

    /// Values that identify a person, as against words such as a role or a locale.
    private static func isIdentifying(_ name: String) -> Bool {
        ["given-name", "family-name", "email", "mrn", "fhir-id", "ehr-user-id", "street", "user-name", "directory-id"]
            .contains { name.hasSuffix("." + $0) }
    }
}

extension RunRecord {
    /// Each scenario's world, as leaves by path: without addresses of listeners and without times.
    var worlds: [String: [String: String]] {
        var worlds: [String: [String: String]] = [:]
        for event in events("world.opened") {
            guard let fields = event["fields"] as? [String: Any], let scenario = fields["scenario"] as? String,
                let model = fields["model"]
            else { continue }
            var leaves: [String: String] = [:]
            Self.leaves(model, "", &leaves)
            worlds[scenario] = leaves
        }
        return worlds
    }

    var planned: [String] { (trace.first?["run"] as? [String: Any])?["scenarios"] as? [String] ?? [] }

    private static func leaves(_ value: Any, _ path: String, _ leaves: inout [String: String]) {
        if let members = value as? [String: Any] {
            for (name, value) in members { Self.leaves(value, "\(path).\(name)", &leaves) }
        } else if let items = value as? [Any] {
            for (index, value) in items.enumerated() { Self.leaves(value, "\(path).\(index)", &leaves) }
        } else {
            let text = "\(value)"
            // Ports are the system's choice, starts are now.
            guard !text.contains("://127.0.0.1"), text.prefixMatch(of: #/\d{4}-\d\d-\d\dT/#) == nil else { return }
            leaves[path] = text
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Ledger
import Value

/// `assay profiles`: are the profiles what they were frozen as?
struct ProfilesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract: "The profiles, and whether each is still what it was frozen as.",
        discussion: """
            A profile is frozen with a hash over everything it uses: its rows and their sentences, scenarios, procedures, \
            policies, rules and the vendor's data. A change of any of it needs a new revision: --freeze gives one to each \
            profile that changed.

            Exit codes: 0 every profile is as it was frozen; 1 one changed; 3 a file cannot be used; 64 misuse.
            """)

    @Flag(help: "Give each profile that changed a new revision, and write its file.")
    var freeze = false

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let contents: [ProfileContent]
        do {
            var suite = try Suite.load(data: data, paths: [])
            if freeze {
                for profile in suite.ledger.profiles { try Self.freeze(profile, in: suite) }
                suite = try Suite.load(data: data, paths: [])
            }
            contents = try suite.ledger.profiles.map { try ProfileContent($0, suite: suite) }
        } catch {
            Console.error("\(error)")
            throw ExitCode(3)
        }
        if json {
            Console.print(Value.array(contents.map(Self.value)).json(pretty: true))
        } else {
            for content in contents { Self.tell(content) }
        }
        if contents.contains(where: { $0.change != nil }) { throw ExitCode(1) }
    }

    private static func freeze(_ profile: Profile, in suite: Suite) throws {
        let content = try ProfileContent(profile, suite: suite)
        guard content.change != nil else { return }
        let url = suite.folder.scenarios("profiles/\(profile.id).yaml")
        let text = try String(contentsOf: url, encoding: .utf8)
        try content.refrozen(text).write(to: url, atomically: true, encoding: .utf8)
    }

    private static func tell(_ content: ProfileContent) {
        let profile = content.profile
        guard !profile.requirements.isEmpty else {
            Console.print(Console.bold(profile.id) + "  \(profile.title)")
            for addition in profile.additions { Console.print("    not scored: \(addition)") }
            return
        }
        let state = content.change.map { "CHANGED: \($0)" } ?? "frozen"
        Console.print(Console.bold(profile.id) + "  revision \(profile.frozen?.revision ?? 0), \(state)")
        Console.print(
            "    \(profile.mandatory.count) rows M, \(profile.engineering.count) rows E, \(content.scenarios.count) scenarios, "
                + "at least \(content.minimumChecks) checks")
        for status in Profile.Status.allCases {
            let names = profile.features.filter { $0.status == status }.map(\.name)
            if !names.isEmpty { Console.print("    \(status.rawValue): \(names.joined(separator: ", "))") }
        }
        if !profile.attestable.isEmpty {
            Console.print("    an attestation may close: \(profile.attestable.joined(separator: ", "))")
        }
        Console.print("    sha256 \(content.sha256)")
        if content.change != nil { Console.print("  = `assay profiles --freeze` gives it a new revision.") }
    }

    private static func value(_ content: ProfileContent) -> Value {
        let profile = content.profile
        func texts(_ list: [String]) -> Value { .array(list.map { .string($0) }) }
        return .object([
            "id": .string(profile.id), "title": .string(profile.title),
            "revision": Value(profile.frozen?.revision ?? 0),
            "sha256": .string(content.sha256), "frozen-sha256": Value(profile.frozen?.sha256),
            "changed": Value(content.change), "scored": .bool(!profile.requirements.isEmpty),
            "mandatory": texts(profile.mandatory), "engineering": texts(profile.engineering),
            "attestable": texts(profile.attestable), "additions": texts(profile.additions),
            "features": .object(Members(profile.features.map { ($0.name, .string($0.status.rawValue)) })),
            "scenarios": texts(content.scenarios), "minimum-checks": Value(content.minimumChecks),
        ])
    }
}

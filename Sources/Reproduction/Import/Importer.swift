// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Ledger
internal import ScenarioLanguage
package import SourceText
package import Trace
internal import Value
internal import World

/// Turns a capture into a scenario that can be run: what was done is read off the record, people, values and tokens are
/// minted anew, and what could not be told is said.
package struct Importer: Sendable {
    /// One story of a capture.
    package struct Chapter: Sendable {
        /// What it was called there: a scenario, or a world.
        package let name: String
        /// Whether it is known to have gone wrong there; nil where the capture does not say.
        package let hasFailed: Bool?
        let story: Story
    }

    /// What was written.
    package struct Outcome: Sendable {
        package let text: String
        package let steps: Int
        /// What of the capture is not in the scenario, and where it stood.
        package let unmapped: [String]
        /// How much of what was recognised as somebody's was replaced, by kind.
        package let replaced: [String: Int]
        /// Whether it loads as a scenario; the mistakes where it does not.
        package let mistakes: String?
    }

    /// A capture that cannot be imported.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The worlds of a trace.
    package static func chapters(of trace: Trace) -> [Chapter] {
        chapters(of: trace.events, failed: [:])
    }

    /// The stories of a HAR: one a world in Assay's own, one in anybody else's. Throws a ``Failure`` where it is none.
    package static func chapters(ofHAR data: Data) throws -> [Chapter] {
        let file: HARFile
        do { file = try HARReader.read(data) } catch {
            throw Failure(description: "\(error.message)\n  = \(error.remedy)")
        }
        let log = file.entries.contains { $0.own != nil } ? try? Value.parseJSON(data)["log"] : nil
        if let lines = log?["_events"]?.array {
            var failed: [String: Bool] = [:]
            for page in log?["pages"]?.array ?? [] {
                if let id = page["id"]?.string, let verdict = page["_verdict"]?.string {
                    failed[id] = verdict == "fail"
                }
            }
            let found = chapters(of: lines.compactMap(TraceLine.event(from:)), failed: failed)
            if !found.isEmpty { return found }
        }
        var traffic = TrafficStory(file)
        return [Chapter(name: "capture", hasFailed: nil, story: traffic.read())]
    }

    private static func chapters(of events: [TraceEvent], failed: [String: Bool]) -> [Chapter] {
        var worlds: [WorldID] = []
        for event in events where event.kind == "world.opened" {
            if let world = event.world, !worlds.contains(world) { worlds.append(world) }
        }
        let grouped = Dictionary(grouping: events, by: \.world)
        return worlds.compactMap { world in
            let own = grouped[world] ?? []
            guard var reader = TraceStory(own) else { return nil }
            let name = own.first { $0.kind == "world.opened" }?["scenario"]?.string ?? world.rawValue
            return Chapter(name: name, hasFailed: failed[world.rawValue], story: reader.read())
        }
    }

    private let ledger: Ledger
    private let procedures: [SourceFile]

    package init(ledger: Ledger, procedures: [SourceFile]) {
        self.ledger = ledger
        self.procedures = procedures
    }

    /// Writes a chapter as a scenario. Throws a ``Failure`` where nothing of a visit was found in it.
    /// - Parameters:
    ///   - profiles: those the connector claims; the first of the story's vendor is taken.
    ///   - source: how the capture is named in the file.
    package func scenario(
        from chapter: Chapter, id: String, profiles: [String], source: String
    ) throws -> Outcome {
        guard !chapter.story.happenings.isEmpty || chapter.story.isSetUp else {
            throw Failure(
                description:
                    "Nothing that people or the EHR did for a visit was recognised in \(chapter.name) of \(source).\n  = "
                    + (chapter.story.unmapped.first.map { "The first of what was not: \($0)" }
                        ?? "It may begin too late: a capture should hold the booking or the launch."))
        }
        let known = profiles.compactMap { ledger.profile($0) }
        guard let profile = known.first(where: { $0.vendor == chapter.story.vendor }) else {
            throw Failure(
                description:
                    "The capture is of \(chapter.story.vendor), and no profile of it is claimed.\n  = Name a deployment file that claims one with --deployment."
            )
        }
        var writer = StoryWriter(chapter.story)
        var draft = writer.draft(id: id, profile: profile.id)
        draft.root["title"] = .text("Imported: what was done in \(chapter.name)")
        let (gone, mistakes) = mend(&draft, path: "\(id).yaml")
        let unmapped = writer.unmapped + gone
        var head =
            "# Imported by `assay import` from \(source). Everybody's data were left behind: they are minted anew.\n"
        for line in unmapped { head += "# not mapped: \(line)\n" }
        let text = head + draft.text
        return Outcome(
            text: text, steps: draft.steps.count, unmapped: unmapped, replaced: chapter.story.replaced,
            mistakes: mistakes)
    }
    /// Takes out the steps that cannot be done in the new world, until what is left loads. Returns them, each with what is
    /// wrong with it, and the mistakes that stay.
    private func mend(_ draft: inout ScenarioDraft, path: String) -> (gone: [String], mistakes: String?) {
        var gone: [String] = []
        while true {
            let mistakes: ScenarioError
            do {
                _ = try draft.scenario(path: path, ledger: ledger, procedures: procedures)
                return (gone, nil)
            } catch { mistakes = error }
            let errors = mistakes.diagnostics.filter { $0.severity == .error }
            let taken = draft.takeOut(at: Set(errors.compactMap { $0.span?.start.line }))
            guard !taken.isEmpty else { return (gone, mistakes.description) }
            gone += taken.map { step in errors.first.map { "`\(step)`: \($0.message)" } ?? step }
            draft.prune()
            draft.checkTraffic()
        }
    }
}

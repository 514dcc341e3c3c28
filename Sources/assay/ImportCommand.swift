// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Connector
import Foundation
import Judge
import Reproduction
import ScenarioLanguage
import Trace

/// `assay import`: a capture from the field as a scenario that can be run.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Turn a HAR or trace from the field into a runnable scenario.",
        discussion: """
            Reads off the capture what people, EHR and network did, and writes it as a scenario against the expectations \
            that a small model of a visit gives at each place. People, their data, ids and tokens are left behind and \
            minted anew when it is run. What could not be told stands as `# not mapped:` in the file. Assay's own HAR files \
            (traffic.har) and traces say more than those of browsers and proxies.

            Exit codes: 0, 3 nothing to be made of the file, 64 misuse.
            """)

    @Argument(help: "A HAR, a trace.ndjson, or a run's folder.")
    var file: String

    @Option(help: "File to write (default: standard output).")
    var out: String?

    @Option(help: "Which of several scenarios or worlds (default: the first that failed, else the first).")
    var only: String?

    @Option(help: "Deployment file: its claims say by which profile the scenario is judged.")
    var deployment: String?

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    func run() throws {
        do { try imported() } catch {
            Console.error("\(error)")
            throw ExitCode(RunVerdict.invalidSetup.exitCode)
        }
    }

    private func imported() throws {
        let suite = try Suite.load(data: data, paths: [])
        let profiles = try suite.deployment(at: deployment).claims.profiles
        let chapters = try chapters()
        guard let chapter = chosen(chapters) else {
            throw Mistaken(
                "There is no \(only ?? "world") in \(file).\n  = It holds \(chapters.map(\.name).joined(separator: ", "))."
            )
        }
        let place = out.map { URL(fileURLWithPath: $0) }
        let id = FileName.id(place?.deletingPathExtension().lastPathComponent ?? "imported-\(chapter.name)")
        let importer = Importer(ledger: suite.ledger, procedures: suite.scenarios.first?.procedureFiles ?? [])
        let outcome = try importer.scenario(
            from: chapter, id: id, profiles: profiles, source: URL(fileURLWithPath: file).lastPathComponent)
        if let place {
            guard !FileManager.default.fileExists(atPath: place.path) else {
                throw Mistaken("\(place.path) exists already.\n  = Name another file with --out.")
            }
            try Data(outcome.text.utf8).write(to: place, options: .withoutOverwriting)
        } else {
            Console.print(String(outcome.text.dropLast()))
        }
        let told = outcome.replaced.filter { $0.value > 0 }.sorted { $0.key < $1.key }
            .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        Console.error("imported \(chapter.name): \(outcome.steps) steps; replaced \(told)")
        for line in outcome.unmapped { Console.error("not mapped: \(line)") }
        if chapters.count > 1, only == nil {
            Console.error(
                "\(chapters.count - 1) more in the file: "
                    + chapters.map(\.name).filter { $0 != chapter.name }.prefix(10).joined(separator: ", ")
                    + " (--only NAME)")
        }
        if let mistakes = outcome.mistakes {
            throw Mistaken("The scenario needs mending before it runs:\n\(mistakes)")
        }
        if let out { Console.error("next: assay run \(out)") }
    }

    private func chapters() throws -> [Importer.Chapter] {
        let url = URL(fileURLWithPath: file)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw Mistaken("There is no file \(file).\n  = Name a HAR, a trace.ndjson, or a run's folder.")
        }
        if isFolder.boolValue { return Importer.chapters(of: try TraceReader.read(folder: url)) }
        let data = try Data(contentsOf: url)
        // The first line of a trace is its header; a HAR is one JSON value.
        if data.prefix(200).range(of: Data(#""type":"header""#.utf8)) != nil {
            return Importer.chapters(of: try TraceReader.parse(data))
        }
        return try Importer.chapters(ofHAR: data)
    }

    private func chosen(_ chapters: [Importer.Chapter]) -> Importer.Chapter? {
        if let only { return chapters.first { $0.name == only } }
        return chapters.first { $0.hasFailed == true } ?? chapters.first
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Ledger
package import SourceText
internal import Value

/// Reads scenarios, one file after the other: memory is bounded by the largest.
package struct ScenarioLoader: Sendable {
    package let ledger: Ledger
    package let library: ProcedureLibrary

    /// With the procedures of the data folder, and of further folders.
    package init(ledger: Ledger, dataFolder: DataFolder, procedureFolders: [URL] = []) {
        self.init(
            ledger: ledger,
            library: ProcedureLibrary(folders: [dataFolder.scenarios("procedures")] + procedureFolders))
    }

    package init(ledger: Ledger, library: ProcedureLibrary) {
        self.ledger = ledger
        self.library = library
    }

    /// Reads one text. Whether its id is unique, only `files(at:)` can tell.
    package func load(_ file: SourceFile) -> LoadedScenario {
        let (root, problems) = YAMLParser.parse(file)
        let mistakes = Mistakes(file: file, diagnostics: problems)
        if root == nil, problems.isEmpty { mistakes.report("bad-yaml", "the file is empty", at: nil) }
        if let root, FileShape.of(root) != .scenario {
            let shape = FileShape.of(root)
            let known = shape == .procedure ? library.mistakes(in: file) : []
            return LoadedScenario(
                file: file, scenarios: [], diagnostics: known.isEmpty ? problems : known, idSpan: root.span,
                shape: shape)
        }
        if let root, let matrix = root["matrix"] {
            let reading = MatrixReading(file: file, problems: problems, ledger: ledger, procedures: library.procedures)
            let (scenarios, diagnostics) = reading.scenarios(root, matrix)
            return LoadedScenario(
                file: file, scenarios: scenarios, diagnostics: diagnostics, idSpan: root["id"]?.span)
        }
        let scenario = root.flatMap {
            ScenarioReader(mistakes: mistakes, ledger: ledger, procedures: library.procedures).scenario($0)
        }
        return LoadedScenario(
            file: file, scenarios: scenario.map { [$0] } ?? [], diagnostics: mistakes.sorted, idSpan: root?["id"]?.span)
    }

    /// Everything at some places (files and folders), read as it is asked for; a place that is not there is a mistake too.
    package func files(at places: [URL]) -> ScenarioSequence { ScenarioSequence(loader: self, places: places) }

    /// All scenarios at some places; throws with the mistakes of all files, those of the procedures first.
    package func scenarios(at places: [URL]) throws(ScenarioError) -> [Scenario] {
        var scenarios: [Scenario] = []
        var diagnostics = library.diagnostics
        var texts = library.files
        for loaded in files(at: places) {
            scenarios += loaded.scenarios
            if let other = loaded.isNoScenario {
                diagnostics.append(other)
                texts[loaded.file.path] = loaded.file
            }
            if loaded.diagnostics.isEmpty { continue }
            diagnostics += loaded.diagnostics
            texts[loaded.file.path] = loaded.file
        }
        if diagnostics.contains(where: { $0.severity == .error }) {
            throw ScenarioError(diagnostics: diagnostics, files: texts)
        }
        return scenarios
    }
}

/// One file as read.
package struct LoadedScenario: Sendable {
    package let file: SourceFile
    /// One, or one for each cell of its matrix; none where something is wrong.
    package let scenarios: [Scenario]
    /// Everything that is, in the order of the file.
    package internal(set) var diagnostics: [Diagnostic]
    let idSpan: SourceSpan?
    /// What the file describes; its own kind of mistakes is found by whoever reads such files.
    package var shape = FileShape.scenario

    /// The mistake that another kind of file stands where scenarios are read; nil for scenarios.
    var isNoScenario: Diagnostic? {
        guard shape != .scenario else { return nil }
        return Diagnostic(
            code: "no-scenario", message: "this is a \(shape.rawValue), not a scenario",
            remedy: shape == .deployment
                ? "give it with `--deployment`"
                : "put it into the folder `procedures`, and name the scenarios that call it",
            path: file.path)
    }

    /// The scenario, of a matrix the first; nil where something is wrong.
    package var scenario: Scenario? { scenarios.first }

    /// The diagnostics as text, with their lines.
    package var rendered: String { diagnostics.map { $0.rendered(in: file) }.joined(separator: "\n") }
}

/// Reads file after file and watches over ids.
package struct ScenarioSequence: Sequence, IteratorProtocol {
    private let loader: ScenarioLoader
    private var waiting: [Result<URL, Diagnostic>]
    private var paths: [String: String] = [:]

    init(loader: ScenarioLoader, places: [URL]) {
        self.loader = loader
        var seen: Set<String> = []
        let found = places.flatMap { place -> [Result<URL, Diagnostic>] in
            guard let urls = ScenarioFiles.find(at: place) else {
                let path = ScenarioFiles.display(place)
                return [
                    .failure(
                        Diagnostic(code: "unreadable-file", message: "there is no such file or folder", path: path))
                ]
            }
            return urls.filter { seen.insert($0.standardizedFileURL.path).inserted }.map { .success($0) }
        }
        waiting = found.reversed()
    }

    package mutating func next() -> LoadedScenario? {
        guard let place = waiting.popLast() else { return nil }
        switch place.flatMap(ScenarioFiles.read) {
        case .failure(let diagnostic):
            let file = SourceFile(path: diagnostic.path, text: "")
            return LoadedScenario(file: file, scenarios: [], diagnostics: [diagnostic], idSpan: nil)
        case .success(let file):
            var loaded = loader.load(file)
            guard let scenario = loaded.scenario else { return loaded }
            let id = scenario.family
            if let other = paths[id] {
                let diagnostic = Diagnostic(
                    code: "duplicate-id", message: "the scenario `\(id)` stands in \(other) too",
                    path: file.path,
                    span: loaded.idSpan)
                loaded = LoadedScenario(
                    file: file, scenarios: [], diagnostics: loaded.diagnostics + [diagnostic], idSpan: loaded.idSpan)
            } else {
                paths[id] = file.path
            }
            return loaded
        }
    }
}

/// Scenarios that cannot be used (exit code 3): everything that is wrong, at once.
package struct ScenarioError: Error, Sendable, CustomStringConvertible {
    package let diagnostics: [Diagnostic]
    /// The texts they point into, by path.
    package let files: [String: SourceFile]

    package init(diagnostics: [Diagnostic], files: [String: SourceFile]) {
        self.diagnostics = diagnostics
        self.files = files
    }

    package var description: String {
        diagnostics.map { $0.rendered(in: files[$0.path]) }.joined(separator: "\n")
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Ledger
package import SourceText
internal import Value

/// All procedures in reach, read once and checked by themselves.
package struct ProcedureLibrary: Sendable {
    package private(set) var procedures: [String: Procedure] = [:]
    /// What is wrong with them, file by file.
    package private(set) var diagnostics: [Diagnostic] = []
    /// The texts the diagnostics point into, by path.
    package private(set) var files: [String: SourceFile] = [:]

    package init() {}

    /// Reads every YAML file of the folders; a folder that is absent holds none.
    package init(folders: [URL]) {
        var sources: [SourceFile] = []
        for folder in folders {
            for url in ScenarioFiles.yaml(in: folder) {
                switch ScenarioFiles.read(url) {
                case .success(let file): sources.append(file)
                case .failure(let diagnostic): diagnostics.append(diagnostic)
                }
            }
        }
        read(sources)
    }

    /// The mistakes of one procedure's file, whether it belongs to this library or not.
    func mistakes(in file: SourceFile) -> [Diagnostic] {
        if files[file.path]?.text == file.text { return diagnostics.filter { $0.path == file.path } }
        // Read beside the others, so that it may call them; its own name is not taken by itself.
        let others = files.values.filter { $0.path != file.path }.sorted { $0.path < $1.path }
        return ProcedureLibrary(sources: others + [file]).diagnostics.filter { $0.path == file.path }
    }

    /// From texts in memory.
    package init(sources: [SourceFile]) { read(sources) }

    private mutating func read(_ sources: [SourceFile]) {
        var found: [(procedure: Procedure, mistakes: Mistakes)] = []
        var broken: [Mistakes] = []
        for file in sources {
            files[file.path] = file
            let (root, problems) = YAMLParser.parse(file)
            let mistakes = Mistakes(file: file, diagnostics: problems)
            if root == nil, problems.isEmpty { mistakes.report("bad-yaml", "the file is empty", at: nil) }
            guard let root, let procedure = ProcedureReader(mistakes: mistakes).procedure(root) else {
                broken.append(mistakes)
                continue
            }
            if let other = procedures[procedure.name] {
                mistakes.report(
                    "duplicate-id", "the procedure `\(procedure.name)` stands in \(other.file.path) too",
                    at: root["procedure"]?.span)
            } else {
                procedures[procedure.name] = procedure
            }
            found.append((procedure, mistakes))
        }
        for (procedure, mistakes) in found { reportCircle(from: procedure, mistakes) }
        let known = procedures
        for (procedure, mistakes) in found {
            ProcedureReader(mistakes: mistakes).check(procedure, procedures: known)
            if mistakes.haveErrors { procedures[procedure.name]?.isSound = false }
        }
        spreadUnsoundness()
        for mistakes in broken + found.map(\.mistakes) { diagnostics += mistakes.sorted }
    }

    /// A procedure that calls a broken one cannot be expanded either.
    private mutating func spreadUnsoundness() {
        var changed = true
        while changed {
            changed = false
            for (name, procedure) in procedures where procedure.isSound {
                if procedure.calls.contains(where: { procedures[$0.name]?.isSound == false }) {
                    procedures[name]?.isSound = false
                    changed = true
                }
            }
        }
    }

    private func reportCircle(from procedure: Procedure, _ mistakes: Mistakes) {
        for call in procedure.calls {
            guard let path = path(from: call.name, to: procedure.name, visited: []) else { continue }
            mistakes.report(
                "circular-procedure",
                "the procedure calls itself: " + ([procedure.name] + path).joined(separator: " → "),
                remedy: "take the call out", at: call.span)
            return
        }
    }

    private func path(from name: String, to target: String, visited: Set<String>) -> [String]? {
        if name == target { return [name] }
        guard !visited.contains(name), let procedure = procedures[name] else { return nil }
        for call in procedure.calls {
            if let rest = path(from: call.name, to: target, visited: visited.union([name])) { return [name] + rest }
        }
        return nil
    }
}

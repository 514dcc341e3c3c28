// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import SourceText
internal import Value

/// Gathers the mistakes of all files of the ledger.
struct Problems {
    private var diagnostics: [Diagnostic] = []
    private var files: [String: SourceFile] = [:]

    mutating func add(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

    /// Reads one file; nil where it cannot be read or is no YAML.
    mutating func read<Content>(_ url: URL, _ body: (LedgerReader) -> Content) -> Content? {
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            add(
                Diagnostic(
                    code: "unreadable-file", message: "the file cannot be read as UTF-8 text",
                    remedy: "\(error.localizedDescription)", path: url.path))
            return nil
        }
        let file = SourceFile(path: url.path, text: text)
        files[file.path] = file
        let (root, found) = YAMLParser.parse(file)
        let mistakes = Mistakes(file: file, diagnostics: found)
        defer { diagnostics += mistakes.sorted }
        guard let root else {
            if found.isEmpty { mistakes.report("bad-yaml", "the file is empty", at: nil) }
            return nil
        }
        return body(LedgerReader(root: root, mistakes: mistakes))
    }

    /// What can only be seen over all files: profiles that rows name, and rows that profiles name, must agree.
    mutating func check(requirements: [Requirement], profiles: [Profile], file: URL) {
        guard diagnostics.isEmpty else { return }
        for requirement in requirements {
            for id in requirement.profiles {
                guard let profile = profiles.first(where: { $0.id == id }) else {
                    add(
                        Diagnostic(
                            code: "unknown-profile", message: "\(requirement.id) names the unknown profile `\(id)`",
                            remedy: Mistakes.suggestion(for: id, among: profiles.map(\.id)), path: file.path))
                    continue
                }
                let list = requirement.level == .engineering ? profile.engineering : profile.mandatory
                if requirement.level != .should, !list.contains(requirement.id) {
                    add(
                        Diagnostic(
                            code: "profile-mismatch",
                            message:
                                "\(requirement.id) (level \(requirement.level.rawValue)) names the profile `\(id)`, "
                                + "which does not list it so",
                            remedy: "mend requirements.yaml or profiles/\(id).yaml", path: file.path))
                }
            }
        }
        for profile in profiles {
            for id in profile.requirements
            where requirements.first(where: { $0.id == id })?.profiles.contains(profile.id) == false {
                add(
                    Diagnostic(
                        code: "profile-mismatch",
                        message: "the profile `\(profile.id)` lists \(id), which does not name it",
                        remedy: "mend requirements.yaml or profiles/\(profile.id).yaml", path: file.path))
            }
        }
    }

    /// Nothing may be judged that no page gave rise to, and each page that a row names must say so somewhere.
    mutating func check(statements: [Statement], requirements: [Requirement], file: URL) {
        guard diagnostics.isEmpty else { return }
        for requirement in requirements {
            let pages = Set(statements.filter { $0.rows.contains(requirement.id) }.flatMap(\.pages))
            if pages.isEmpty {
                add(
                    Diagnostic(
                        code: "unnamed-requirement", message: "no statement names \(requirement.id)",
                        remedy: "name it under the statement it judges, or whose sharp reading it is", path: file.path))
            }
            for page in requirement.sources where !pages.isEmpty && !pages.contains(page) {
                add(
                    Diagnostic(
                        code: "source-mismatch",
                        message: "\(requirement.id) names the page \(page.rawValue), of which no statement names it",
                        remedy: "mend sources in requirements.yaml, or rows in statements.yaml", path: file.path))
            }
        }
    }

    var error: LedgerError? {
        diagnostics.contains { $0.severity == .error } ? LedgerError(diagnostics: diagnostics, files: files) : nil
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import FHIRPath
internal import Ledger
internal import SourceText
internal import Value
internal import World

/// What the readers of one file share: its mistakes, the names in reach, and what the whole scenario has used so far.
struct ReadingContext {
    let mistakes: Mistakes
    let scope: Scope
    let assembly: Assembly
    let procedures: [String: Procedure]
    /// Names of the procedures being expanded, outermost first; empty in a scenario's own steps.
    var callStack: [String] = []
    /// True while a procedure is read by itself, with samples for its parameters: words cannot be decided then.
    var isSample = false
    /// Allowed words of the parameters of the procedure being read.
    var parameterWords: [String: [String]] = [:]
    /// The axes of the scenario's matrix with the value of this cell.
    var axes: [String: Axis] = [:]
    /// Features there are; empty where they are not known.
    var features: [String] = []

    /// An axis as conditions see it.
    struct Axis {
        let chosen: String
        let known: [String]
    }

    var file: SourceFile { mistakes.file }
}

/// What is gathered over all steps of one scenario.
final class Assembly {
    /// Checks in order of use.
    private(set) var checks: [(name: String, span: SourceSpan, file: SourceFile)] = []
    private var names: Set<String> = []
    /// The first step that needs a process of its own.
    var needsProcess: (text: String, span: SourceSpan, file: SourceFile)?

    /// Notes a check; false where its name was used before.
    func use(check name: String, at span: SourceSpan, in file: SourceFile) -> Bool {
        let isNew = names.insert(name).inserted
        if isNew { checks.append((name, span, file)) }
        return isNew
    }
}

extension ReadingContext {
    /// A check's name under `as` or as a key of `check`; nil, with a report, where it is none or stands twice.
    func check(_ node: YAMLNode) -> String? {
        guard let name = mistakes.text(node, "the name of a check") else { return nil }
        guard Names.isName(name) else {
            mistakes.report(
                "bad-name", "`\(name)` is no name for a check", remedy: "write " + Names.expected, at: node.span)
            return nil
        }
        if !assembly.use(check: name, at: node.span, in: file) {
            mistakes.report(
                "duplicate-check", "the check `\(name)` is decided in two places",
                remedy: "give each place a name of its own; a requirement may list both", at: node.span)
        }
        return name
    }

    // MARK: Text with references

    /// Text with its references resolved as far as the file can: parameters are replaced, captures get their run-time name.
    func template(_ node: YAMLNode, _ what: String) -> Template? {
        guard let text = node.text else {
            mistakes.report("wrong-type", "\(what) is text, not \(node.kindName)", at: node.span)
            return nil
        }
        var parts: [Template.Part] = []
        var isGood = true
        for lexed in Template.lex(text) {
            switch lexed.piece {
            case .text(let piece): parts.append(.text(piece))
            case .broken(let name):
                isGood = false
                mistakes.report(
                    "bad-reference", "`$(\(name)` is no reference",
                    remedy: "write `$(name)`, or `$$(` for the characters themselves",
                    at: node.span(ofText: lexed.range, in: file))
            case .reference(let name):
                if let resolved = reference(name, at: { node.span(ofText: lexed.range, in: file) }) {
                    parts += resolved
                } else {
                    isGood = false
                }
            }
        }
        return isGood ? Template(joining: parts) : nil
    }

    /// Text that must be complete in the file: no captures, and of the world only what `allowed` says.
    func literal(_ node: YAMLNode, _ what: String) -> String? {
        guard let template = template(node, what) else { return nil }
        if let literal = template.literal { return literal }
        mistakes.report(
            "not-literal", "\(what) must be complete before the run: `\(template.source)` is known only during it",
            at: node.span)
        return nil
    }

    private func reference(_ name: String, at span: () -> SourceSpan) -> [Template.Part]? {
        let pieces = name.split(separator: ".", maxSplits: 1).map(String.init)
        let head = pieces[0]
        let tail = pieces.count > 1 ? pieces[1] : nil
        if let binding = scope.use(parameter: head) {
            guard let tail else { return binding.value.parts }
            let members = WorldNames.members(of: binding.type)
            guard let alias = binding.value.literal, members.contains(tail) else {
                unknownReference(name, members.map { "\(head).\($0)" }, span)
                return nil
            }
            return worldReference(alias, tail, written: name, span)
        }
        guard let tail else {
            if let reference = scope.use(given: name) { return [.reference(reference)] }
            if let qualified = scope.use(capture: name) { return [.reference(qualified)] }
            if let members = scope.world.members(of: head), let first = members.first {
                mistakes.report(
                    "unknown-reference", "`$(\(head))` names a thing of the world, not one of its values",
                    remedy: "write for example `$(\(head).\(first))`; known: \(members.joined(separator: ", "))",
                    at: span())
            } else {
                unknownReference(name, scope.referenceNames, span)
            }
            return nil
        }
        if scope.use(capture: head) != nil {
            mistakes.report(
                "unknown-reference", "`\(head)` is a capture: it has no parts here",
                remedy: "capture the part itself, for example `capture: {\(head)-\(tail): \"…\"}`", at: span())
            return nil
        }
        return worldReference(head, tail, written: name, span)
    }

    private func worldReference(
        _ alias: String, _ member: String, written: String, _ span: () -> SourceSpan
    ) -> [Template.Part]? {
        guard let members = scope.world.members(of: alias) else {
            if isFromCaller(alias), WorldNames.allMembers.contains(member) { return [.reference("\(alias).\(member)")] }
            let members = isFromCaller(alias) ? WorldNames.allMembers.sorted().map { "\(alias).\($0)" } : []
            unknownReference(written, members + scope.referenceNames, span)
            return nil
        }
        guard members.contains(member) else {
            if scope.world.people[alias] == .patient, DataClassNames.directory.contains(member) {
                mistakes.report(
                    "unknown-reference", "`\(alias)` is a patient and has no Microsoft account, so no `\(member)`",
                    at: span())
            } else {
                unknownReference(written, members.map { "\(alias).\($0)" }, span)
            }
            return nil
        }
        return [.reference("\(alias).\(member)")]
    }

    private func unknownReference(_ name: String, _ known: [String], _ span: () -> SourceSpan) {
        mistakes.report(
            "unknown-reference", "nothing is called `\(name)` here",
            remedy: Mistakes.suggestion(for: name, among: known)
                ?? "capture it in an earlier step: `capture: {\(name): …}`",
            at: span())
    }
}

/// Data classes that only the Microsoft directory holds.
enum DataClassNames {
    static let directory = ["principal-name", "directory-id", "display-name"]
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Ledger
package import ScenarioLanguage
package import SourceText
internal import Value

/// A scenario's file while it is made or cut down: steps go, and what only they needed goes with them.
package struct ScenarioDraft: Sendable, Hashable {
    package var root: TextNode

    package init(_ root: TextNode) { self.root = root }

    /// Nil where the text is no YAML map.
    package init?(_ file: SourceFile) {
        guard let node = YAMLParser.parse(file).node, node.entries != nil else { return nil }
        root = TextNode(node)
    }

    package var steps: [TextNode] {
        get { root["steps"]?.items ?? [] }
        set { root["steps"] = .list(newValue) }
    }

    package var always: [TextNode] {
        get { root["always"]?.items ?? [] }
        set { root["always"] = newValue.isEmpty ? nil : .list(newValue) }
    }

    package var text: String { root.yaml }

    /// The scenario it is, or every mistake in it.
    /// - Parameters:
    ///   - path: how messages name it.
    ///   - procedures: what its `do` steps may call.
    package func scenario(
        path: String, ledger: Ledger, procedures: [SourceFile]
    ) throws(ScenarioError) -> Scenario {
        let file = SourceFile(path: path, text: text)
        let loaded = ScenarioLoader(ledger: ledger, library: ProcedureLibrary(sources: procedures)).load(file)
        guard let scenario = loaded.scenario, !loaded.diagnostics.contains(where: { $0.severity == .error }) else {
            throw ScenarioError(diagnostics: loaded.diagnostics, files: [path: file])
        }
        return scenario
    }

    // MARK: Cutting down

    /// Keeps those checks of steps that are named.
    package mutating func keepStepChecks(_ isKept: (String) -> Bool) {
        steps = steps.map { step in
            var step = step
            if let check = step["as"]?.string, !isKept(check), !Self.needsName(step) { step["as"] = nil }
            if let checks = step["check"]?.entries {
                let left = checks.filter { isKept($0.key) }
                step["check"] = left.isEmpty ? nil : .map(left)
            }
            return step
        }
    }

    /// Keeps the invariants whose check is named.
    package mutating func keepInvariants(_ isKept: (String) -> Bool) {
        always = always.filter { $0["as"]?.string.map(isKept) ?? false }
    }

    /// A file must check something: where nothing else is left to be checked, that only known parties are spoken to.
    package mutating func checkTraffic() {
        guard checkNames.isEmpty else { return }
        always = [["never": "traffic.unexpected", "as": "only-known-parties"]]
        root["verifies"] = ["PRI-02": ["only-known-parties"]]
    }

    /// Takes out the steps and invariants in which these lines of ``text`` stand. Returns what they were, in short.
    package mutating func takeOut(at lines: Set<Int>) -> [String] {
        let read = YAMLParser.parse(SourceFile(path: "draft.yaml", text: text)).node
        let parts = (read?.entries ?? []).map(\.key.span.start.line)
        var gone: [String] = []
        func left(of items: [TextNode], _ key: String) -> [TextNode] {
            let starts = (read?[key]?.items ?? []).map(\.span.start.line)
            guard starts.count == items.count, let last = starts.last else { return items }
            let ends = starts.dropFirst() + [parts.first { $0 > last } ?? .max]
            return zip(items, zip(starts, ends)).compactMap { item, place in
                guard lines.contains(where: { $0 >= place.0 && $0 < place.1 }) else { return item }
                gone.append(item.entries?.first.map { "\($0.key): \($0.value.string ?? "…")" } ?? "")
                return nil
            }
        }
        steps = left(of: steps, "steps")
        always = left(of: always, "always")
        return gone
    }

    /// An absence is nothing without its check.
    private static func needsName(_ step: TextNode) -> Bool { step["absent"] != nil }

    /// Takes out what nothing uses any more: captures, checks under `verifies`, people, appointments.
    package mutating func prune(keepsWorld: Bool = false) {
        pruneCaptures()
        let checks = checkNames
        for key in ["verifies", "not-observable"] {
            guard let rows = root[key]?.entries else { continue }
            let left = rows.compactMap { row -> TextNode.Entry? in
                let names = (row.value.items ?? [row.value]).filter { $0.string.map(checks.contains) ?? false }
                return names.isEmpty ? nil : .init(row.key, .list(names))
            }
            root[key] = left.isEmpty && key != "verifies" ? nil : .map(left)
        }
        if !keepsWorld { pruneWorld() }
    }

    /// Every check that a step or an invariant decides, in its order.
    package var checkNames: [String] {
        (steps + always).flatMap { item in
            [item["as"]?.string].compactMap { $0 } + (item["check"]?.entries ?? []).map(\.key)
        }
    }

    private mutating func pruneCaptures() {
        var steps = self.steps
        var later = always.flatMap(\.texts).joined(separator: "\n")
        for index in steps.indices.reversed() {
            if let captures = steps[index]["capture"]?.entries {
                let text = later
                let left = captures.filter { capture in
                    text.contains("$(\(capture.key))")
                        || Self.names(capture.key).contains { text.contains("%captures.\($0)") }
                }
                steps[index]["capture"] = left.isEmpty ? nil : .map(left)
            }
            later += "\n" + steps[index].texts.joined(separator: "\n")
        }
        self.steps = steps
    }

    /// What expressions call a capture: as it is, or in camel case.
    private static func names(_ capture: String) -> [String] {
        let parts = capture.split(separator: "-")
        return [
            "`\(capture)`",
            (parts.first.map(String.init) ?? "")
                + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(),
        ]
    }

    /// People and appointments that no step, no invariant and no procedure names; a procedure may name anybody, so that
    /// they stay where one is called, but for patients.
    private mutating func pruneWorld() {
        guard var world = root["world"] else { return }
        let isCalling = steps.contains { $0["do"] != nil }
        func words(_ node: TextNode) -> [String] {
            switch node {
            case .text(let text, _): [text]
            case .list(let items): items.flatMap(words)
            case .map(let entries): entries.flatMap { [$0.key] + words($0.value) }
            }
        }
        let used = Set(
            (steps + always).flatMap(words).flatMap { text in
                text.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init)
            })
        if let appointments = world["appointments"]?.entries {
            let left = appointments.filter { used.contains($0.key) }
            world["appointments"] = left.isEmpty ? nil : .map(left)
        }
        let planned = Set((world["appointments"]?.entries ?? []).flatMap(\.value.texts))
        if let people = world["people"]?.entries {
            let left = people.filter { person in
                let isPatient = person.value.string == "patient" || person.value["role"]?.string == "patient"
                return used.contains(person.key) || planned.contains(person.key) || (isCalling && !isPatient)
            }
            world["people"] = .map(left)
        }
        root["world"] = world
    }
}

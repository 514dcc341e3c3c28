// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value

/// Reads a file with a matrix: once for each cell, so that each is complete and each mistake is found.
struct MatrixReading {
    let file: SourceFile
    /// What the YAML parser said.
    let problems: [Diagnostic]
    let ledger: Ledger
    let procedures: [String: Procedure]

    /// What one cell has no use for another may need: mistakes only where no cell has.
    private static let tolerance: Set<String> = [
        "unknown-check", "foreign-requirement", "foreign-profile", "unused-capture", "unused-parameter",
        "idle-requirement",
    ]

    func scenarios(_ root: YAMLNode, _ node: YAMLNode) -> ([Scenario], [Diagnostic]) {
        let mistakes = Mistakes(file: file, diagnostics: problems)
        guard let matrix = Matrix(node, mistakes: mistakes), !mistakes.haveErrors else {
            return ([], mistakes.sorted)
        }
        let known = Dictionary(
            matrix.axes.map { ($0.name, $0.options.map(\.name)) }, uniquingKeysWith: { first, _ in first })
        var scenarios: [Scenario] = []
        var found: [(cell: String, diagnostics: [Diagnostic], tolerated: [Diagnostic])] = []
        var used: Set<String> = []
        for cell in matrix.cells {
            let inner = Mistakes(file: file, tolerating: Self.tolerance)
            var substitution = MatrixSubstitution(cell: cell, mistakes: inner)
            let body = substitution.apply(to: Self.without(matrix: root))
            used.formUnion(substitution.used)
            let place = MatrixCell(values: cell.map { .init(axis: $0.axis, name: $0.option.name) })
            var reader = ScenarioReader(mistakes: inner, ledger: ledger, procedures: procedures)
            reader.cell = (place, known)
            if let scenario = reader.scenario(body) { scenarios.append(scenario) }
            found.append((place.name, inner.diagnostics, inner.tolerated))
        }
        if found.isEmpty {
            mistakes.report("missing-key", "`except` leaves no cell", at: node.span)
        }
        let diagnostics = merged(found)
        if diagnostics.isEmpty { reportUnused(matrix, root, used, mistakes) }
        let all = Mistakes.sorted(mistakes.diagnostics + diagnostics)
        return (all.contains { $0.severity == .error } ? [] : scenarios, all)
    }

    /// Each mistake once; one that not every cell has says where it stands.
    private func merged(
        _ found: [(cell: String, diagnostics: [Diagnostic], tolerated: [Diagnostic])]
    ) -> [Diagnostic] {
        var cells: [Diagnostic: [String]] = [:]
        var order: [Diagnostic] = []
        for (cell, diagnostics, _) in found {
            for diagnostic in diagnostics {
                if cells[diagnostic] == nil { order.append(diagnostic) }
                cells[diagnostic, default: []].append(cell)
            }
        }
        var merged = order.map { diagnostic -> Diagnostic in
            let names = cells[diagnostic] ?? []
            if names.count == found.count { return diagnostic }
            let listed = names.prefix(3).map { "`\($0)`" }.joined(separator: ", ") + (names.count > 3 ? ", …" : "")
            return Diagnostic(
                diagnostic.severity, code: diagnostic.code,
                message: diagnostic.message + " (in the cell\(names.count == 1 ? "" : "s") \(listed))",
                remedy: diagnostic.remedy, path: diagnostic.path, span: diagnostic.span)
        }
        for diagnostic in found.first?.tolerated ?? []
        where found.allSatisfy({ $0.tolerated.contains { Self.isSame($0, diagnostic) } })
            && !merged.contains(where: { Self.isSame($0, diagnostic) })
        {
            merged.append(diagnostic)
        }
        return merged
    }

    /// What is near to a word may differ from cell to cell.
    private static func isSame(_ one: Diagnostic, _ other: Diagnostic) -> Bool {
        one.code == other.code && one.message == other.message && one.span == other.span
    }

    /// An axis nobody looks at would run the same again and again.
    private func reportUnused(_ matrix: Matrix, _ root: YAMLNode, _ used: Set<String>, _ mistakes: Mistakes) {
        let conditions = Self.conditions(in: root)
        for axis in matrix.axes where !used.contains(axis.name) && !conditions.contains(axis.name) {
            mistakes.report(
                "unused-axis", "nothing depends on the axis `\(axis.name)`: every cell would do the same",
                remedy: "write `$(matrix.\(axis.name))` or `when: {\(axis.name): …}` somewhere, or leave the axis out",
                at: axis.span)
        }
    }

    private static func without(matrix root: YAMLNode) -> YAMLNode {
        YAMLNode(.mapping((root.entries ?? []).filter { $0.name != "matrix" }), span: root.span)
    }

    /// Every key under a `when`.
    private static func conditions(in root: YAMLNode) -> Set<String> {
        let items = (root["steps"]?.items ?? []) + (root["always"]?.items ?? [])
        return Set(items.flatMap { $0["when"]?.entries?.map(\.name) ?? [] })
    }
}

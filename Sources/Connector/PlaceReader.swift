// SPDX-License-Identifier: Apache-2.0

internal import SourceText
internal import Value

/// Reads where a value stands in a request: `{json: …}`, `{field: …}`, `{query: …}`, `{path: …}`.
struct PlaceReader {
    let diagnostics: DeploymentDiagnostics
    /// The words that are offered.
    let kinds: [String]
    /// Whose segments `{path: …}` names.
    let path: PathTemplate?

    func place(_ node: YAMLNode) -> RequestPlace? {
        guard let fields = DeploymentFields(node, keys: Set(kinds), in: diagnostics) else { return nil }
        let given = kinds.filter { fields[$0] != nil }
        guard let kind = given.first, given.count == 1 else {
            let words = kinds.map { "\($0): …" }.joined(separator: " or ")
            diagnostics.report(
                given.isEmpty ? "missing-key" : "conflict",
                given.isEmpty ? "nothing says where the value stands" : "a value stands in one place",
                given.isEmpty ? "add \(words)" : "keep one of: \(given.joined(separator: ", "))", at: node.span)
            return nil
        }
        switch kind {
        case "json": return fields["json"].flatMap(diagnostics.fhirPath).map { .json($0) }
        case "field": return fields.text("field").map { .field($0) }
        case "query": return fields.text("query").map { .query($0) }
        default:
            guard let name = fields.text("path") else { return nil }
            let names = path?.names ?? []
            if let path, !names.contains(name) {
                diagnostics.report(
                    "unknown-name", "\(path.text) has no segment {\(name)}",
                    nearestWord(to: name, in: names).map { "did you mean \"\($0)\"?" }
                        ?? "write {\(name)} for the segment in path", at: fields["path"]?.span)
            }
            return .path(name)
        }
    }
}

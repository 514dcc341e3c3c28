// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value

/// A value that a run gives to a scenario: by `--parameter`, else from the environment, else the default.
package struct ScenarioParameter: Sendable, Hashable {
    package let name: String
    /// `text` or `url`.
    package let type: ParameterType
    /// Name of an environment variable.
    package let environment: String?
    package let standard: String?

    package init(name: String, type: ParameterType, environment: String?, standard: String?) {
        self.name = name
        self.type = type
        self.environment = environment
        self.standard = standard
    }

    /// Where its value stands among the world's names.
    package var reference: String { "\(Self.owner).\(name)" }

    /// The owner of all parameters in ``WorldValue``.
    package static let owner = "parameters"

    /// Its value; nil where nobody gives one. Throws where it is none of its type.
    package func value(given: [String: String], environment: [String: String]) throws(ParameterError) -> String? {
        let value = given[name] ?? self.environment.flatMap { environment[$0] } ?? standard
        if type == .url, let value, !Self.isAddress(value) {
            throw ParameterError(name: name, value: value)
        }
        return value
    }

    static func isAddress(_ text: String) -> Bool { text.hasPrefix("http://") || text.hasPrefix("https://") }
}

/// A given value that does not fit its parameter.
package struct ParameterError: Error, Sendable, Hashable, CustomStringConvertible {
    package let name: String
    package let value: String

    package var description: String {
        "the parameter `\(name)` is an address that begins with http:// or https://, not `\(value)`"
    }
}

/// Reads `parameters:` of a scenario.
struct ScenarioParameterReader {
    let mistakes: Mistakes

    func parameters(_ node: YAMLNode) -> [(parameter: ScenarioParameter, span: SourceSpan)] {
        guard let form = Form(node, what: "`parameters`", mistakes: mistakes) else { return [] }
        return form.entries.compactMap { entry in
            if !Names.isName(entry.name) {
                mistakes.report(
                    "bad-name", "`\(entry.name)` is no name for a parameter", remedy: "write " + Names.expected,
                    at: entry.key.span)
            }
            return parameter(entry).map { ($0, entry.key.span) }
        }
    }

    private func parameter(_ entry: YAMLNode.Entry) -> ScenarioParameter? {
        if entry.value.text != nil {
            return type(entry.value, entry.name).map {
                ScenarioParameter(name: entry.name, type: $0, environment: nil, standard: nil)
            }
        }
        guard let form = Form(entry.value, what: "the parameter `\(entry.name)`", mistakes: mistakes) else {
            return nil
        }
        let kind = form.required("type").flatMap { type($0, entry.name) }
        let environment = form.text("environment")
        let standard = form.text("default")
        form.finish()
        if kind == .url, let standard, let node = form.node("default"), !ScenarioParameter.isAddress(standard) {
            mistakes.report(
                "wrong-type", "`default` of `\(entry.name)` is no address: `\(standard)`",
                remedy: "begin with http:// or https://", at: node.span)
        }
        return kind.map {
            ScenarioParameter(name: entry.name, type: $0, environment: environment, standard: standard)
        }
    }

    /// What decides how a file is read cannot be left to the run: that is what matrices and procedures are for.
    private func type(_ node: YAMLNode, _ name: String) -> ParameterType? {
        mistakes.word(node, "the type of `\(name)`", of: ["text", "url"]).flatMap { ParameterType(rawValue: $0) }
    }
}

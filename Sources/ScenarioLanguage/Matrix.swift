// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value

/// One cell of a scenario's matrix: a value for every axis. Each cell is a scenario of its own, `id[value,value]`.
package struct MatrixCell: Sendable, Hashable {
    /// The name of the value on each axis, in the order of the file.
    package let values: [Place]

    /// An axis and the value chosen on it.
    package struct Place: Sendable, Hashable {
        package let axis: String
        package let name: String

        package init(axis: String, name: String) {
            self.axis = axis
            self.name = name
        }
    }

    package init(values: [Place]) { self.values = values }

    /// `es-ES,throttled`: what stands in the brackets of the id.
    package var name: String { values.map(\.name).joined(separator: ",") }
}

/// The axes of a file, read from `matrix:`.
struct Matrix {
    /// A value of an axis: a word, or a mapping of named parts.
    struct Option {
        let name: String
        let node: YAMLNode
    }

    struct Axis {
        let name: String
        let span: SourceSpan
        let options: [Option]
    }

    let axes: [Axis]
    /// Cells that are left out: axis → names.
    private let exceptions: [[String: [String]]]

    /// More would be a mistake, not a test.
    static let limit = 500

    /// Nil, with reports, where it cannot be read.
    init?(_ node: YAMLNode, mistakes: Mistakes) {
        guard let form = Form(node, what: "`matrix`", mistakes: mistakes) else { return nil }
        axes = form.entries.filter { $0.name != "except" }.compactMap { Self.axis($0, mistakes) }
        let known = axes
        exceptions = (form.node("except").flatMap { mistakes.list($0, "`except`") } ?? []).compactMap {
            Self.exception($0, known, mistakes)
        }
        let count = axes.reduce(1) { $0.multipliedReportingOverflow(by: max(1, $1.options.count)).partialValue }
        if axes.isEmpty {
            mistakes.report(
                "missing-key", "`matrix` has no axis", remedy: "write for example `locale: [en-US, es-ES]`",
                at: node.span)
            return nil
        }
        if count > Self.limit || count < 0 {
            mistakes.report(
                "too-many-cells", "the matrix has \(count) cells, more than \(Self.limit)",
                remedy: "take values out, or write several scenarios", at: form.span)
            return nil
        }
    }

    private static func axis(_ entry: YAMLNode.Entry, _ mistakes: Mistakes) -> Axis? {
        if !Names.isName(entry.name) || entry.name == "claims" {
            mistakes.report(
                "bad-name", "`\(entry.name)` is no name for an axis",
                remedy: entry.name == "claims" ? "the word means something else already" : "write " + Names.expected,
                at: entry.key.span)
        }
        var options: [Option] = []
        func add(_ name: String, _ node: YAMLNode, _ span: SourceSpan) {
            if !isValueName(name) {
                mistakes.report(
                    "bad-name", "`\(name)` is no name for a value of the axis `\(entry.name)`",
                    remedy: "letters, digits, `.`, `_` and `-` will do: it stands in the scenario's id", at: span)
            } else if options.contains(where: { $0.name == name }) {
                mistakes.report("duplicate-name", "the axis `\(entry.name)` has `\(name)` twice", at: span)
            } else {
                options.append(Option(name: name, node: node))
            }
        }
        if let items = entry.value.items {
            for item in items {
                if let text = mistakes.text(item, "a value of the axis `\(entry.name)`") { add(text, item, item.span) }
            }
        } else if let values = entry.value.entries {
            for value in values { add(value.name, value.value, value.key.span) }
        } else {
            mistakes.report(
                "wrong-type", "the axis `\(entry.name)` is a list of words, not \(entry.value.kindName)",
                remedy: "write `[a, b]`, or `{a: {part: …}, b: {part: …}}` for values with parts", at: entry.value.span)
            return nil
        }
        if options.isEmpty {
            mistakes.report("missing-key", "the axis `\(entry.name)` has no value", at: entry.value.span)
            return nil
        }
        return Axis(name: entry.name, span: entry.key.span, options: options)
    }

    private static func isValueName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 60
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x2E || byte == 0x5F || byte == 0x2D
            }
    }

    private static func exception(
        _ node: YAMLNode, _ axes: [Axis], _ mistakes: Mistakes
    ) -> [String: [String]]? {
        guard let form = Form(node, what: "an item of `except`", mistakes: mistakes) else { return nil }
        var words: [String: [String]] = [:]
        for entry in form.entries {
            guard let axis = axes.first(where: { $0.name == entry.name }) else {
                mistakes.reportUnknown(
                    "unknown-axis", "axis", entry.name, known: axes.map(\.name), at: entry.key.span)
                continue
            }
            let names = axis.options.map(\.name)
            let given = mistakes.words(entry.value, "`\(entry.name)`")
            for (word, span) in given where !names.contains(word) {
                mistakes.reportUnknown("unknown-word", "value of `\(entry.name)`:", word, known: names, at: span)
            }
            words[entry.name] = given.map(\.word)
        }
        return words
    }

    /// Every combination that is not excepted, the last axis fastest.
    var cells: [[(axis: String, option: Option)]] {
        var cells: [[(axis: String, option: Option)]] = [[]]
        for axis in axes { cells = cells.flatMap { cell in axis.options.map { cell + [(axis.name, $0)] } } }
        return cells.filter { cell in
            !exceptions.contains { exception in
                !exception.isEmpty
                    && exception.allSatisfy { axis, names in
                        cell.contains { $0.axis == axis && names.contains($0.option.name) }
                    }
            }
        }
    }
}

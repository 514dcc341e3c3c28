// SPDX-License-Identifier: Apache-2.0

internal import FHIRPath
internal import Ledger
internal import SourceText
internal import Trace
internal import Value

extension ReadingContext {
    /// The `check:` of a step: named conditions over an event of `kind`, where that is known.
    func checks(_ form: Form, over kind: String?) -> [ExpressionCheck] {
        guard let node = form.node("check") else { return [] }
        guard let checks = Form(node, what: "`check`", mistakes: mistakes) else { return [] }
        return checks.entries.compactMap { entry in
            let name = check(entry.key)
            let read = condition(entry.value, "the condition of `\(entry.name)`", kind)
            guard let name, let read else { return nil }
            return ExpressionCheck(
                check: name, extraction: read.extraction, wanted: read.wanted, source: read.source,
                span: entry.value.span)
        }
    }

    /// The `capture:` of a step: values of the event for later steps.
    func captures(_ form: Form, over kind: String?) -> [Capture] {
        guard let node = form.node("capture") else { return [] }
        guard let captures = Form(node, what: "`capture`", mistakes: mistakes) else { return [] }
        // All expressions first: a capture is not yet known to its neighbours.
        let read = captures.entries.map { extraction($0.value, "the expression of `\($0.name)`", kind) }
        return zip(captures.entries, read).compactMap { entry, extraction in
            guard Names.isName(entry.name) else {
                mistakes.report(
                    "bad-name", "`\(entry.name)` is no name for a capture", remedy: "write " + Names.expected,
                    at: entry.key.span)
                return nil
            }
            if scope.parameters[entry.name] != nil || scope.given.contains(entry.name)
                || scope.world.members(of: entry.name) != nil
            {
                mistakes.report(
                    "duplicate-name", "`\(entry.name)` is a parameter or a thing of the world already",
                    at: entry.key.span)
            }
            let qualified = scope.capture(entry.name, at: entry.key.span)
            return extraction.map { Capture(name: qualified, extraction: $0) }
        }
    }

    /// A FHIRPath expression, compiled; nil, with a report at its place inside the quotes, where it is none.
    func expression(_ node: YAMLNode, _ what: String, _ kind: String?) -> (Expression, String)? {
        guard let text = mistakes.text(node, what) else { return nil }
        do {
            let expression = try Expression(parsing: text)
            guard let qualified = qualifiedVariables(text, node), startsWithField(text, kind, node) else { return nil }
            return (qualified == text ? expression : try Expression(parsing: qualified), text)
        } catch {
            let end = min(text.utf8.count, error.offset + max(1, error.length))
            var remedy = error.remedy
            if text.contains("$(") { remedy = "in FHIRPath a capture is written `%captures.name`" }
            mistakes.report(
                "bad-expression", "\(what) does not compile: \(error.message)", remedy: remedy,
                at: node.span(ofText: min(error.offset, end)..<end, in: file))
            return nil
        }
    }

    /// Whether the name an expression begins with is a field of its event: a misspelt one would be empty for ever.
    private func startsWithField(_ text: String, _ kind: String?, _ node: YAMLNode) -> Bool {
        guard let kind, let type = EventVocabulary.type(kind) else { return true }
        let name: Substring
        var rest: Substring
        if text.first == "`" {
            name = text.dropFirst().prefix { $0 != "`" }
            rest = text[name.endIndex...].dropFirst()
        } else {
            name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            rest = text[name.endIndex...]
        }
        while rest.first == " " { rest = rest.dropFirst() }
        guard let first = name.first, first.isLetter, rest.first != "(", name != "true", name != "false" else {
            return true
        }
        if type.fields.contains(where: { $0.name == name }), EventView.isField(String(name)) { return true }
        let known = EventView.names(of: type)
        guard !known.contains(EventView.camelCase(String(name))) else { return true }
        let written = text.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
        let hyphenated = EventView.camelCase(String(written))
        let start = text.utf8.distance(from: text.startIndex, to: name.startIndex)
        mistakes.report(
            "unknown-field", "`\(kind)` has no field `\(name)`",
            remedy: known.contains(hyphenated)
                ? "FHIRPath reads a hyphen as minus: write `\(hyphenated)`"
                : Mistakes.suggestion(for: String(name), among: known),
            at: node.span(ofText: start..<(start + name.utf8.count), in: file))
        return false
    }

    /// Checks the `%variables` of an expression, and gives `%captures.name` the name it goes by at run time.
    private func qualifiedVariables(_ text: String, _ node: YAMLNode) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var result = ""
        var rest = text[...]
        var isGood = true
        func offset(_ index: String.Index) -> Int { text.utf8.distance(from: text.startIndex, to: index) }
        func take(_ end: String.Index) {
            result += rest[..<end]
            rest = rest[end...]
        }
        while let character = rest.first {
            if character == "'" || character == "`" {
                // A literal or a delimited name: copied whole, escapes included.
                var index = rest.index(after: rest.startIndex)
                while index < rest.endIndex, rest[index] != character {
                    if rest[index] == "\\" { index = rest.index(after: index) }
                    if index < rest.endIndex { index = rest.index(after: index) }
                }
                take(index < rest.endIndex ? rest.index(after: index) : rest.endIndex)
                continue
            }
            guard character == "%" else {
                take(rest.index(after: rest.startIndex))
                continue
            }
            let start = rest.startIndex
            let name = rest.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            take(name.endIndex)
            guard name == "captures" else {
                if !Self.variables.contains(String(name)), !name.isEmpty, rest.first != "-" {
                    mistakes.reportUnknown(
                        "unknown-variable", "variable", "%" + name, known: Self.variables.map { "%" + $0 },
                        at: node.span(ofText: offset(start)..<offset(name.endIndex), in: file))
                    isGood = false
                }
                continue
            }
            guard let (capture, end) = Self.member(of: rest) else {
                scope.useAllCaptures()
                continue
            }
            let known = { scope.captureNames.first { EventView.camelCase($0) == capture } }
            guard let qualified = scope.use(capture: capture) ?? known().flatMap({ scope.use(capture: $0) }) else {
                let span = node.span(ofText: offset(start)..<offset(end), in: file)
                let hyphenated = scope.captureNames.first { $0.hasPrefix(capture + "-") }
                mistakes.report(
                    "unknown-reference", "nothing is captured as `\(capture)` here",
                    remedy: hyphenated.map {
                        "FHIRPath reads a hyphen as minus: write `%captures.\(EventView.camelCase($0))`"
                    }
                        ?? Mistakes.suggestion(for: capture, among: scope.captureNames), at: span)
                isGood = false
                take(end)
                continue
            }
            result += ".`\(qualified)`"
            rest = rest[end...]
        }
        return isGood ? result : nil
    }

    /// The member named behind a variable (`.name` or .`name`), and where it ends; nil for functions and nothing.
    private static func member(of rest: Substring) -> (String, String.Index)? {
        guard rest.first == "." else { return nil }
        let name = rest.dropFirst()
        if name.first == "`" {
            guard let close = name.dropFirst().firstIndex(of: "`") else { return nil }
            return (String(name[name.index(after: name.startIndex)..<close]), name.index(after: close))
        }
        let word = name.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        guard !word.isEmpty, name[word.endIndex...].first != "(" else { return nil }
        return (String(word), word.endIndex)
    }

    /// Assay's own, then FHIRPath's.
    private static let variables = [
        "world", "trace", "captures", "context", "resource", "rootResource", "ucum", "sct", "loinc", "vs", "ext",
    ]
}

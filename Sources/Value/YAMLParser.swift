// SPDX-License-Identifier: Apache-2.0

internal import CYaml
package import SourceText

/// Reads the plain part of YAML 1.1: one document of mappings, lists and scalars.
///
/// Refused at their place: anchors, aliases, tags, merge keys, further documents, keys that are no scalars, and keys that
/// stand twice. Bounds keep a hostile file from costing memory or stack.
package enum YAMLParser {
    package static let maxBytes = 4 << 20
    package static let maxScalarBytes = 1 << 20
    package static let maxNodes = 200_000
    package static let maxDepth = 64

    /// The document, and everything that is wrong with it.
    ///
    /// The node is nil where the text has no readable structure, or nothing in it; with mistakes that leave the structure
    /// whole it is there as well, so that a schema can report its own beside them.
    package static func parse(_ file: SourceFile) -> (node: YAMLNode?, diagnostics: [Diagnostic]) {
        let bytes = Array(file.text.utf8)
        guard bytes.count <= maxBytes else {
            let diagnostic = Diagnostic(
                code: "yaml-too-large", message: "the file has \(bytes.count) bytes, more than \(maxBytes)",
                remedy: "split it", path: file.path)
            return (nil, [diagnostic])
        }
        return bytes.withUnsafeBufferPointer { buffer in
            var parser = YAMLEventParser(file: file, bytes: buffer)
            return parser.run()
        }
    }
}

/// Stops a parse that cannot go on; its diagnostic is already kept.
private struct YAMLStop: Error {}

private struct YAMLEventParser {
    private let file: SourceFile
    private var marks: YAMLMarks
    private let bytes: UnsafeBufferPointer<UInt8>
    private var parser = yaml_parser_t()
    private var diagnostics: [Diagnostic] = []
    private var count = 0

    init(file: SourceFile, bytes: UnsafeBufferPointer<UInt8>) {
        self.file = file
        self.bytes = bytes
        marks = YAMLMarks(file)
    }

    mutating func run() -> (YAMLNode?, [Diagnostic]) {
        guard yaml_parser_initialize(&parser) == 1 else {
            return (nil, [Diagnostic(code: "yaml-memory", message: "libyaml could not be set up", path: file.path)])
        }
        defer { yaml_parser_delete(&parser) }
        yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
        let node = try? document()
        return (node.flatMap { $0 }, diagnostics)
    }

    private mutating func document() throws(YAMLStop) -> YAMLNode? {
        var root: YAMLNode?
        var documents = 0
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            switch event.type {
            case YAML_STREAM_END_EVENT: return root
            case YAML_DOCUMENT_START_EVENT:
                documents += 1
                if documents == 2 {
                    report(
                        "yaml-documents", "a second document starts here", "write one document per file",
                        marks.span(event.start_mark, event.end_mark))
                    throw YAMLStop()
                }
            case YAML_STREAM_START_EVENT, YAML_DOCUMENT_END_EVENT: break
            default: root = try node(event, depth: 1)
            }
        }
    }

    /// Reads the node that `event` begins.
    private mutating func node(_ event: yaml_event_t, depth: Int) throws(YAMLStop) -> YAMLNode {
        count += 1
        let span = marks.span(event.start_mark, event.end_mark)
        guard count <= YAMLParser.maxNodes, depth <= YAMLParser.maxDepth else {
            let isDeep = depth > YAMLParser.maxDepth
            report(
                isDeep ? "yaml-too-deep" : "yaml-too-many-nodes",
                isDeep
                    ? "nested deeper than \(YAMLParser.maxDepth) levels" : "more than \(YAMLParser.maxNodes) nodes",
                "split the file", span)
            throw YAMLStop()
        }
        switch event.type {
        case YAML_ALIAS_EVENT:
            report("yaml-alias", "aliases are not read", "write the value out", span)
            return YAMLNode(.scalar("", .plain), span: span)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            refuse(anchor: scalar.anchor != nil, tag: scalar.tag != nil, span)
            return try scalarNode(scalar, span)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            refuse(anchor: start.anchor != nil, tag: start.tag != nil, span)
            return try sequence(from: span.start, isFlow: start.style == YAML_FLOW_SEQUENCE_STYLE, depth: depth)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            refuse(anchor: start.anchor != nil, tag: start.tag != nil, span)
            return try mapping(from: span.start, isFlow: start.style == YAML_FLOW_MAPPING_STYLE, depth: depth)
        default:
            report("yaml-syntax", "a value is missing", nil, span)
            throw YAMLStop()
        }
    }

    private mutating func scalarNode(
        _ scalar: yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar, _ span: SourceSpan
    ) throws(YAMLStop) -> YAMLNode {
        guard scalar.length <= YAMLParser.maxScalarBytes else {
            report(
                "yaml-too-large", "a text longer than \(YAMLParser.maxScalarBytes) bytes", "put it into a file", span)
            throw YAMLStop()
        }
        let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        let style: YAMLNode.Style =
            switch scalar.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: .plain
            }
        return YAMLNode(.scalar(text, style), span: span)
    }

    private mutating func sequence(from start: SourcePosition, isFlow: Bool, depth: Int) throws(YAMLStop) -> YAMLNode {
        var items: [YAMLNode] = []
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            if event.type == YAML_SEQUENCE_END_EVENT {
                let end = isFlow ? marks.position(event.end_mark) : items.last?.span.end ?? start
                return YAMLNode(.sequence(items), span: SourceSpan(start: start, end: end))
            }
            items.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func mapping(from start: SourcePosition, isFlow: Bool, depth: Int) throws(YAMLStop) -> YAMLNode {
        var entries: [YAMLNode.Entry] = []
        var places: [String: SourcePosition] = [:]
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            if event.type == YAML_MAPPING_END_EVENT {
                let end = isFlow ? marks.position(event.end_mark) : entries.last?.value.span.end ?? start
                return YAMLNode(.mapping(entries), span: SourceSpan(start: start, end: end))
            }
            let key = try node(event, depth: depth + 1)
            var valueEvent = try next()
            defer { yaml_event_delete(&valueEvent) }
            let value = try node(valueEvent, depth: depth + 1)
            guard let name = key.text else {
                report("yaml-key", "a key must be a text, found a \(key.typeName)", nil, key.span)
                continue
            }
            if name == "<<", key.style == .plain {
                report("yaml-merge", "merge keys are not read", "write the members out", key.span)
                continue
            }
            if let first = places[name] {
                report(
                    "yaml-duplicate-key", "\"\(name)\" stands twice in this mapping",
                    "the first stands in line \(first.line)", key.span)
                continue
            }
            places[name] = key.span.start
            entries.append(YAMLNode.Entry(key: key, value: value))
        }
    }

    private mutating func refuse(anchor: Bool, tag: Bool, _ span: SourceSpan) {
        if anchor { report("yaml-anchor", "anchors are not read", "write the value where it is needed", span) }
        if tag { report("yaml-tag", "tags are not read", "leave it out: the place says the type", span) }
    }

    private mutating func next() throws(YAMLStop) -> yaml_event_t {
        var event = yaml_event_t()
        guard yaml_parser_parse(&parser, &event) == 1 else {
            reportSyntax()
            throw YAMLStop()
        }
        return event
    }

    private mutating func reportSyntax() {
        let problem = parser.problem.map { String(cString: $0) } ?? "not readable"
        let context = parser.context.map { " " + String(cString: $0) } ?? ""
        let place =
            parser.error == YAML_READER_ERROR
            ? file.position(atUTF8: parser.problem_offset) : marks.position(parser.problem_mark)
        let after = file.position(atUTF8: place.utf8Offset + 1)
        var remedy: String?
        if problem.contains("mapping values are not allowed") {
            remedy = "put a text that holds \": \" in quotes, or check the indentation"
        } else if problem.contains("cannot start any token") {
            remedy = "put a text that starts with this character in quotes; indent by spaces, not tabs"
        } else if problem.contains("expected ','") {
            remedy = "put a comma between the parts, and close what was opened; a text with a comma wants quotes"
        } else if problem.contains("did not find expected key") || problem.contains("expected '-' indicator") {
            remedy = "let the parts of one list or mapping begin in the same column"
        } else if problem.contains("could not find expected ':'") {
            remedy = "write `key: value`, with a blank after the colon"
        }
        report("yaml-syntax", problem + context, remedy, SourceSpan(start: place, end: after))
    }

    private mutating func report(_ code: String, _ message: String, _ remedy: String?, _ span: SourceSpan) {
        // One broken habit may repeat on every line: the first hundred are enough to mend it.
        guard diagnostics.count < 100 else { return }
        diagnostics.append(Diagnostic(code: code, message: message, remedy: remedy, path: file.path, span: span))
    }
}

/// Turns libyaml's marks, which count code points, into positions.
private struct YAMLMarks {
    private let file: SourceFile
    /// UTF-8 offset of each code point; empty where all are ASCII and the two are the same.
    private let offsets: [Int]
    /// Marks come in the order of the text: counting on from the last one keeps long lines from costing their square.
    private var last = SourcePosition(line: 1, column: 1, utf8Offset: 0)

    init(_ file: SourceFile) {
        self.file = file
        var offsets: [Int] = []
        if file.text.utf8.contains(where: { $0 >= 0x80 }) {
            var offset = 0
            for scalar in file.text.unicodeScalars {
                // libyaml does not count a byte order mark at the start.
                if !(offset == 0 && scalar == "\u{FEFF}") { offsets.append(offset) }
                offset += UTF8.width(scalar)
            }
            offsets.append(offset)
        }
        self.offsets = offsets
    }

    mutating func position(_ mark: yaml_mark_t) -> SourcePosition {
        let offset = min(
            file.text.utf8.count, offsets.isEmpty ? mark.index : offsets[min(mark.index, offsets.count - 1)])
        guard offset >= last.utf8Offset else { return file.position(atUTF8: offset) }
        let utf8 = file.text.utf8
        let from = utf8.index(utf8.startIndex, offsetBy: last.utf8Offset)
        let to = utf8.index(utf8.startIndex, offsetBy: offset)
        if utf8[from..<to].contains(UInt8(ascii: "\n")) {
            last = file.position(atUTF8: offset)
        } else {
            last = SourcePosition(
                line: last.line, column: last.column + file.text[from..<to].count, utf8Offset: offset)
        }
        return last
    }

    mutating func span(_ start: yaml_mark_t, _ end: yaml_mark_t) -> SourceSpan {
        let start = position(start)
        return SourceSpan(start: start, end: position(end))
    }
}

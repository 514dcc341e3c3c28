// SPDX-License-Identifier: Apache-2.0

import Value

/// What `$this`, `$index` and `$total` mean at a place.
struct Frame {
    var this: Items
    var index: Int?
    var total: Items?

    init(this: Items, index: Int? = nil, total: Items? = nil) {
        self.this = this
        self.index = index
        self.total = total
    }
}

/// One evaluation: runs steps and counts them.
final class Evaluator {
    let context: EvaluationContext
    let model: any TypeModel
    /// The model's descriptions by index.
    let types: [TypeDescription]
    let input: Item
    /// Variables of `defineVariable`, innermost last.
    var locals: [(name: String, items: Items)] = []
    private var steps = 0

    init(context: EvaluationContext, input: Item) {
        self.context = context
        model = context.model
        types = context.model.descriptions
        self.input = input
    }

    /// Counts work; loops over items count each.
    func step(at offset: Int) throws(FHIRPathError) { try charge(1, at: offset) }

    /// Counts work that grows with its input: copies of items, comparisons of texts.
    func charge(_ work: Int, at offset: Int) throws(FHIRPathError) {
        steps += work
        if steps > context.maximumSteps {
            throw FHIRPathError(
                .limit, "stopped after \(context.maximumSteps) evaluation steps",
                remedy: "does repeat() produce ever new items?", at: offset)
        }
    }

    func evaluate(_ part: any Step, _ frame: Frame) throws(FHIRPathError) -> Items {
        try step(at: 0)
        return try part.run(self, frame)
    }

    /// Evaluates a part that opens a scope of variables of its own.
    func scoped(_ step: any Step, _ frame: Frame) throws(FHIRPathError) -> Items {
        let depth = locals.count
        let result = try evaluate(step, frame)
        if locals.count > depth { locals.removeLast(locals.count - depth) }
        return result
    }

    /// The receiver of a call, or `$this`.
    func focus(_ receiver: (any Step)?, _ frame: Frame) throws(FHIRPathError) -> Items {
        if let receiver { try evaluate(receiver, frame) } else { frame.this }
    }

    /// A text that an operation made: its length counts, so that nothing can double it until memory ends.
    func made(_ text: String, at offset: Int) throws(FHIRPathError) -> Items {
        guard text.utf8.count <= Self.maximumTextBytes else {
            throw FHIRPathError(
                .limit, "a text of more than \(Self.maximumTextBytes) bytes",
                remedy: "does aggregate() or repeat() double a text?", at: offset)
        }
        try charge(text.utf8.count / 16, at: offset)
        return .one(.string(text))
    }

    static let maximumTextBytes = 8 << 20

    // MARK: Singletons

    /// The one item; nil for none; an error for several.
    func single(
        _ items: Items, _ operation: @autoclosure () -> String, at offset: Int
    ) throws(FHIRPathError) -> Item? {
        if items.count > 1 {
            throw FHIRPathError(
                .execution, "\(operation()) needs one item, found \(items.count)",
                remedy: "choose one with first(), where() or an index", at: offset)
        }
        return items.first
    }

    /// The one System value; nil for none and for a primitive without value.
    func singleValue(
        _ items: Items, _ operation: @autoclosure () -> String, at offset: Int
    ) throws(FHIRPathError) -> Item? {
        guard let item = try single(items, operation(), at: offset) else { return nil }
        if let value = systemValue(item) { return value }
        if case .node(let node) = item, node.value == nil { return nil }
        return item
    }

    /// Singleton evaluation as a boolean (section 4.5).
    func condition(_ items: Items, at offset: Int) throws(FHIRPathError) -> Bool? {
        guard let first = items.first else { return nil }
        if items.count > 1 {
            throw FHIRPathError(
                .execution, "a condition needs one item, found \(items.count)",
                remedy: "say exists(), all() or choose one", at: offset)
        }
        switch first {
        case .boolean(let flag): return flag
        case .node(let node):
            guard let value = node.value else { return true }
            if case .bool(let flag) = value { return flag }
            return true
        default: return true
        }
    }

    func integer(_ items: Items, at offset: Int) throws(FHIRPathError) -> Int64? {
        guard let item = try singleValue(items, "an integer argument", at: offset) else { return nil }
        if case .integer(let number) = item { return number }
        throw wrongType(item, "here", "an integer", at: offset)
    }

    /// The text of the one item; FHIR primitives written as JSON strings count as texts.
    func string(
        _ items: Items, _ operation: @autoclosure () -> String, at offset: Int
    ) throws(FHIRPathError) -> String? {
        guard let item = try single(items, operation(), at: offset) else { return nil }
        switch item {
        case .string(let text): return text
        case .node(let node):
            guard let value = node.value else { return nil }
            if case .string(let text) = value { return text }
        default: break
        }
        throw wrongType(item, operation(), "a text", at: offset)
    }

    /// The implicit conversion to a System type; see ``Item/systemValue(in:)``.
    func systemValue(_ item: Item) -> Item? {
        guard case .node(let node) = item else { return item }
        return node.systemValue(description(of: node.type)?.system)
    }

    func description(of type: TypeID) -> TypeDescription? { type.index < 0 ? nil : types[Int(type.index)] }

    func wrongType(_ item: Item, _ operation: String, _ expected: String, at offset: Int) -> FHIRPathError {
        let type = item.typeInfo(in: model)
        return FHIRPathError(
            .execution, "\(operation): found \(type.namespace).\(type.name)", remedy: "expected \(expected)", at: offset
        )
    }

    // MARK: Variables

    static func isStandardVariable(_ name: String) -> Bool {
        switch name {
        case "context", "resource", "rootResource", "ucum", "sct", "loinc": true
        default: name.hasPrefix("vs-") || name.hasPrefix("ext-")
        }
    }

    func variable(_ name: String, at offset: Int) throws(FHIRPathError) -> Items {
        if let local = locals.last(where: { $0.name == name }) { return local.items }
        if let items = context.variables[name] { return Items(items) }
        switch name {
        case "context": return .one(input)
        case "resource": return .one(context.resource ?? input)
        case "rootResource": return .one(context.rootResource ?? context.resource ?? input)
        case "ucum": return .one(.string("http://unitsofmeasure.org"))
        case "sct": return .one(.string("http://snomed.info/sct"))
        case "loinc": return .one(.string("http://loinc.org"))
        default: break
        }
        if name.hasPrefix("vs-") { return .one(.string("http://hl7.org/fhir/ValueSet/\(name.dropFirst(3))")) }
        if name.hasPrefix("ext-") {
            return .one(.string("http://hl7.org/fhir/StructureDefinition/\(name.dropFirst(4))"))
        }
        let known = context.variables.keys.sorted().map { "%\($0)" }.joined(separator: ", ")
        throw FHIRPathError(
            .execution, "unknown variable %\(name)",
            remedy: known.isEmpty ? "known are %context, %resource, %rootResource" : "known are \(known)", at: offset,
            length: name.utf8.count + 1)
    }

    func custom(
        _ name: String, _ focus: Items, _ arguments: [any Step], _ frame: Frame, at offset: Int
    ) throws(FHIRPathError) -> Items {
        guard let function = context.functions[name] else {
            throw FHIRPathError(
                .unsupported, "the function \(name)() is not offered here", at: offset, length: name.utf8.count)
        }
        var values: [[Item]] = []
        for argument in arguments { values.append(try scoped(argument, frame).array) }
        do {
            return Items(try function(focus.array, values))
        } catch {
            let refusal = error as? FHIRPathFunctionError
            throw FHIRPathError(
                .execution, "\(name)(): \(refusal?.message ?? String(describing: error))", remedy: refusal?.remedy,
                at: offset, length: name.utf8.count)
        }
    }
}

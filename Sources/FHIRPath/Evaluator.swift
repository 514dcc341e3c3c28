// SPDX-License-Identifier: Apache-2.0

import Value

/// What `$this`, `$index` and `$total` mean at a place.
struct Frame {
    var this: [Item]
    var index: Int?
    var total: [Item]?

    init(this: [Item], index: Int? = nil, total: [Item]? = nil) {
        self.this = this
        self.index = index
        self.total = total
    }
}

/// One evaluation: walks the tree, counts its steps.
final class Evaluator {
    let context: EvaluationContext
    let model: any TypeModel
    let input: Item
    /// Variables of `defineVariable`, innermost last.
    var locals: [(name: String, items: [Item])] = []
    private var steps = 0

    init(context: EvaluationContext, input: Item) {
        self.context = context
        model = context.model
        self.input = input
    }

    /// Counts work; loops over items count each.
    func step(at offset: Int) throws(FHIRPathError) {
        steps += 1
        if steps > context.maximumSteps {
            throw FHIRPathError(
                .limit, "stopped after \(context.maximumSteps) evaluation steps",
                remedy: "does repeat() produce ever new items?", at: offset)
        }
    }

    /// Evaluates a part that opens a scope of variables of its own.
    func scoped(_ syntax: Syntax, _ frame: Frame) throws(FHIRPathError) -> [Item] {
        let depth = locals.count
        let result = try evaluate(syntax, frame)
        if locals.count > depth { locals.removeLast(locals.count - depth) }
        return result
    }

    /// The receiver of a call, or `$this`.
    func focus(_ receiver: Syntax?, _ frame: Frame) throws(FHIRPathError) -> [Item] {
        if let receiver { try evaluate(receiver, frame) } else { frame.this }
    }

    func evaluate(_ syntax: Syntax, _ frame: Frame) throws(FHIRPathError) -> [Item] {
        try step(at: 0)
        switch syntax {
        case .literal(let items): return items
        case .this: return frame.this
        case .member(let receiver, let name, let offset):
            guard let receiver else {
                if let root = rootType(name, frame.this) { return root }
                return try members(name, of: frame.this, at: offset)
            }
            return try members(name, of: try evaluate(receiver, frame), at: offset)
        case .call(let receiver, let function, let arguments, let offset):
            return try call(function, try focus(receiver, frame), arguments, frame, at: offset)
        case .binary(let op, let left, let right, let offset):
            return try binary(op, left, right, frame, at: offset)
        case .subscripted(let receiver, let position, let offset):
            let items = try evaluate(receiver, frame)
            guard let index = try integer(try scoped(position, frame), at: offset) else { return [] }
            guard index >= 0, index < items.count else { return [] }
            return [items[Int(index)]]
        case .isType(let receiver, let type):
            let items = try focus(receiver, frame)
            guard let item = try single(items, "is", at: type.offset) else { return [] }
            return [.boolean(try matches(item, type, exactly: false))]
        case .asType(let receiver, let type):
            let items = try focus(receiver, frame)
            guard let item = try single(items, "as", at: type.offset) else { return [] }
            return try matches(item, type, exactly: true) ? [item] : []
        case .ofType(let receiver, let type):
            var result: [Item] = []
            for item in try focus(receiver, frame) where try matches(item, type, exactly: true) {
                result.append(item)
            }
            if result.isEmpty { try check(type) }
            return result
        case .variable(let name, let offset): return try variable(name, at: offset)
        case .negated(let operand, let offset): return try negated(try evaluate(operand, frame), at: offset)
        case .plus(let operand, let offset):
            let items = try evaluate(operand, frame)
            guard let item = try single(items, "+", at: offset) else { return [] }
            switch item.systemValue(in: model) {
            case .integer?, .decimal?, .quantity?: return [item]
            default: throw wrongType(item, "+", "a number or a quantity", at: offset)
            }
        case .index(let offset):
            guard let index = frame.index else {
                throw FHIRPathError(.execution, "$index stands outside of an iteration", at: offset, length: 6)
            }
            return [.integer(Int64(index))]
        case .total(let offset):
            guard let total = frame.total else {
                throw FHIRPathError(.execution, "$total stands outside of aggregate()", at: offset, length: 6)
            }
            return total
        case .customCall(let receiver, let name, let arguments, let offset):
            return try custom(name, try focus(receiver, frame), arguments, frame, at: offset)
        }
    }

    // MARK: Singletons

    /// The one item; nil for none; an error for several.
    func single(_ items: [Item], _ operation: String, at offset: Int) throws(FHIRPathError) -> Item? {
        if items.count > 1 {
            throw FHIRPathError(
                .execution, "\(operation) needs one item, found \(items.count)",
                remedy: "choose one with first(), where() or an index", at: offset)
        }
        return items.first
    }

    /// The one System value; nil for none and for a primitive without value.
    func singleValue(_ items: [Item], _ operation: String, at offset: Int) throws(FHIRPathError) -> Item? {
        guard let item = try single(items, operation, at: offset) else { return nil }
        if let value = item.systemValue(in: model) { return value }
        if case .node(let node) = item, node.value == nil { return nil }
        return item
    }

    /// Singleton evaluation as a boolean (section 4.5).
    func condition(_ items: [Item], at offset: Int) throws(FHIRPathError) -> Bool? {
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

    func integer(_ items: [Item], at offset: Int) throws(FHIRPathError) -> Int64? {
        guard let item = try singleValue(items, "an integer argument", at: offset) else { return nil }
        if case .integer(let number) = item { return number }
        throw wrongType(item, "here", "an integer", at: offset)
    }

    /// The text of the one item; FHIR primitives written as JSON strings count as texts.
    func string(_ items: [Item], _ operation: String, at offset: Int) throws(FHIRPathError) -> String? {
        guard let item = try single(items, operation, at: offset) else { return nil }
        switch item {
        case .string(let text): return text
        case .node(let node):
            guard let value = node.value else { return nil }
            if case .string(let text) = value { return text }
        default: break
        }
        throw wrongType(item, operation, "a text", at: offset)
    }

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

    private func variable(_ name: String, at offset: Int) throws(FHIRPathError) -> [Item] {
        if let local = locals.last(where: { $0.name == name }) { return local.items }
        if let items = context.variables[name] { return items }
        switch name {
        case "context": return [input]
        case "resource": return [context.resource ?? input]
        case "rootResource": return [context.rootResource ?? context.resource ?? input]
        case "ucum": return [.string("http://unitsofmeasure.org")]
        case "sct": return [.string("http://snomed.info/sct")]
        case "loinc": return [.string("http://loinc.org")]
        default: break
        }
        if name.hasPrefix("vs-") { return [.string("http://hl7.org/fhir/ValueSet/\(name.dropFirst(3))")] }
        if name.hasPrefix("ext-") { return [.string("http://hl7.org/fhir/StructureDefinition/\(name.dropFirst(4))")] }
        let known = context.variables.keys.sorted().map { "%\($0)" }.joined(separator: ", ")
        throw FHIRPathError(
            .execution, "unknown variable %\(name)",
            remedy: known.isEmpty ? "known are %context, %resource, %rootResource" : "known are \(known)", at: offset,
            length: name.utf8.count + 1)
    }

    private func custom(
        _ name: String, _ focus: [Item], _ arguments: [Syntax], _ frame: Frame, at offset: Int
    ) throws(FHIRPathError) -> [Item] {
        guard let function = context.functions[name] else {
            throw FHIRPathError(
                .unsupported, "the function \(name)() is not offered here", at: offset, length: name.utf8.count)
        }
        var values: [[Item]] = []
        for argument in arguments { values.append(try scoped(argument, frame)) }
        do {
            return try function(focus, values)
        } catch {
            let refusal = error as? FHIRPathFunctionError
            throw FHIRPathError(
                .execution, "\(name)(): \(refusal?.message ?? String(describing: error))", remedy: refusal?.remedy,
                at: offset, length: name.utf8.count)
        }
    }
}

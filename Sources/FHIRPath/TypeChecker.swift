// SPDX-License-Identifier: Apache-2.0

import SourceText

extension Expression {
    /// What can never work on an instance of a type: unknown elements, text functions on objects, and with `ordered` the
    /// functions that need an order on collections that have none. Empty where nothing is found or nothing is known.
    ///
    /// - Parameter type: the name of the input's type in `model`.
    package func mistakes(on type: String, in model: any TypeModel, ordered: Bool = false) -> [FHIRPathError] {
        var checker = TypeChecker(model: model, root: StaticType(type, in: model), checksOrder: ordered)
        _ = checker.infer(syntax, this: checker.root)
        return checker.mistakes.map { $0.in(text) }
    }
}

/// What is known of a collection before it exists.
struct StaticType {
    enum Member: Equatable {
        case node(TypeID)
        case system(SystemKind)
    }

    /// Nil where anything may be in it.
    var members: [Member]?
    var isOrdered = true

    static let unknown = StaticType(members: nil)

    init(members: [Member]?, isOrdered: Bool = true) {
        self.members = members
        self.isOrdered = isOrdered
    }

    init(_ kind: SystemKind) { members = [.system(kind)] }

    init(_ name: String, in model: any TypeModel) { members = model.type(named: name).map { [.node($0)] } }
}

private struct TypeChecker {
    let model: any TypeModel
    let root: StaticType
    let checksOrder: Bool
    var mistakes: [FHIRPathError] = []

    mutating func infer(_ syntax: Syntax, this: StaticType) -> StaticType {
        switch syntax {
        case .literal(let items):
            guard items.count == 1, let kind = items[0].systemKind else { return StaticType(members: []) }
            return StaticType(kind)
        case .this: return this
        case .index: return StaticType(.integer)
        case .total: return .unknown
        case .variable(let name, _):
            switch name {
            case "context": return root
            case "ucum", "sct", "loinc": return StaticType(.string)
            default: return .unknown
            }
        case .member(let receiver, let name, let offset):
            if let receiver { return member(name, of: infer(receiver, this: this), at: offset) }
            return rootMember(name, of: this, at: offset)
        case .subscripted(let receiver, let position, let offset):
            let type = infer(receiver, this: this)
            _ = infer(position, this: this)
            checkOrder(type, "[ ]", at: offset)
            return type
        case .negated(let operand, _), .plus(let operand, _): return infer(operand, this: this)
        case .binary(let op, let left, let right, _): return binary(op, left, right, this: this)
        case .isType(let receiver, _):
            if let receiver { _ = infer(receiver, this: this) }
            return StaticType(.boolean)
        case .asType(let receiver, let type), .ofType(let receiver, let type):
            let focus = receiver.map { infer($0, this: this) } ?? this
            return narrowed(focus, to: type)
        case .customCall(let receiver, _, let arguments, _):
            if let receiver { _ = infer(receiver, this: this) }
            for argument in arguments { _ = infer(argument, this: this) }
            return .unknown
        case .call(let receiver, let function, let arguments, let offset):
            return call(function, receiver.map { infer($0, this: this) } ?? this, arguments, this: this, at: offset)
        }
    }

    private mutating func binary(_ op: Operator, _ left: Syntax, _ right: Syntax, this: StaticType) -> StaticType {
        let a = infer(left, this: this)
        let b = infer(right, this: this)
        switch op {
        case .union:
            guard let x = a.members, let y = b.members else { return StaticType(members: nil, isOrdered: false) }
            return StaticType(members: x + y.filter { !x.contains($0) }, isOrdered: false)
        case .add, .subtract, .multiply, .divide, .div, .mod: return .unknown
        case .concatenate: return StaticType(.string)
        default: return StaticType(.boolean)
        }
    }

    // MARK: Elements

    private mutating func rootMember(_ name: String, of this: StaticType, at offset: Int) -> StaticType {
        guard let first = name.utf8.first, first >= 0x41, first <= 0x5A, let wanted = model.type(named: name) else {
            return member(name, of: this, at: offset)
        }
        guard let members = this.members else { return .unknown }
        let matching = members.filter {
            if case .node(let id) = $0 { model.description(of: id)?.ancestors.contains(wanted) == true } else { false }
        }
        return matching.isEmpty ? member(name, of: this, at: offset) : StaticType(members: matching)
    }

    private mutating func member(_ name: String, of type: StaticType, at offset: Int) -> StaticType {
        guard let members = type.members, !members.isEmpty else { return .unknown }
        var found: [StaticType.Member] = []
        var isFound = false
        var candidates: [String] = []
        var names: [String] = []
        for case .node(let id) in members {
            guard let description = model.description(of: id) else { return .unknown }
            if let element = description.element(name) {
                isFound = true
                for form in element.forms where !found.contains(.node(form.type)) { found.append(.node(form.type)) }
            } else if description.isResource, isAbstract(description) {
                // The instance will be of a type that may have the element.
                return .unknown
            }
            candidates += description.elements.map(\.name)
            names.append(description.name)
        }
        if isFound { return StaticType(members: found, isOrdered: type.isOrdered) }
        for case .system(let kind) in members {
            if kind == .quantity { return .unknown }
            names.append(kind.rawValue)
        }
        mistakes.append(
            FHIRPathError(
                .semantic, "\(names.joined(separator: " or ")) has no element \(name)",
                remedy: nearestWord(to: name, in: candidates).map { "did you mean \($0)?" }, at: offset,
                length: name.utf8.count))
        return .unknown
    }

    private func isAbstract(_ description: TypeDescription) -> Bool {
        description.name == "Resource" || description.name == "DomainResource"
    }

    private func narrowed(_ focus: StaticType, to type: TypeSpecifier) -> StaticType {
        if type.namespace != "System", let id = model.type(named: type.name) {
            return StaticType(members: [.node(id)], isOrdered: focus.isOrdered)
        }
        if let kind = SystemKind(rawValue: type.name) { return StaticType(members: [.system(kind)]) }
        return .unknown
    }

    // MARK: Functions

    private mutating func checkOrder(_ type: StaticType, _ function: String, at offset: Int) {
        guard checksOrder, !type.isOrdered else { return }
        mistakes.append(
            FHIRPathError(
                .semantic, "\(function) on a collection without order", remedy: "sort it first, or filter with where()",
                at: offset))
    }

    private mutating func checkText(_ type: StaticType, _ function: Function, at offset: Int) {
        guard let members = type.members, !members.isEmpty else { return }
        let isPossible = members.contains { member in
            switch member {
            case .system(let kind): kind == .string
            case .node(let id):
                model.description(of: id).map { $0.isPrimitive && $0.system != .boolean && $0.system != .integer }
                    ?? true
            }
        }
        if isPossible { return }
        let found = members.map { member in
            switch member {
            case .system(let kind): kind.rawValue
            case .node(let id): model.description(of: id)?.name ?? "object"
            }
        }
        mistakes.append(
            FHIRPathError(
                .semantic, "\(function.rawValue)() needs a text, \(found.joined(separator: " or ")) is none",
                remedy: "choose an element of it", at: offset, length: function.rawValue.utf8.count))
    }

    private mutating func call(
        _ function: Function, _ focus: StaticType, _ arguments: [Syntax], this: StaticType, at offset: Int
    ) -> StaticType {
        let inner: StaticType
        switch function {
        case .where, .select, .all, .exists, .repeat, .repeatAll, .aggregate, .sort, .iif: inner = focus
        case .trace, .defineVariable: inner = focus
        default: inner = this
        }
        let given = arguments.map { infer($0, this: inner) }
        switch function {
        case .skip, .tail, .take, .first, .last:
            checkOrder(focus, "\(function.rawValue)()", at: offset)
            return focus
        case .where, .single, .intersect, .exclude, .distinct, .trace, .defineVariable, .abs: return focus
        case .sort: return StaticType(members: focus.members)
        case .select: return StaticType(members: given[0].members, isOrdered: focus.isOrdered && given[0].isOrdered)
        case .children, .descendants: return StaticType(members: nil, isOrdered: false)
        case .repeat, .repeatAll, .union: return StaticType(members: nil, isOrdered: false)
        case .startsWith, .endsWith, .contains, .matches, .matchesFull:
            checkText(focus, function, at: offset)
            return StaticType(.boolean)
        case .upper, .lower, .substring, .replace, .replaceMatches, .trim:
            checkText(focus, function, at: offset)
            return StaticType(.string)
        case .length, .indexOf, .lastIndexOf:
            checkText(focus, function, at: offset)
            return StaticType(.integer)
        case .count: return StaticType(.integer)
        case .empty, .exists, .all, .allTrue, .anyTrue, .allFalse, .anyFalse, .subsetOf, .supersetOf, .isDistinct, .not,
            .hasValue:
            return StaticType(.boolean)
        case .toString: return StaticType(.string)
        case .toInteger: return StaticType(.integer)
        case .extension: return StaticType("Extension", in: model)
        case .now: return StaticType(.dateTime)
        case .today: return StaticType(.date)
        default: return .unknown
        }
    }
}

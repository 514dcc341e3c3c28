// SPDX-License-Identifier: Apache-2.0

/// One operation of a compiled expression with its operands. The tree of the parser is turned into steps once; they hold
/// what evaluation would otherwise look up at each visit.
protocol Step: AnyObject, Sendable {
    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items
}

extension Syntax {
    func compiled() -> any Step {
        switch self {
        case .literal(let items): LiteralStep(Items(items))
        case .this: ThisStep()
        case .index(let offset): IndexStep(offset: offset)
        case .total(let offset): TotalStep(offset: offset)
        case .variable(let name, let offset): VariableStep(name: name, offset: offset)
        case .member(nil, let name, let offset): FirstMemberStep(ElementName(name), offset: offset)
        case .member(let receiver?, let name, let offset):
            MemberStep(receiver.compiled(), ElementName(name), offset: offset)
        case .call(let receiver, let function, let arguments, let offset):
            CallStep(receiver?.compiled(), function, arguments.map { $0.compiled() }, offset: offset)
        case .customCall(let receiver, let name, let arguments, let offset):
            CustomCallStep(receiver?.compiled(), name, arguments.map { $0.compiled() }, offset: offset)
        case .subscripted(let receiver, let position, let offset):
            SubscriptStep(receiver.compiled(), position.compiled(), offset: offset)
        case .negated(let operand, let offset): NegationStep(operand.compiled(), offset: offset)
        case .plus(let operand, let offset): PlusStep(operand.compiled(), offset: offset)
        case .binary(let op, let left, let right, let offset):
            switch op {
            case .and, .or, .xor, .implies: LogicStep(op, left.compiled(), right.compiled(), offset: offset)
            default: BinaryStep(op, left.compiled(), right.compiled(), offset: offset)
            }
        case .isType(let receiver, let type): TypeStep(.is, receiver?.compiled(), type)
        case .asType(let receiver, let type): TypeStep(.as, receiver?.compiled(), type)
        case .ofType(let receiver, let type): TypeStep(.ofType, receiver?.compiled(), type)
        }
    }
}

final class LiteralStep: Step {
    private let items: Items

    init(_ items: Items) { self.items = items }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items { items }
}

final class ThisStep: Step {
    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items { frame.this }
}

final class IndexStep: Step {
    private let offset: Int

    init(offset: Int) { self.offset = offset }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        guard let index = frame.index else {
            throw FHIRPathError(.execution, "$index stands outside of an iteration", at: offset, length: 6)
        }
        return .one(.integer(Int64(index)))
    }
}

final class TotalStep: Step {
    private let offset: Int

    init(offset: Int) { self.offset = offset }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        guard let total = frame.total else {
            throw FHIRPathError(.execution, "$total stands outside of aggregate()", at: offset, length: 6)
        }
        return total
    }
}

final class VariableStep: Step {
    private let name: String
    private let offset: Int

    init(name: String, offset: Int) {
        self.name = name
        self.offset = offset
    }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        try evaluator.variable(name, at: offset)
    }
}

/// A name at the start of a path: a type of the input, or an element of `$this`.
final class FirstMemberStep: Step {
    private let name: ElementName
    private let offset: Int

    init(_ name: ElementName, offset: Int) {
        self.name = name
        self.offset = offset
    }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        if name.isCapitalized, let root = evaluator.rootType(name.text, frame.this) { return root }
        return try evaluator.members(name, of: frame.this, at: offset)
    }
}

final class MemberStep: Step {
    private let receiver: any Step
    private let name: ElementName
    private let offset: Int

    init(_ receiver: any Step, _ name: ElementName, offset: Int) {
        self.receiver = receiver
        self.name = name
        self.offset = offset
    }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        try evaluator.members(name, of: try evaluator.evaluate(receiver, frame), at: offset)
    }
}

final class SubscriptStep: Step {
    private let receiver: any Step
    private let position: any Step
    private let offset: Int

    init(_ receiver: any Step, _ position: any Step, offset: Int) {
        self.receiver = receiver
        self.position = position
        self.offset = offset
    }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        let items = try evaluator.evaluate(receiver, frame)
        guard let index = try evaluator.integer(try evaluator.scoped(position, frame), at: offset) else { return .none }
        guard index >= 0, index < items.count else { return .none }
        return .one(items[Int(index)])
    }
}

final class CallStep: Step {
    private let receiver: (any Step)?
    private let function: Function
    private let arguments: [any Step]
    private let offset: Int

    init(_ receiver: (any Step)?, _ function: Function, _ arguments: [any Step], offset: Int) {
        self.receiver = receiver
        self.function = function
        self.arguments = arguments
        self.offset = offset
    }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        try evaluator.call(function, try evaluator.focus(receiver, frame), arguments, frame, at: offset)
    }
}

final class CustomCallStep: Step {
    private let receiver: (any Step)?
    private let name: String
    private let arguments: [any Step]
    private let offset: Int

    init(_ receiver: (any Step)?, _ name: String, _ arguments: [any Step], offset: Int) {
        self.receiver = receiver
        self.name = name
        self.arguments = arguments
        self.offset = offset
    }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        try evaluator.custom(name, try evaluator.focus(receiver, frame), arguments, frame, at: offset)
    }
}

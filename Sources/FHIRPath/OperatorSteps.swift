// SPDX-License-Identifier: Apache-2.0

final class NegationStep: Step {
    let operand: any Step
    private let offset: Int

    init(_ operand: any Step, offset: Int) {
        self.operand = operand
        self.offset = offset
    }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        try evaluator.negated(try evaluator.evaluate(operand, frame), at: offset)
    }
}

final class PlusStep: Step {
    private let operand: any Step
    private let offset: Int

    init(_ operand: any Step, offset: Int) {
        self.operand = operand
        self.offset = offset
    }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        let items = try evaluator.evaluate(operand, frame)
        guard let item = try evaluator.single(items, "+", at: offset) else { return .none }
        switch evaluator.systemValue(item) {
        case .integer?, .decimal?, .quantity?: return .one(item)
        default: throw evaluator.wrongType(item, "+", "a number or a quantity", at: offset)
        }
    }
}

final class BinaryStep: Step {
    private let op: Operator
    private let left: any Step
    private let right: any Step
    private let offset: Int

    init(_ op: Operator, _ left: any Step, _ right: any Step, offset: Int) {
        self.op = op
        self.left = left
        self.right = right
        self.offset = offset
    }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        try evaluator.binary(
            op, try evaluator.scoped(left, frame), try evaluator.scoped(right, frame), at: offset)
    }
}

/// Three-valued logic; the right side is not evaluated where the left decides.
final class LogicStep: Step {
    private let op: Operator
    private let left: any Step
    private let right: any Step
    private let offset: Int

    init(_ op: Operator, _ left: any Step, _ right: any Step, offset: Int) {
        self.op = op
        self.left = left
        self.right = right
        self.offset = offset
    }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        let a = try evaluator.condition(try evaluator.scoped(left, frame), at: offset)
        switch (op, a) {
        case (.and, false?): return .one(.boolean(false))
        case (.or, true?), (.implies, false?): return .one(.boolean(true))
        default: break
        }
        let b = try evaluator.condition(try evaluator.scoped(right, frame), at: offset)
        switch op {
        case .and: return Items(b == false ? false : a == true && b == true ? true : nil)
        case .or: return Items(b == true ? true : a == false && b == false ? false : nil)
        case .xor:
            guard let a, let b else { return .none }
            return .one(.boolean(a != b))
        default: return Items(b == true ? true : a == true ? b : nil)
        }
    }
}

/// `is`, `as` and `ofType`, written as operators or functions.
final class TypeStep: Step {
    enum Question { case `is`, `as`, ofType }

    private let question: Question
    private let receiver: (any Step)?
    private let type: TypeSpecifier

    init(_ question: Question, _ receiver: (any Step)?, _ type: TypeSpecifier) {
        self.question = question
        self.receiver = receiver
        self.type = type
    }

    func run(_ evaluator: Evaluator, _ frame: Frame) throws(FHIRPathError) -> Items {
        let items = try evaluator.focus(receiver, frame)
        switch question {
        case .is:
            guard let item = try evaluator.single(items, "is", at: type.offset) else { return .none }
            return .one(.boolean(try evaluator.matches(item, type, exactly: false)))
        case .as:
            guard let item = try evaluator.single(items, "as", at: type.offset) else { return .none }
            return try evaluator.matches(item, type, exactly: true) ? .one(item) : .none
        case .ofType:
            var result = Items.none
            for item in items where try evaluator.matches(item, type, exactly: true) { result.append(item) }
            if result.isEmpty { try evaluator.check(type) }
            return result
        }
    }
}

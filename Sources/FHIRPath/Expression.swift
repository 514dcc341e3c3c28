// SPDX-License-Identifier: Apache-2.0

package import Value

/// A parsed FHIRPath expression: parse once, evaluate often, from any thread.
///
///     let path = try Expression(parsing: "name.where(use = 'official').given.first()")
///     let items = try path.evaluate(on: patient, context: EvaluationContext(model: model))
package struct Expression: Sendable, CustomStringConvertible {
    /// The text as written.
    package let text: String
    let syntax: Syntax
    private let program: any Step

    /// Parses FHIRPath N1 and the STU additions `sort`, `coalesce`, `defineVariable`, `lowBoundary` ….
    ///
    /// - Parameter customFunctions: names of functions that the evaluation's context will supply.
    package init(parsing text: String, customFunctions: Set<String> = []) throws(FHIRPathError) {
        self.text = text
        do {
            var parser = try Parser(text, customFunctions: customFunctions)
            syntax = try parser.parse()
            program = syntax.compiled()
        } catch {
            throw error.in(text)
        }
    }

    package var description: String { text }

    /// Evaluates on a JSON value whose type the context's model finds.
    package func evaluate(
        on input: Value, context: EvaluationContext = EvaluationContext()
    ) throws(FHIRPathError) -> [Item] {
        try evaluate(on: .node(Node(value: input, type: context.model.type(of: input))), context: context)
    }

    /// Evaluates on one item, for example an element of known type.
    package func evaluate(
        on input: Item, context: EvaluationContext = EvaluationContext()
    ) throws(FHIRPathError) -> [Item] {
        let evaluator = Evaluator(context: context, input: input)
        do {
            return try evaluator.evaluate(program, Frame(this: .one(input))).array
        } catch {
            throw error.in(text)
        }
    }

    /// The answer as a condition: nil for the empty collection, true for a single item that is no boolean; several
    /// items are an error (singleton evaluation of collections, section 4.5).
    package func evaluateBool(
        on input: Value, context: EvaluationContext = EvaluationContext()
    ) throws(FHIRPathError) -> Bool? {
        try evaluateBool(on: .node(Node(value: input, type: context.model.type(of: input))), context: context)
    }

    /// See ``evaluateBool(on:context:)``.
    package func evaluateBool(
        on input: Item, context: EvaluationContext = EvaluationContext()
    ) throws(FHIRPathError) -> Bool? {
        let evaluator = Evaluator(context: context, input: input)
        do {
            return try evaluator.condition(try evaluator.evaluate(program, Frame(this: .one(input))), at: 0)
        } catch {
            throw error.in(text)
        }
    }

    /// Names behind `%`, in order of appearance, standard ones and variables defined in the expression left out.
    package var referencedVariables: [String] {
        var names: [String] = []
        var defined: Set<String> = []
        syntax.visit { part in
            switch part {
            case .variable(let name, _): if !names.contains(name) { names.append(name) }
            case .call(_, .defineVariable, let arguments, _):
                if case .literal(let items)? = arguments.first, case .string(let name)? = items.first {
                    defined.insert(name)
                }
            default: break
            }
        }
        return names.filter { !Evaluator.isStandardVariable($0) && !defined.contains($0) }
    }

    /// Names of the custom functions the expression calls.
    package var referencedFunctions: [String] {
        var names: [String] = []
        syntax.visit { part in
            if case .customCall(_, let name, _, _) = part, !names.contains(name) { names.append(name) }
        }
        return names
    }
}

extension FHIRPathError {
    func `in`(_ expression: String) -> FHIRPathError {
        var error = self
        error.expression = expression
        return error
    }
}

extension Syntax {
    /// Visits this part and all parts below it, left to right.
    func visit(_ body: (Syntax) -> Void) {
        body(self)
        switch self {
        case .literal, .variable, .this, .index, .total: break
        case .member(let receiver, _, _): receiver?.visit(body)
        case .call(let receiver, _, let arguments, _), .customCall(let receiver, _, let arguments, _):
            receiver?.visit(body)
            for argument in arguments { argument.visit(body) }
        case .subscripted(let left, let right, _), .binary(_, let left, let right, _):
            left.visit(body)
            right.visit(body)
        case .negated(let operand, _), .plus(let operand, _): operand.visit(body)
        case .isType(let receiver, _), .asType(let receiver, _), .ofType(let receiver, _): receiver?.visit(body)
        }
    }
}

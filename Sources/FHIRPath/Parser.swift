// SPDX-License-Identifier: Apache-2.0

import SourceText

/// Recursive descent over the tokens with one loop for the binary operators.
struct Parser {
    private let tokens: [Token]
    private var index = 0
    private var depth = 0
    /// The height of the tree that was parsed last.
    private var height = 0
    private let customFunctions: Set<String>

    /// Deeper nesting is refused, so that no expression can exhaust the stack.
    static let maximumDepth = 120
    /// Chains such as `a or b or c …` and long paths grow the tree without nesting; walks over it are recursive.
    static let maximumHeight = 1000

    init(_ text: String, customFunctions: Set<String>) throws(FHIRPathError) {
        var lexer = Lexer(text)
        tokens = try lexer.tokens()
        self.customFunctions = customFunctions
    }

    mutating func parse() throws(FHIRPathError) -> Syntax {
        let syntax = try expression(above: 0)
        guard current.kind == .end else {
            throw unexpected("an operator, '.', '[' or the end of the expression")
        }
        return syntax
    }

    private var current: Token { tokens[index] }

    private func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }

    private mutating func take(_ symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ symbol: String, _ expected: String) throws(FHIRPathError) {
        guard take(symbol) else { throw unexpected(expected) }
    }

    private func unexpected(_ expected: String) -> FHIRPathError {
        let token = current
        let found: String
        switch token.kind {
        case .end: found = "the end of the expression"
        case .word(let word): found = word
        case .symbol(let symbol): found = "'\(symbol)'"
        case .delimited(let name): found = "`\(name)`"
        case .string: found = "a text"
        case .integer, .decimal: found = "a number"
        case .temporal: found = "a date or time"
        case .variable(let name): found = "%\(name)"
        case .special(let name): found = "$\(name)"
        }
        return FHIRPathError(
            .syntax, "unexpected \(found)", remedy: "expected \(expected)", at: token.offset,
            length: token.end - token.offset)
    }

    // MARK: Operators

    private func binaryOperator() -> Operator? {
        switch current.kind {
        case .symbol(let symbol): Operator(rawValue: symbol)
        case .word(let word): Operator(rawValue: word)
        default: nil
        }
    }

    private mutating func expression(above floor: Int) throws(FHIRPathError) -> Syntax {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw FHIRPathError(
                .limit, "nested deeper than \(Self.maximumDepth) levels", at: current.offset,
                length: current.end - current.offset)
        }
        var left = try unary()
        var reached = height
        while true {
            if case .word(let word) = current.kind, word == "is" || word == "as", floor < Operator.typePrecedence {
                index += 1
                let type = try typeSpecifier()
                left = word == "is" ? .isType(left, type) : .asType(left, type)
                reached = try higher(than: reached)
                continue
            }
            guard let op = binaryOperator(), op.precedence > floor else { return left }
            let offset = current.offset
            index += 1
            left = .binary(op, left, try expression(above: op.precedence), offset: offset)
            reached = try higher(than: max(reached, height))
        }
    }

    /// The height above subtrees of a height; it becomes the height of what was parsed last.
    private mutating func higher(than below: Int) throws(FHIRPathError) -> Int {
        guard below < Self.maximumHeight else {
            throw FHIRPathError(
                .limit, "a chain of more than \(Self.maximumHeight) operations",
                remedy: "use a list: (a | b | c).exists(), or split the expression", at: current.offset)
        }
        height = below + 1
        return height
    }

    private mutating func unary() throws(FHIRPathError) -> Syntax {
        let offset = current.offset
        var signs = 0
        var negative = false
        while isSymbol("-") || isSymbol("+") {
            if isSymbol("-") { negative.toggle() }
            index += 1
            signs += 1
            guard signs <= Self.maximumDepth else {
                throw FHIRPathError(.limit, "more than \(Self.maximumDepth) signs", at: offset)
            }
        }
        let operand = try postfix(try term())
        if signs == 0 { return operand }
        return negative ? .negated(operand, offset: offset) : .plus(operand, offset: offset)
    }

    private mutating func postfix(_ start: Syntax) throws(FHIRPathError) -> Syntax {
        var receiver = start
        // The tree grows leftwards with each step, and the evaluator walks it recursively.
        var steps = 0
        var reached = height
        while true {
            steps += 1
            guard steps <= 2 * Self.maximumDepth else {
                throw FHIRPathError(.limit, "a path of more than \(2 * Self.maximumDepth) steps", at: current.offset)
            }
            if take(".") {
                height = 0
                receiver = try invocation(on: receiver)
                reached = try higher(than: max(reached, height))
            } else if isSymbol("[") {
                let offset = current.offset
                index += 1
                let position = try expression(above: 0)
                try expect("]", "']'")
                receiver = .subscripted(receiver, position, offset: offset)
                reached = try higher(than: max(reached, height))
            } else {
                return receiver
            }
        }
    }

    // MARK: Terms

    private mutating func term() throws(FHIRPathError) -> Syntax {
        let token = current
        height = 1
        switch token.kind {
        case .string(let text):
            index += 1
            return .literal([.string(text)])
        case .integer(let integer):
            index += 1
            return quantity(ExactDecimal(integer)) ?? .literal([.integer(integer)])
        case .decimal(let decimal):
            index += 1
            return quantity(decimal) ?? .literal([.decimal(decimal)])
        case .temporal(let temporal):
            index += 1
            return .literal([.temporal(temporal)])
        case .variable(let name):
            index += 1
            return .variable(name, offset: token.offset)
        case .special, .delimited: return try invocation(on: nil)
        case .word(let word):
            if !isCallNext {
                switch word {
                case "true", "false":
                    index += 1
                    return .literal([.boolean(word == "true")])
                case "and", "or", "xor", "implies", "div", "mod":
                    throw unexpected("a value, a name or a function before the operator \(word)")
                default: break
                }
            }
            return try invocation(on: nil)
        case .symbol("("):
            index += 1
            let inner = try expression(above: 0)
            try expect(")", "')'")
            return inner
        case .symbol("{"):
            index += 1
            try expect("}", "'}': {} is the empty collection")
            return .literal([])
        default: throw unexpected("a value, a name or a function")
        }
    }

    private var isCallNext: Bool { index + 1 < tokens.count && tokens[index + 1].kind == .symbol("(") }

    /// A unit behind a number makes it a quantity.
    private mutating func quantity(_ value: ExactDecimal) -> Syntax? {
        switch current.kind {
        case .string(let unit):
            index += 1
            return .literal([.quantity(Quantity(value: value, unit: unit))])
        case .word(let word):
            guard let calendar = CalendarUnit(word: word) else { return nil }
            index += 1
            return .literal([.quantity(Quantity(value: value, calendarWord: word, calendar))])
        default: return nil
        }
    }

    private mutating func invocation(on receiver: Syntax?) throws(FHIRPathError) -> Syntax {
        let token = current
        switch token.kind {
        case .special(let name):
            guard receiver == nil else { throw unexpected("the name of an element or of a function") }
            index += 1
            switch name {
            case "this": return .this
            case "index": return .index(offset: token.offset)
            default: return .total(offset: token.offset)
            }
        case .delimited(let name):
            index += 1
            return isSymbol("(") ? try call(name, on: receiver, token) : .member(receiver, name, offset: token.offset)
        case .word(let name):
            index += 1
            return isSymbol("(") ? try call(name, on: receiver, token) : .member(receiver, name, offset: token.offset)
        default: throw unexpected("the name of an element or of a function")
        }
    }

    private mutating func call(_ name: String, on receiver: Syntax?, _ token: Token) throws(FHIRPathError) -> Syntax {
        index += 1
        if name == "is" || name == "as" || name == "ofType" {
            let type = try typeSpecifier()
            try expect(")", "')' after the name of a type")
            switch name {
            case "is": return .isType(receiver, type)
            case "as": return .asType(receiver, type)
            default: return .ofType(receiver, type)
            }
        }
        var arguments: [Syntax] = []
        var reached = height
        defer { height = reached }
        if !take(")") {
            repeat {
                let argument = try expression(above: 0)
                reached = max(reached, height + 1)
                arguments.append(name == "sort" ? sortKey(argument) : argument)
            } while take(",")
            try expect(")", "',' or ')'")
        }
        if customFunctions.contains(name) {
            return .customCall(receiver, name, arguments, offset: token.offset)
        }
        guard let function = Function(rawValue: name) else {
            let known = Function.allCases.map(\.rawValue) + ["is", "as", "ofType"] + customFunctions
            throw FHIRPathError(
                .syntax, "unknown function \(name)()",
                remedy: nearestWord(to: name, in: known).map { "did you mean \($0)()?" }, at: token.offset,
                length: token.end - token.offset)
        }
        guard function.arity.contains(arguments.count) else {
            let arity = function.arity
            let wanted = arity.count == 1 ? "\(arity.lowerBound)" : "\(arity.lowerBound) to \(arity.upperBound)"
            throw FHIRPathError(
                .syntax, "\(name)() has \(arguments.count) arguments", remedy: "it takes \(wanted)",
                at: token.offset, length: token.end - token.offset)
        }
        return .call(receiver, function, arguments, offset: token.offset)
    }

    /// STU3 writes `asc` or `desc` behind a sort key; a descending key is kept as its negation.
    private mutating func sortKey(_ key: Syntax) -> Syntax {
        if current.kind == .word("asc") {
            index += 1
        } else if current.kind == .word("desc") {
            let offset = current.offset
            index += 1
            return .negated(key, offset: offset)
        }
        return key
    }

    private mutating func typeSpecifier() throws(FHIRPathError) -> TypeSpecifier {
        let offset = current.offset
        let first = try typeName()
        guard isSymbol("."), index + 1 < tokens.count else {
            return TypeSpecifier(namespace: nil, name: first, offset: offset)
        }
        // `x is Patient.name` is no type: only a word that is not called may follow.
        switch tokens[index + 1].kind {
        case .word, .delimited:
            if index + 2 < tokens.count, tokens[index + 2].kind == .symbol("(") {
                return TypeSpecifier(namespace: nil, name: first, offset: offset)
            }
        default: break
        }
        index += 1
        return TypeSpecifier(namespace: first, name: try typeName(), offset: offset)
    }

    private mutating func typeName() throws(FHIRPathError) -> String {
        switch current.kind {
        case .word(let name), .delimited(let name):
            index += 1
            return name
        default: throw unexpected("the name of a type")
        }
    }
}

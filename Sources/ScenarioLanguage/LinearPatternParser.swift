// SPDX-License-Identifier: Apache-2.0

/// The tree of a pattern.
indirect enum PatternNode {
    case empty
    case set(ScalarSet)
    case assert(LinearPattern.Assertion)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// `most` nil: without bound.
    case repetition(PatternNode, least: Int, most: Int?)
}

/// Reads the dialect of `LinearPattern` by recursive descent.
struct LinearPatternParser {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private(set) var ignoresCase = false

    init(_ source: String) { scalars = Array(source.unicodeScalars) }

    mutating func parse() throws(LinearPatternError) -> PatternNode {
        if take("(?i)") { ignoresCase = true }
        let node = try choice()
        if index < scalars.count { throw error("`)` without `(`") }
        return node
    }

    private func error(_ message: String, at place: Int? = nil) -> LinearPatternError {
        let offset = scalars.prefix(place ?? index).reduce(0) { $0 + UTF8.width($1) }
        return LinearPatternError(message: message, utf8Offset: offset)
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func take(_ word: String) -> Bool {
        guard scalars[index...].starts(with: word.unicodeScalars) else { return false }
        index += word.unicodeScalars.count
        return true
    }

    private mutating func choice() throws(LinearPatternError) -> PatternNode {
        var options = [try sequence()]
        while take("|") { options.append(try sequence()) }
        return options.count == 1 ? options[0] : .choice(options)
    }

    private mutating func sequence() throws(LinearPatternError) -> PatternNode {
        var items: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            items.append(try quantified())
        }
        return items.count == 1 ? items[0] : items.isEmpty ? .empty : .sequence(items)
    }

    private mutating func quantified() throws(LinearPatternError) -> PatternNode {
        let atom = try atom()
        guard let (least, most) = try quantifier() else { return atom }
        _ = take("?")
        if next == "+" || next == "*" || next == "?" {
            throw error("a second quantifier; possessive ones are not supported")
        }
        return .repetition(atom, least: least, most: most)
    }

    private mutating func quantifier() throws(LinearPatternError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = index
        guard take("{") else { return nil }
        guard let least = number() else {
            throw error("`{` starts a count such as `{2,3}`; write `\\{` for the character", at: start)
        }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}"), least <= 1000, (most ?? least) <= 1000, (most ?? least) >= least else {
            throw error("a count is `{m}`, `{m,}` or `{m,n}` up to 1000", at: start)
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = next, ScalarSet.digit.contains(scalar), digits.count < 6 {
            digits.unicodeScalars.append(scalar)
            index += 1
        }
        return Int(digits)
    }

    private mutating func atom() throws(LinearPatternError) -> PatternNode {
        guard let scalar = next else { throw error("the pattern ends too early") }
        switch scalar {
        case "(": return try group()
        case "[": return .set(try characterClass())
        case "\\": return try escape()
        case "*", "+", "?", "{": throw error("`\(scalar)` has nothing to repeat")
        default: break
        }
        index += 1
        switch scalar {
        case ".": return .set(.dot)
        case "^": return .assert(.start)
        case "$": return .assert(.end)
        default: return .set(ScalarSet(ignoresCase ? ScalarSet.folded(scalar) : scalar))
        }
    }

    private mutating func group() throws(LinearPatternError) -> PatternNode {
        let start = index
        index += 1
        if take("?"), !take(":") {
            throw error("look-around, names and options in groups are not supported", at: start)
        }
        depth += 1
        guard depth <= 50 else { throw error("groups are nested too deeply", at: start) }
        let node = try choice()
        depth -= 1
        guard take(")") else { throw error("`(` without `)`", at: start) }
        return node
    }

    private mutating func escape() throws(LinearPatternError) -> PatternNode {
        let start = index
        index += 1
        if take("b") { return .assert(.boundary) }
        if take("B") { return .assert(.noBoundary) }
        if let scalar = next, ("1"..."9").contains(scalar) {
            throw error("backreferences are not supported", at: start)
        }
        return .set(try escapedSet(from: start))
    }

    /// What follows a backslash, inside and outside classes.
    private mutating func escapedSet(from start: Int) throws(LinearPatternError) -> ScalarSet {
        guard let scalar = next else { throw error("the pattern ends with a backslash", at: start) }
        index += 1
        switch scalar {
        case "d": return .digit
        case "D": return .digit.inverted
        case "w": return .word
        case "W": return .word.inverted
        case "s": return .space
        case "S": return .space.inverted
        case "n": return ScalarSet("\n")
        case "r": return ScalarSet("\r")
        case "t": return ScalarSet("\t")
        case _ where scalar.properties.isAlphabetic || ScalarSet.digit.contains(scalar):
            throw error("`\\\(scalar)` is not supported", at: start)
        default: return ScalarSet(scalar)
        }
    }

    private mutating func characterClass() throws(LinearPatternError) -> ScalarSet {
        let start = index
        index += 1
        var set = ScalarSet([])
        let isNegated = take("^")
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            let place = index
            index += 1
            var low = scalar
            if scalar == "\\" {
                let escaped = try escapedSet(from: place)
                guard escaped.ranges.count == 1, !escaped.isNegated, escaped.ranges[0].count == 1,
                    let single = Unicode.Scalar(escaped.ranges[0].lowerBound)
                else {
                    set.formUnion(escaped)
                    continue
                }
                low = single
            }
            var high = low
            if next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" {
                index += 1
                high = scalars[index]
                index += 1
                if high == "\\" { throw error("a range ends with a plain character", at: place) }
                guard high >= low else { throw error("the range runs backwards", at: place) }
            }
            set.ranges.append(low.value...high.value)
        }
        guard take("]") else { throw error("`[` without `]`", at: start) }
        set.isNegated = isNegated
        return set
    }
}

/// Turns the tree into a program; counts are spelt out.
struct LinearPatternCompiler {
    var program: [LinearPattern.Instruction] = []

    mutating func emit(_ node: PatternNode) throws(LinearPatternError) {
        guard program.count < LinearPattern.instructionLimit else {
            throw LinearPatternError(message: "the pattern is too large; lower its counts", utf8Offset: 0)
        }
        switch node {
        case .empty: break
        case .set(let set): program.append(.set(set))
        case .assert(let assertion): program.append(.assert(assertion))
        case .sequence(let items): for item in items { try emit(item) }
        case .choice(let options): try emitChoice(options)
        case .repetition(let item, let least, let most):
            for _ in 0..<least { try emit(item) }
            if let most {
                var splits: [Int] = []
                for _ in least..<most {
                    splits.append(program.count)
                    program.append(.jump(0))
                    try emit(item)
                }
                for split in splits { program[split] = .split(split + 1, program.count) }
            } else {
                let split = program.count
                program.append(.jump(0))
                try emit(item)
                program.append(.jump(split))
                program[split] = .split(split + 1, program.count)
            }
        }
    }

    private mutating func emitChoice(_ options: [PatternNode]) throws(LinearPatternError) {
        var exits: [Int] = []
        for (number, option) in options.enumerated() {
            guard number < options.count - 1 else {
                try emit(option)
                break
            }
            let split = program.count
            program.append(.jump(0))
            try emit(option)
            exits.append(program.count)
            program.append(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        for exit in exits { program[exit] = .jump(program.count) }
    }
}

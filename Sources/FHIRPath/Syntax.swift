// SPDX-License-Identifier: Apache-2.0

/// The tree of a parsed expression. Offsets are UTF-8 offsets into the expression.
indirect enum Syntax: Sendable {
    case literal([Item])
    case variable(String, offset: Int)
    case this
    case index(offset: Int)
    case total(offset: Int)
    /// An element name; without receiver it is looked up on `$this`.
    case member(Syntax?, String, offset: Int)
    case call(Syntax?, Function, [Syntax], offset: Int)
    /// A function the surroundings supply.
    case customCall(Syntax?, String, [Syntax], offset: Int)
    case subscripted(Syntax, Syntax, offset: Int)
    case negated(Syntax, offset: Int)
    case plus(Syntax, offset: Int)
    case binary(Operator, Syntax, Syntax, offset: Int)
    case isType(Syntax?, TypeSpecifier)
    case asType(Syntax?, TypeSpecifier)
    case ofType(Syntax?, TypeSpecifier)
}

/// `Patient`, `FHIR.Patient`, `System.Boolean`.
struct TypeSpecifier: Sendable {
    let namespace: String?
    let name: String
    let offset: Int
}

enum Operator: String, Sendable {
    case implies, or, xor, and
    case `in`, contains
    case equal = "="
    case equivalent = "~"
    case notEqual = "!="
    case notEquivalent = "!~"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case union = "|"
    case add = "+"
    case subtract = "-"
    case concatenate = "&"
    case multiply = "*"
    case divide = "/"
    case div, mod

    /// Higher binds tighter (FHIRPath section 6.8).
    var precedence: Int {
        switch self {
        case .implies: 1
        case .or, .xor: 2
        case .and: 3
        case .in, .contains: 4
        case .equal, .equivalent, .notEqual, .notEquivalent: 5
        case .less, .lessOrEqual, .greater, .greaterOrEqual: 6
        case .union: 7
        case .add, .subtract, .concatenate: 9
        case .multiply, .divide, .div, .mod: 10
        }
    }

    /// `is` and `as` stand between union and sums.
    static let typePrecedence = 8
}

/// The functions of FHIRPath and FHIR's additions.
enum Function: String, Sendable, CaseIterable {
    // Existence
    case empty, exists, all, allTrue, anyTrue, allFalse, anyFalse, subsetOf, supersetOf, count, distinct, isDistinct
    // Filtering and projection, subsetting, combining
    case `where`, select, `repeat`, repeatAll, single, first, last, tail, skip, take, intersect, exclude, union, combine
    case sort, coalesce
    // Conversion
    case iif, toBoolean, convertsToBoolean, toInteger, convertsToInteger, toLong, convertsToLong
    case toDecimal, convertsToDecimal
    case toDate, convertsToDate, toDateTime, convertsToDateTime, toTime, convertsToTime, toQuantity, convertsToQuantity
    case toString, convertsToString
    // Strings
    case indexOf, lastIndexOf, substring, startsWith, endsWith, contains, upper, lower, replace, matches, matchesFull
    case replaceMatches, length, toChars, encode, decode, escape, unescape, trim, split, join
    // Math
    case abs, ceiling, exp, floor, ln, log, power, round, sqrt, truncate
    // Tree, utility, time
    case children, descendants, trace, now, timeOfDay, today, aggregate, not, type, defineVariable
    case lowBoundary, highBoundary, precision, comparable
    case yearOf, monthOf, dayOf, hourOf, minuteOf, secondOf, millisecondOf, timezoneOffsetOf, dateOf, timeOf
    // FHIR
    case `extension`, hasValue, getValue, resolve, memberOf, conformsTo, subsumes, subsumedBy, htmlChecks
    case elementDefinition, slice, checkModifiers, getResourceKey, getReferenceKey

    /// How many arguments it takes.
    var arity: ClosedRange<Int> {
        switch self {
        case .where, .select, .all, .repeat, .repeatAll, .subsetOf, .supersetOf, .skip, .take, .intersect, .exclude,
            .union, .combine, .indexOf, .lastIndexOf, .startsWith, .endsWith, .contains, .encode, .decode, .escape,
            .unescape, .split, .log, .power, .comparable, .extension, .memberOf, .conformsTo, .subsumes, .subsumedBy:
            1...1
        case .exists, .toQuantity, .convertsToQuantity, .join, .round, .lowBoundary, .highBoundary, .getReferenceKey:
            0...1
        case .matches, .matchesFull: 1...2
        case .substring, .aggregate, .trace, .defineVariable: 1...2
        case .replace, .slice: 2...2
        case .replaceMatches: 2...3
        case .iif: 2...3
        case .sort: 0...16
        case .coalesce, .checkModifiers: 1...32
        default: 0...0
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Value

extension Evaluator {
    /// `=` on collections; nil for the empty answer.
    func equal(_ left: Items, _ right: Items) -> Bool? {
        if case .one(let x) = left, case .one(let y) = right { return equal(x, y) }
        if left.isEmpty || right.isEmpty { return nil }
        if left.count != right.count { return false }
        var open = false
        for index in left.indices {
            switch equal(left[index], right[index]) {
            case false?: return false
            case nil: open = true
            case true?: break
            }
        }
        return open ? nil : true
    }

    /// Equality of two items; nil where precision, time zone or unit leave it open.
    func equal(_ left: Item, _ right: Item) -> Bool? {
        guard let a = systemValue(left), let b = systemValue(right) else {
            guard case .node(let x) = left, case .node(let y) = right else { return false }
            return x.value == y.value && x.shadow == y.shadow
        }
        switch (a, b) {
        case (.string(let x), .string(let y)): return x == y
        case (.boolean(let x), .boolean(let y)): return x == y
        case (.integer(let x), .integer(let y)): return x == y
        case (.decimal(let x), .decimal(let y)): return x == y
        case (.integer(let x), .decimal(let y)), (.decimal(let y), .integer(let x)): return ExactDecimal(x) == y
        case (.temporal(let x), .temporal(let y)):
            guard (x.kind == .time) == (y.kind == .time) else { return false }
            return x.order(y).map { $0 == 0 }
        case (.quantity(let x), .quantity(let y)): return x.order(y).map { $0 == 0 }
        case (.quantity(let x), .integer(let y)), (.integer(let y), .quantity(let x)):
            return x.order(Quantity(value: ExactDecimal(y), unit: "1")).map { $0 == 0 }
        case (.quantity(let x), .decimal(let y)), (.decimal(let y), .quantity(let x)):
            return x.order(Quantity(value: y, unit: "1")).map { $0 == 0 }
        case (.type(let x), .type(let y)): return x == y
        default: return false
        }
    }

    /// `~` on collections: same items in any order.
    func equivalent(_ left: Items, _ right: Items, at offset: Int) throws(FHIRPathError) -> Bool {
        if left.count != right.count { return false }
        if left.count == 1 { return equivalent(left[0], right[0]) }
        var used = [Bool](repeating: false, count: right.count)
        var first = 0
        search: for item in left {
            while first < right.count, used[first] { first += 1 }
            for index in first..<right.count where !used[index] {
                try step(at: offset)
                if equivalent(item, right[index]) {
                    used[index] = true
                    continue search
                }
            }
            return false
        }
        return true
    }

    func equivalent(_ left: Item, _ right: Item) -> Bool {
        guard let a = systemValue(left), let b = systemValue(right) else {
            guard case .node(let x) = left, case .node(let y) = right else { return false }
            return Self.equivalent(x.value ?? .null, y.value ?? .null)
        }
        switch (a, b) {
        case (.string(let x), .string(let y)): return x == y || Self.folded(x) == Self.folded(y)
        case (.boolean(let x), .boolean(let y)): return x == y
        case (.integer(let x), .integer(let y)): return x == y
        case (.decimal(let x), .decimal(let y)): return isEquivalentDecimal(x, y)
        case (.integer(let x), .decimal(let y)), (.decimal(let y), .integer(let x)):
            return isEquivalentDecimal(ExactDecimal(x), y)
        case (.temporal(let x), .temporal(let y)):
            return (x.kind == .time) == (y.kind == .time) && x.samePrecision(y) && x.order(y) == 0
        case (.quantity(let x), .quantity(let y)): return x.isEquivalent(to: y)
        case (.quantity(let x), .integer(let y)), (.integer(let y), .quantity(let x)):
            return x.isEquivalent(to: Quantity(value: ExactDecimal(y), unit: "1"))
        case (.quantity(let x), .decimal(let y)), (.decimal(let y), .quantity(let x)):
            return x.isEquivalent(to: Quantity(value: y, unit: "1"))
        case (.type(let x), .type(let y)): return x == y
        default: return false
        }
    }

    /// Lower case, whitespace runs as one blank.
    private static func folded(_ text: String) -> String {
        var result = ""
        var inSpace = false
        for character in text.lowercased() {
            if character.isWhitespace {
                if !inSpace { result.append(" ") }
                inSpace = true
            } else {
                result.append(character)
                inSpace = false
            }
        }
        return result
    }

    /// Complex values: the same children, order of repetitions ignored.
    private static func equivalent(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.string(let x), .string(let y)): return x == y || folded(x) == folded(y)
        case (.number(let x), .number(let y)):
            guard let a = ExactDecimal(x.literal), let b = ExactDecimal(y.literal) else { return x == y }
            return isEquivalentDecimal(a, b)
        case (.array(let x), .array(let y)):
            guard x.count == y.count else { return false }
            var rest = y
            for item in x {
                guard let index = rest.firstIndex(where: { equivalent(item, $0) }) else { return false }
                rest.remove(at: index)
            }
            return true
        case (.object(let x), .object(let y)):
            guard x.count == y.count else { return false }
            for (name, value) in x {
                guard let other = y[name], equivalent(value, other) else { return false }
            }
            return true
        default: return left == right
        }
    }

    /// Order of two System values; nil where it is open; an error where the types have none.
    func order(
        _ left: Item, _ right: Item, _ operation: @autoclosure () -> String, at offset: Int
    ) throws(FHIRPathError) -> Int? {
        switch (left, right) {
        case (.integer(let x), .integer(let y)): return x < y ? -1 : x == y ? 0 : 1
        case (.decimal(let x), .decimal(let y)): return x.order(y)
        case (.integer(let x), .decimal(let y)): return ExactDecimal(x).order(y)
        case (.decimal(let x), .integer(let y)): return x.order(ExactDecimal(y))
        case (.string(let x), .string(let y)):
            // By code point, which UTF-8 keeps.
            if x == y { return 0 }
            return x.utf8.lexicographicallyPrecedes(y.utf8) ? -1 : 1
        case (.temporal(let x), .temporal(let y)) where (x.kind == .time) == (y.kind == .time): return x.order(y)
        case (.quantity(let x), .quantity(let y)): return x.order(y)
        case (.quantity(let x), .integer(let y)): return x.order(Quantity(value: ExactDecimal(y), unit: "1"))
        case (.quantity(let x), .decimal(let y)): return x.order(Quantity(value: y, unit: "1"))
        case (.integer(let x), .quantity(let y)): return Quantity(value: ExactDecimal(x), unit: "1").order(y)
        case (.decimal(let x), .quantity(let y)): return Quantity(value: x, unit: "1").order(y)
        default:
            throw FHIRPathError(
                .execution,
                "\(operation()) cannot compare \(left.typeInfo(in: model).name) with \(right.typeInfo(in: model).name)",
                remedy: "convert one side, for example with toDateTime() or toInteger()", at: offset,
                length: operation().utf8.count)
        }
    }
}

/// Items in their first order, each once; lookups by a hash that agrees with equality.
struct DistinctItems {
    private(set) var items: [Item] = []
    private var buckets: [Int: [Int]] = [:]
    private let evaluator: Evaluator

    init(_ evaluator: Evaluator) { self.evaluator = evaluator }

    /// Whether an equal item is there already.
    func contains(_ item: Item) -> Bool {
        if items.count < 8 {
            for known in items where evaluator.equal(known, item) == true { return true }
            return false
        }
        guard let bucket = buckets[hash(item)] else { return false }
        for index in bucket where evaluator.equal(items[index], item) == true { return true }
        return false
    }

    /// Adds an item unless it is there.
    @discardableResult mutating func insert(_ item: Item) -> Bool {
        if contains(item) { return false }
        items.append(item)
        if items.count == 8 {
            for index in items.indices { buckets[hash(items[index]), default: []].append(index) }
        } else if items.count > 8 {
            buckets[hash(item), default: []].append(items.count - 1)
        }
        return true
    }

    private func hash(_ item: Item) -> Int {
        var hasher = Hasher()
        guard let value = evaluator.systemValue(item) else {
            if case .node(let node) = item { Self.hash(node.value ?? .null, into: &hasher, depth: 0) }
            return hasher.finalize()
        }
        switch value {
        case .string(let text): hasher.combine(text)
        case .boolean(let flag): hasher.combine(flag)
        case .integer(let number): hasher.combine(Double(number))
        case .decimal(let number): hasher.combine(number.double)
        // Equality of these depends on precision and units: one bucket each.
        case .temporal: hasher.combine(1)
        case .quantity: hasher.combine(2)
        case .type(let type): hasher.combine(type)
        case .node: break
        }
        return hasher.finalize()
    }

    /// Order-independent over members, shallow below the third level.
    private static func hash(_ value: Value, into hasher: inout Hasher, depth: Int) {
        switch value {
        case .null: hasher.combine(0)
        case .bool(let flag): hasher.combine(flag)
        case .string(let text): hasher.combine(text)
        case .number: hasher.combine(3)
        case .array(let items):
            hasher.combine(items.count)
            if depth < 3 { for item in items { hash(item, into: &hasher, depth: depth + 1) } }
        case .object(let members):
            hasher.combine(members.count)
            guard depth < 3 else { return }
            var sum = 0
            for (name, value) in members {
                var inner = Hasher()
                inner.combine(name)
                hash(value, into: &inner, depth: depth + 1)
                sum &+= inner.finalize()
            }
            hasher.combine(sum)
        }
    }
}

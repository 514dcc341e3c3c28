// SPDX-License-Identifier: Apache-2.0

extension Evaluator {
    /// Runs a function on its focus. Groups follow the chapters of the specification.
    func call(
        _ function: Function, _ focus: Items, _ arguments: [any Step], _ frame: Frame, at offset: Int
    ) throws(FHIRPathError) -> Items {
        let call = Call(function: function, focus: focus, arguments: arguments, frame: frame, offset: offset)
        switch function {
        case .empty: return .one(.boolean(focus.isEmpty))
        case .count: return .one(.integer(Int64(focus.count)))
        case .first: return Items(focus.first)
        case .last: return Items(focus.last)
        case .tail: return Items(Array(focus.dropFirst()))
        case .exists, .all, .allTrue, .anyTrue, .allFalse, .anyFalse, .subsetOf, .supersetOf, .distinct, .isDistinct,
            .not:
            return try existence(call)
        case .where, .select, .repeat, .repeatAll, .aggregate, .iif, .sort, .trace, .defineVariable, .coalesce:
            return try projection(call)
        case .single, .skip, .take, .intersect, .exclude, .union, .combine: return try subsetting(call)
        case .toBoolean, .convertsToBoolean, .toInteger, .convertsToInteger, .toLong, .convertsToLong, .toDecimal,
            .convertsToDecimal, .toDate, .convertsToDate, .toDateTime, .convertsToDateTime, .toTime, .convertsToTime,
            .toQuantity, .convertsToQuantity, .toString, .convertsToString:
            return try conversion(call)
        case .indexOf, .lastIndexOf, .substring, .startsWith, .endsWith, .contains, .upper, .lower, .replace, .matches,
            .matchesFull, .replaceMatches, .length, .toChars, .encode, .decode, .escape, .unescape, .trim, .split,
            .join:
            return try text(call)
        case .abs, .ceiling, .exp, .floor, .ln, .log, .power, .round, .sqrt, .truncate: return try math(call)
        case .now, .timeOfDay, .today, .lowBoundary, .highBoundary, .precision, .comparable, .yearOf, .monthOf, .dayOf,
            .hourOf, .minuteOf, .secondOf, .millisecondOf, .timezoneOffsetOf, .dateOf, .timeOf:
            return try timeAndPrecision(call)
        case .children:
            var result: [Item] = []
            for item in focus { children(of: item, into: &result) }
            return Items(result)
        case .descendants: return try descendants(focus, at: offset)
        case .type: return Items(focus.map { .type($0.typeInfo(in: model)) })
        case .extension, .hasValue, .getValue, .resolve, .memberOf, .conformsTo, .subsumes, .subsumedBy, .htmlChecks,
            .elementDefinition, .slice, .checkModifiers, .getResourceKey, .getReferenceKey:
            return try fhir(call)
        }
    }

    /// Breadth first: what is found is itself looked into.
    private func descendants(_ focus: Items, at offset: Int) throws(FHIRPathError) -> Items {
        var result: [Item] = []
        for item in focus { children(of: item, into: &result) }
        var next = 0
        while next < result.count {
            try step(at: offset)
            // Leaves, which most items are, are told apart without taking them up.
            if result[next].mayHaveChildren { children(of: result[next], into: &result) }
            next += 1
        }
        return Items(result)
    }
}

/// One function call: what it works on and what it was given.
struct Call {
    let function: Function
    let focus: Items
    let arguments: [any Step]
    let frame: Frame
    let offset: Int

    var name: String { function.rawValue }
}

extension Evaluator {
    /// An argument that is evaluated once, on the surroundings' `$this`.
    func argument(_ call: Call, _ index: Int) throws(FHIRPathError) -> Items {
        try scoped(call.arguments[index], call.frame)
    }

    /// An integer argument; nil where it is empty.
    func integerArgument(_ call: Call, _ index: Int) throws(FHIRPathError) -> Int64? {
        try integer(try argument(call, index), at: call.offset)
    }

    /// A text argument; nil where it is empty.
    func stringArgument(_ call: Call, _ index: Int) throws(FHIRPathError) -> String? {
        try string(try argument(call, index), "\(call.name)()", at: call.offset)
    }

    // MARK: Existence

    func existence(_ call: Call) throws(FHIRPathError) -> Items {
        let focus = call.focus
        switch call.function {
        case .not: return Items(try condition(focus, at: call.offset).map { !$0 })
        case .exists:
            guard let criteria = call.arguments.first else { return .one(.boolean(!focus.isEmpty)) }
            for (index, item) in focus.enumerated() {
                let frame = Frame(this: .one(item), index: index, total: call.frame.total)
                if try condition(try scoped(criteria, frame), at: call.offset) == true { return .one(.boolean(true)) }
            }
            return .one(.boolean(false))
        case .all:
            for (index, item) in focus.enumerated() {
                let frame = Frame(this: .one(item), index: index, total: call.frame.total)
                if try condition(try scoped(call.arguments[0], frame), at: call.offset) != true {
                    return .one(.boolean(false))
                }
            }
            return .one(.boolean(true))
        case .allTrue, .anyTrue, .allFalse, .anyFalse:
            let wanted = call.function == .allTrue || call.function == .anyTrue
            let isAll = call.function == .allTrue || call.function == .allFalse
            var hit = false
            var miss = false
            for item in focus {
                guard case .boolean(let flag)? = systemValue(item) else {
                    throw wrongType(item, "\(call.name)()", "booleans", at: call.offset)
                }
                if flag == wanted { hit = true } else { miss = true }
            }
            return .one(.boolean(isAll ? !miss : hit))
        case .subsetOf: return .one(.boolean(try isSubset(focus, of: try argument(call, 0), at: call.offset)))
        case .supersetOf: return .one(.boolean(try isSubset(try argument(call, 0), of: focus, at: call.offset)))
        default:
            var distinct = DistinctItems(self)
            for item in focus {
                try step(at: call.offset)
                if !distinct.insert(item), call.function == .isDistinct { return .one(.boolean(false)) }
            }
            return call.function == .isDistinct ? .one(.boolean(true)) : Items(distinct.items)
        }
    }

    private func isSubset(_ small: Items, of large: Items, at offset: Int) throws(FHIRPathError) -> Bool {
        var set = DistinctItems(self)
        for item in large {
            try step(at: offset)
            set.insert(item)
        }
        for item in small where !set.contains(item) { return false }
        return true
    }

    // MARK: Filtering and projection

    func projection(_ call: Call) throws(FHIRPathError) -> Items {
        switch call.function {
        case .where:
            var result = Items.none
            var frame = Frame(this: .none, index: 0, total: call.frame.total)
            for (index, item) in call.focus.enumerated() {
                frame.this = .one(item)
                frame.index = index
                if try condition(try scoped(call.arguments[0], frame), at: call.offset) == true { result.append(item) }
            }
            return result
        case .select:
            var result = Items.none
            var frame = Frame(this: .none, index: 0, total: call.frame.total)
            for (index, item) in call.focus.enumerated() {
                frame.this = .one(item)
                frame.index = index
                let found = try scoped(call.arguments[0], frame)
                try charge(found.count, at: call.offset)
                result.append(contentsOf: found)
            }
            return result
        case .repeat: return try repeated(call)
        case .repeatAll:
            var queue = call.focus.array
            var result: [Item] = []
            var next = 0
            while next < queue.count {
                try step(at: call.offset)
                let found = try scoped(
                    call.arguments[0], Frame(this: .one(queue[next]), index: next, total: call.frame.total))
                result.append(contentsOf: found)
                queue.append(contentsOf: found)
                next += 1
            }
            return Items(result)
        case .aggregate:
            var total = call.arguments.count > 1 ? try argument(call, 1) : .none
            for (index, item) in call.focus.enumerated() {
                total = try scoped(call.arguments[0], Frame(this: .one(item), index: index, total: total))
            }
            return total
        case .iif: return try iif(call)
        case .sort: return try sorted(call)
        case .coalesce:
            for index in call.arguments.indices {
                let items = try argument(call, index)
                if !items.isEmpty { return items }
            }
            return .none
        case .trace:
            let name = try stringArgument(call, 0) ?? ""
            if let trace = context.trace {
                var items = call.focus
                if call.arguments.count > 1 {
                    items = .none
                    for (index, item) in call.focus.enumerated() {
                        items.append(
                            contentsOf: try scoped(call.arguments[1], Frame(this: .one(item), index: index)))
                    }
                }
                trace(name, items.array)
            }
            return call.focus
        default: return try definedVariable(call)
        }
    }

    private func definedVariable(_ call: Call) throws(FHIRPathError) -> Items {
        guard let name = try stringArgument(call, 0) else { return call.focus }
        if Self.isStandardVariable(name) || context.variables[name] != nil
            || locals.contains(where: { $0.name == name })
        {
            throw FHIRPathError(
                .execution, "the variable %\(name) is defined already", remedy: "choose another name", at: call.offset)
        }
        var items = call.focus
        if call.arguments.count > 1 {
            items = try scoped(
                call.arguments[1], Frame(this: call.focus, index: call.frame.index, total: call.frame.total))
        }
        locals.append((name, items))
        return call.focus
    }

    /// Items found are looked at in turn until nothing new appears; an item equal to a known one is not new.
    private func repeated(_ call: Call) throws(FHIRPathError) -> Items {
        var result = DistinctItems(self)
        var queue = call.focus.array
        var next = 0
        while next < queue.count {
            try step(at: call.offset)
            let frame = Frame(this: .one(queue[next]), index: next, total: call.frame.total)
            for item in try scoped(call.arguments[0], frame) where result.insert(item) { queue.append(item) }
            next += 1
        }
        return Items(result.items)
    }

    private func iif(_ call: Call) throws(FHIRPathError) -> Items {
        if call.focus.count > 1 {
            throw FHIRPathError(
                .execution, "iif() needs one item, found \(call.focus.count)",
                remedy: "use select(iif(…)) to decide for each", at: call.offset, length: 3)
        }
        let frame = Frame(this: call.focus, index: call.frame.index, total: call.frame.total)
        let criterion = try scoped(call.arguments[0], frame)
        if try condition(criterion, at: call.offset) == true { return try scoped(call.arguments[1], frame) }
        return call.arguments.count > 2 ? try scoped(call.arguments[2], frame) : .none
    }

    /// STU3 `sort`: by keys, a negated key descending; an empty key comes first.
    private func sorted(_ call: Call) throws(FHIRPathError) -> Items {
        var keys: [(expression: any Step, descending: Bool)] = []
        for argument in call.arguments {
            if let negated = argument as? NegationStep {
                keys.append((negated.operand, true))
            } else {
                keys.append((argument, false))
            }
        }
        if keys.isEmpty { keys = [(ThisStep(), false)] }
        var rows: [(item: Item, keys: [Item?], place: Int)] = []
        for (index, item) in call.focus.enumerated() {
            var values: [Item?] = []
            for key in keys {
                let found = try scoped(key.expression, Frame(this: .one(item), index: index, total: call.frame.total))
                values.append(try singleValue(found, "a sort key", at: call.offset))
            }
            rows.append((item, values, index))
        }
        var failure: FHIRPathError?
        rows.sort { left, right in
            for (index, key) in keys.enumerated() {
                switch (left.keys[index], right.keys[index]) {
                case (nil, nil): continue
                case (nil, _): return true
                case (_, nil): return false
                case (let a?, let b?):
                    do throws(FHIRPathError) {
                        let order = try self.order(a, b, "sort()", at: call.offset) ?? 0
                        if order != 0 { return key.descending ? order > 0 : order < 0 }
                    } catch {
                        failure = error
                    }
                }
            }
            return left.place < right.place
        }
        if let failure { throw failure }
        return Items(rows.map(\.item))
    }

    // MARK: Subsetting and combining

    func subsetting(_ call: Call) throws(FHIRPathError) -> Items {
        let focus = call.focus
        switch call.function {
        case .single:
            return Items(try single(focus, "single()", at: call.offset))
        case .skip:
            guard let count = try integerArgument(call, 0) else { return .none }
            return count <= 0 ? focus : Items(Array(focus.dropFirst(Int(clamping: count))))
        case .take:
            guard let count = try integerArgument(call, 0) else { return .none }
            return count <= 0 ? .none : Items(Array(focus.prefix(Int(clamping: count))))
        case .union: return try union(focus, try argument(call, 0), at: call.offset)
        case .combine:
            var result = focus
            result.append(contentsOf: try argument(call, 0))
            try charge(result.count, at: call.offset)
            return result
        case .intersect:
            var other = DistinctItems(self)
            for item in try argument(call, 0) { other.insert(item) }
            var result = DistinctItems(self)
            for item in focus {
                try step(at: call.offset)
                if other.contains(item) { result.insert(item) }
            }
            return Items(result.items)
        default:
            var other = DistinctItems(self)
            for item in try argument(call, 0) { other.insert(item) }
            var result: [Item] = []
            for item in focus {
                try step(at: call.offset)
                if !other.contains(item) { result.append(item) }
            }
            return Items(result)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A FHIRPath collection. Most hold one item or none, and these need no memory of their own.
enum Items: Sendable {
    case none
    case one(Item)
    case many([Item])

    init(_ list: [Item]) {
        switch list.count {
        case 0: self = .none
        case 1: self = .one(list[0])
        default: self = .many(list)
        }
    }

    init(_ item: Item?) { if let item { self = .one(item) } else { self = .none } }

    /// An answer that may be open.
    init(_ flag: Bool?) { if let flag { self = .one(.boolean(flag)) } else { self = .none } }

    var array: [Item] {
        switch self {
        case .none: []
        case .one(let item): [item]
        case .many(let list): list
        }
    }

    mutating func append(_ item: Item) {
        switch self {
        case .none: self = .one(item)
        case .one(let first):
            var list: [Item] = []
            list.reserveCapacity(4)
            list.append(first)
            list.append(item)
            self = .many(list)
        case .many(var list):
            // Let go of it first, so that it grows in place.
            self = .none
            list.append(item)
            self = .many(list)
        }
    }

    mutating func append(contentsOf other: Items) {
        switch (self, other) {
        case (_, .none): break
        case (.none, _): self = other
        case (_, .one(let item)): append(item)
        case (.one(let item), .many(let list)): self = .many([item] + list)
        case (.many(var list), .many(let more)):
            self = .none
            list.append(contentsOf: more)
            self = .many(list)
        }
    }
}

extension Items: RandomAccessCollection {
    var startIndex: Int { 0 }

    var endIndex: Int {
        switch self {
        case .none: 0
        case .one: 1
        case .many(let list): list.count
        }
    }

    subscript(index: Int) -> Item {
        switch self {
        case .many(let list): return list[index]
        case .one(let item):
            precondition(index == 0, "no such item")
            return item
        case .none: preconditionFailure("no such item")
        }
    }

    var first: Item? {
        switch self {
        case .none: nil
        case .one(let item): item
        case .many(let list): list.first
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Lists of needles one after another, as one. Their bytes are not copied: those of all worlds of a run are tens of
/// megabytes.
struct JoinedNeedles: Sendable {
    private let lists: [NeedleList]
    /// The number of each list's first needle, and how many there are.
    private let firsts: [Int]
    private let canaries: [Int32]
    private let kinds: [UInt16]
    private let knownKinds: [NeedleKind]

    /// - Parameter moves: what is added to the numbers of each list's canaries.
    init(_ lists: [NeedleList], moves: [Int32]) {
        self.lists = lists
        var firsts = [0]
        var canaries: [Int32] = []
        var kinds: [UInt16] = []
        var known = NumberedKinds()
        canaries.reserveCapacity(lists.reduce(0) { $0 + $1.count })
        kinds.reserveCapacity(canaries.capacity)
        for (list, move) in zip(lists, moves) {
            let own = list.knownKinds.kinds.map { known.number(of: $0) }
            for canary in list.canaries { canaries.append(canary + move) }
            for kind in list.kinds { kinds.append(own[Int(kind)]) }
            firsts.append(canaries.count)
        }
        self.firsts = firsts
        self.canaries = canaries
        self.kinds = kinds
        knownKinds = known.kinds
    }

    var count: Int { canaries.count }

    subscript(number: Int) -> Needle {
        Needle(canary: Int(canaries[number]), kind: knownKinds[Int(kinds[number])])
    }

    /// What must stand there before folding, of a kind that is exact.
    func exact(_ number: Int) -> ArraySlice<UInt8> {
        var (low, high) = (0, lists.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if firsts[middle] <= number { low = middle } else { high = middle }
        }
        return lists[low].exact(number - firsts[low])
    }

    /// Numbers of those whose kind is wanted, ascending.
    func numbers(where isWanted: (NeedleKind) -> Bool) -> [Int32] {
        let wanted = knownKinds.map(isWanted)
        var numbers: [Int32] = []
        for (number, kind) in kinds.enumerated() where wanted[Int(kind)] { numbers.append(Int32(number)) }
        return numbers
    }

    /// Calls `body` with the bytes of some needles.
    /// - Parameter numbers: ascending.
    func forEach(_ numbers: [Int32], _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var next = 0
        for (index, list) in lists.enumerated() {
            let (first, end) = (firsts[index], firsts[index + 1])
            list.withText { text in
                while next < numbers.count, numbers[next] < end {
                    body(UnsafeBufferPointer(rebasing: text[list.range(Int(numbers[next]) - first)]))
                    next += 1
                }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A regular expression whose match takes time linear in the text, whatever the pattern: a connector's text must never
/// be able to stall the judge.
///
/// The dialect: literals, `.`, classes `[a-z]` `[^…]` with `\d \w \s` and their opposites, groups `(…)` `(?:…)`,
/// `|`, `* + ? {m} {m,} {m,n}` (a following `?` is read and has no effect), `^ $ \b \B`, and `(?i)` at the very start.
/// It has no backreferences and no look-around. A match is looked for anywhere in the text; `^` and `$` bind it to the ends.
package struct LinearPattern: Sendable {
    /// What a pattern may be compiled to at most; repetition counts multiply.
    static let instructionLimit = 20_000

    enum Instruction: Sendable {
        case set(ScalarSet)
        /// Both ways.
        case split(Int, Int)
        case jump(Int)
        case assert(Assertion)
        case match
    }

    enum Assertion: Sendable { case start, end, boundary, noBoundary }

    package let source: String
    private let program: [Instruction]
    private let ignoresCase: Bool

    /// Throws with the place (UTF-8 offset in `source`) and what is wrong there.
    package init(_ source: String) throws(LinearPatternError) {
        self.source = source
        var parser = LinearPatternParser(source)
        let node = try parser.parse()
        ignoresCase = parser.ignoresCase
        var compiler = LinearPatternCompiler()
        try compiler.emit(node)
        compiler.program.append(.match)
        program = compiler.program
    }

    /// True where the pattern matches somewhere in `text`. O(length × pattern).
    package func matches(_ text: String) -> Bool {
        let scalars = ignoresCase ? text.unicodeScalars.map(ScalarSet.folded) : Array(text.unicodeScalars)
        var threads = ThreadSet(capacity: program.count)
        var next = ThreadSet(capacity: program.count)
        var stack: [Int] = []
        for index in 0...scalars.count {
            // A match may start at every place: unanchored search without a loop of its own.
            if follow(0, at: index, in: scalars, into: &threads, stack: &stack) { return true }
            guard index < scalars.count else { break }
            let scalar = scalars[index]
            next.removeAll()
            for thread in threads.members {
                guard case .set(let set) = program[thread], set.contains(scalar, ignoringCase: ignoresCase) else {
                    continue
                }
                if follow(thread + 1, at: index + 1, in: scalars, into: &next, stack: &stack) { return true }
            }
            swap(&threads, &next)
        }
        return false
    }

    /// Adds a thread with everything reachable without reading; true where that includes the end.
    private func follow(
        _ start: Int, at index: Int, in scalars: [Unicode.Scalar], into threads: inout ThreadSet, stack: inout [Int]
    ) -> Bool {
        stack.append(start)
        defer { stack.removeAll(keepingCapacity: true) }
        while let thread = stack.popLast() {
            guard threads.insert(thread) else { continue }
            switch program[thread] {
            case .match: return true
            case .jump(let target): stack.append(target)
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .assert(let assertion):
                if holds(assertion, at: index, in: scalars) { stack.append(thread + 1) }
            case .set: break
            }
        }
        return false
    }

    private func holds(_ assertion: Assertion, at index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        func isWord(_ place: Int) -> Bool { scalars.indices.contains(place) && ScalarSet.word.contains(scalars[place]) }
        switch assertion {
        case .start: return index == 0
        case .end: return index == scalars.count
        case .boundary: return isWord(index - 1) != isWord(index)
        case .noBoundary: return isWord(index - 1) == isWord(index)
        }
    }
}

extension LinearPattern: Hashable {
    package static func == (left: Self, right: Self) -> Bool { left.source == right.source }
    package func hash(into hasher: inout Hasher) { hasher.combine(source) }
}

extension LinearPattern {
    private static let compiled = Mutex<[String: LinearPattern]>([:])

    /// The compiled form of a pattern of a scenario, kept for the next time; nil where it is none.
    static func cached(_ source: String) -> LinearPattern? {
        if let known = compiled.withLock({ $0[source] }) { return known }
        guard let pattern = try? LinearPattern(source) else { return nil }
        compiled.withLock { cache in
            // Bounded: a judge that reads thousands of scenarios must not keep all their patterns.
            if cache.count >= 256 { cache.removeAll() }
            cache[source] = pattern
        }
        return pattern
    }
}

/// A set of program counters with insertion order, emptied in constant time.
private struct ThreadSet {
    private var place: [Int]
    private(set) var members: [Int] = []

    init(capacity: Int) { place = Array(repeating: 0, count: capacity) }

    mutating func insert(_ thread: Int) -> Bool {
        let at = place[thread]
        if at < members.count, members[at] == thread { return false }
        place[thread] = members.count
        members.append(thread)
        return true
    }

    mutating func removeAll() { members.removeAll(keepingCapacity: true) }
}

/// A pattern that does not compile.
package struct LinearPatternError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String
    /// In the pattern's text.
    package let utf8Offset: Int

    package var description: String { "\(message) (at offset \(utf8Offset))" }
}

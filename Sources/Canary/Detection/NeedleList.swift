// SPDX-License-Identifier: Apache-2.0

/// Tens of thousands of needles, a few bytes each beside their text: an array or a name of its own for each would cost more
/// than the search. Their kinds are few.
struct NeedleList: Sendable {
    private(set) var canaries: [Int32] = []
    private(set) var kinds: [UInt16] = []
    private(set) var knownKinds = NumberedKinds()
    private var text: [UInt8] = []
    private var ends: [UInt32] = []
    private var exactText: [UInt8] = []
    private var exactEnds: [UInt32] = []

    var count: Int { canaries.count }

    /// - Parameter exact: the bytes as they must stand before folding, for a kind that is exact: its letter case and
    ///   punctuation are part of it.
    mutating func append(_ needle: Needle, _ bytes: [UInt8], exact: [UInt8] = []) {
        canaries.append(Int32(needle.canary))
        kinds.append(knownKinds.number(of: needle.kind))
        text += bytes
        ends.append(UInt32(text.count))
        exactText += exact
        exactEnds.append(UInt32(exactText.count))
    }

    /// What is searched.
    func range(_ number: Int) -> Range<Int> { Int(number > 0 ? ends[number - 1] : 0)..<Int(ends[number]) }

    /// Calls `body` with the text that ``range(_:)`` tells places of.
    func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        text.withUnsafeBufferPointer(body)
    }

    /// What must stand there before folding, of a kind that is exact.
    func exact(_ number: Int) -> ArraySlice<UInt8> {
        exactText[Int(number > 0 ? exactEnds[number - 1] : 0)..<Int(exactEnds[number])]
    }
}

/// The kinds that were met, by the number each got.
struct NumberedKinds: Sendable {
    private(set) var kinds: [NeedleKind] = []
    private var numbers: [NeedleKind: UInt16] = [:]

    mutating func number(of kind: NeedleKind) -> UInt16 {
        if let known = numbers[kind] { return known }
        let number = UInt16(kinds.count)
        kinds.append(kind)
        numbers[kind] = number
        return number
    }
}

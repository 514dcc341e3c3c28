// SPDX-License-Identifier: Apache-2.0

/// Hundreds of thousands of needles with their bytes one after another: an array each would cost more than the search.
struct NeedleList: Sendable {
    private var needles: [Needle] = []
    private var text: [UInt8] = []
    private var ends: [Int] = []
    private var exactText: [UInt8] = []
    private var exactEnds: [Int] = []

    var count: Int { needles.count }
    var indices: Range<Int> { needles.indices }

    subscript(number: Int) -> Needle { needles[number] }

    /// - Parameter exact: the bytes as they must stand before folding, for forms whose letter case and punctuation are
    ///   part of them.
    mutating func append(_ needle: Needle, _ bytes: [UInt8], exact: [UInt8] = []) {
        needles.append(needle)
        text += bytes
        ends.append(text.count)
        exactText += exact
        exactEnds.append(exactText.count)
    }

    mutating func append(contentsOf other: NeedleList) {
        let (first, firstExact) = (text.count, exactText.count)
        needles += other.needles
        text += other.text
        ends += other.ends.lazy.map { $0 + first }
        exactText += other.exactText
        exactEnds += other.exactEnds.lazy.map { $0 + firstExact }
    }

    func length(_ number: Int) -> Int { ends[number] - start(number) }

    /// What is searched.
    func bytes(_ number: Int) -> ArraySlice<UInt8> { text[start(number)..<ends[number]] }

    /// What must stand there before folding; nil where folding decides.
    func exact(_ number: Int) -> ArraySlice<UInt8>? {
        let start = number > 0 ? exactEnds[number - 1] : 0
        return start < exactEnds[number] ? exactText[start..<exactEnds[number]] : nil
    }

    private func start(_ number: Int) -> Int { number > 0 ? ends[number - 1] : 0 }
}

// SPDX-License-Identifier: Apache-2.0

internal import CByteMarks

/// Memory that grows and is used again.
final class Memory<Element: BitwiseCopyable> {
    private(set) var base: UnsafeMutablePointer<Element>
    private var capacity = 64

    init() { base = .allocate(capacity: 64) }

    deinit { base.deallocate() }

    /// Room for so many elements; the first `keeping` stay.
    func reserve(_ count: Int, keeping: Int) {
        guard count > capacity else { return }
        capacity = max(count, capacity * 2)
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        larger.update(from: base, count: keeping)
        base.deallocate()
        base = larger
    }
}

/// Tables of the index. Unchecked: written once before anyone sees them, never changed, never freed.
struct IndexTables: @unchecked Sendable {
    let sets: UnsafePointer<UInt8>
    let shuffles: UnsafePointer<UInt64>
    let isWide = bytemarks_has_avx2() != 0

    init(kinds: [(UInt8) -> Bool]) {
        let sets = UnsafeMutablePointer<UInt8>.allocate(capacity: kinds.count * 16)
        sets.initialize(repeating: 0, count: kinds.count * 16)
        for (kind, holds) in kinds.enumerated() {
            for byte in 0..<128 as Range<UInt8> where holds(byte) {
                sets[kind * 16 + Int(byte & 15)] |= 1 << (byte >> 4)
            }
        }
        let shuffles = UnsafeMutablePointer<UInt64>.allocate(capacity: 256)
        for pattern in 0..<256 as Range<UInt64> {
            var word: UInt64 = 0
            var used: UInt64 = 0
            for place in 0..<8 as Range<UInt64> where pattern >> place & 1 != 0 {
                word |= place << (8 * used)
                used += 1
            }
            (shuffles + Int(pattern)).initialize(to: word)
        }
        self.sets = UnsafePointer(sets)
        self.shuffles = UnsafePointer(shuffles)
    }
}

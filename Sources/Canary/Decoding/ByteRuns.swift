// SPDX-License-Identifier: Apache-2.0

internal import CByteMarks
internal import Foundation

/// Stretches of bytes of one kind, found without looking at every byte: a run of n has a member at every n-th place.
enum ByteRuns {
    /// Calls `body` with every longest run of at least `least` bytes whose marks meet `mask`, in order.
    @inline(__always)
    static func forEach(
        _ mask: UInt8, least: Int, in bytes: UnsafeBufferPointer<UInt8>, _ marks: UnsafePointer<UInt8>,
        _ body: (Range<Int>) -> Void
    ) {
        guard let base = bytes.baseAddress else { return }
        let count = bytes.count
        var floor = 0
        var probe = least - 1
        while probe < count {
            var index = probe
            while index >= floor, marks[Int(base[index])] & mask != 0 { index &-= 1 }
            if index >= floor {
                floor = index &+ 1
                probe = index &+ least
                continue
            }
            var end = probe &+ 1
            while end < count, marks[Int(base[end])] & mask != 0 { end &+= 1 }
            body(floor..<end)
            floor = end &+ 1
            probe = end &+ least
        }
    }

    /// Whether there is nothing but what a plain ASCII text holds.
    static func isPlain(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return true }
            #if arch(x86_64)
                if TextIndex.isWide { return bytemarks_is_plain_avx2(base, bytes.count) != 0 }
            #endif
            return bytemarks_is_plain_plain(base, bytes.count) != 0
        }
    }

    /// Where `text` first stands; nil where it does not.
    static func first(_ text: [UInt8], in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = bytes.baseAddress, let byte = text.first else { return nil }
        var position = 0
        while position + text.count <= bytes.count,
            let found = memchr(base + position, Int32(byte), bytes.count - position - text.count + 1)
        {
            let index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if memcmp(base + index, text, text.count) == 0 { return index }
            position = index + 1
        }
        return nil
    }

    /// A table of 256 marks that lives as long as the process, so that loops need no retain and no bounds check.
    static func table(_ mark: (UInt8) -> UInt8) -> MarkTable {
        let marks = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        for value in 0..<256 { (marks + value).initialize(to: mark(UInt8(value))) }
        return MarkTable(marks: UnsafePointer(marks))
    }
}

/// Marks of the 256 bytes. Unchecked: written once before anyone sees it, never changed, never freed.
struct MarkTable: @unchecked Sendable {
    let marks: UnsafePointer<UInt8>
}

/// Memory for one decoded run after another; it belongs to one search.
final class Scratch {
    private var storage = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)
    private var capacity = 1 << 16

    deinit { storage.deallocate() }

    /// Room for so many bytes; what stood there before is gone.
    func room(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if count > capacity {
            storage.deallocate()
            capacity = count
            storage = .allocate(capacity: count)
        }
        return storage
    }
}

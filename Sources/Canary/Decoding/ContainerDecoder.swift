// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Compressed data wherever its signature stands: so archives, images, documents, parts and protocol buffers need no
/// parser
/// of their own, since what they do not compress stands plainly in their bytes.
enum ContainerDecoder {
    static func expand(_ view: View, limit: Int, into expansion: inout Expansion) {
        view.bytes.withUnsafeBufferPointer { bytes in
            signatures(view, bytes, limit, &expansion)
            unsigned(view, bytes, limit, &expansion)
            portableNetworkGraphic(view, bytes, limit, &expansion)
            foreign(view, bytes, limit, &expansion)
        }
    }

    /// Compressed data that is known by its mark only: bzip2, xz, LZMA, 7z, LZ4, `compress`, members of a zip in other than
    /// deflate, blocks of Avro in other than deflate. It is said that nobody looked inside.
    private static func foreign(
        _ view: View, _ bytes: UnsafeBufferPointer<UInt8>, _ limit: Int, _ expansion: inout Expansion
    ) {
        for known in foreignMarks where !known.beginsFile || view.chain.isEmpty {
            guard let byte = known.mark[known.rare] else { continue }
            forEach(byte, in: bytes) { index in
                guard known.stands(at: index - known.rare, in: bytes) else { return true }
                if known.isDeflated,
                    let output = AvroBlocks.inflated(
                        UnsafeBufferPointer(rebasing: bytes[(index - known.rare)...]), limit: max(1, limit))
                {
                    let root = view.root(index - known.rare..<bytes.count)
                    if output.isLimited { expansion.cutShort.append((view.chain + [known.name], root)) }
                    expansion.views.append(
                        View(
                            bytes: output.bytes, chain: view.chain + [known.name],
                            segments: [.init(start: 0, root: root, isLinear: false)]))
                    return false
                }
                expansion.foreign.append((view.chain + [known.name], view.root(index - known.rare..<bytes.count)))
                return false
            }
        }
    }

    private struct ForeignMark {
        let name: String
        /// Place of the rarest byte.
        let rare: Int
        let mark: [UInt8?]
        /// What bits of the bytes behind the mark must be: four bytes alone are met by chance.
        var behind: [(mask: UInt8, bits: UInt8)] = []
        /// Blocks of Avro in deflate.
        var isDeflated = false
        /// Too short a mark to mean anything but at the beginning of a file.
        var beginsFile = false

        func stands(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
            guard beginsFile ? start == 0 : start >= 0, start + mark.count + behind.count <= bytes.count else {
                return false
            }
            return mark.enumerated().allSatisfy { $1 == nil || $1 == bytes[start + $0] }
                && behind.enumerated().allSatisfy { bytes[start + mark.count + $0] & $1.mask == $1.bits }
        }
    }

    private static let foreignMarks = [
        ForeignMark(name: "bzip2", rare: 4, mark: [0x42, 0x5A, 0x68, nil, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
        ForeignMark(name: "xz", rare: 0, mark: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
        ForeignMark(name: "7z", rare: 2, mark: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        // Version 1 and a size of blocks that exists (LZ4 frame format, frame descriptor).
        ForeignMark(name: "lz4", rare: 0, mark: [0x04, 0x22, 0x4D, 0x18], behind: [(0xC2, 0x40), (0xCF, 0x40)]),
        // A header of thirteen bytes without the length, which ends in the coder's first byte (LZMA specification).
        ForeignMark(
            name: "lzma", rare: 5, mark: [0x5D, 0x00, 0x00, nil, nil] + [UInt8?](repeating: 0xFF, count: 8) + [0x00]),
        ForeignMark(name: "compress", rare: 1, mark: [0x1F, 0x9D], behind: [(0xE0, 0x80)], beginsFile: true),
        zip(method: 9), zip(method: 14), zip(method: 98), zip(method: 99),
        ForeignMark(name: "avro", rare: 10, mark: avro("deflate"), isDeflated: true),
        ForeignMark(name: "avro", rare: 10, mark: avro("snappy")),
    ]

    /// The head of a member that is packed in another way (APPNOTE.TXT section 4.4.5: 9 Deflate64, 14 LZMA, 98 PPMd, 99 AES).
    private static func zip(method: UInt8) -> ForeignMark {
        ForeignMark(name: "zip", rare: 2, mark: [0x50, 0x4B, 0x03, 0x04, nil, nil, nil, nil, method, 0x00])
    }

    /// What the head of an Avro file says of its blocks: a key, and a value behind twice its length.
    private static func avro(_ codec: String) -> [UInt8?] {
        Array("avro.codec".utf8) + [UInt8(codec.utf8.count * 2)] + Array(codec.utf8)
    }

    /// Whether compressed data surely begins somewhere. `zlib`: whether its mark of two bytes counts too.
    static func isPromising(_ view: View, zlib: Bool = true) -> Bool {
        var probe = Expansion()
        view.bytes.withUnsafeBufferPointer { signatures(view, $0, 256, &probe, isProbe: true, zlib: zlib) }
        return !probe.views.isEmpty
    }

    private static func forEach(_ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, _ body: (Int) -> Bool) {
        guard let base = bytes.baseAddress else { return }
        var position = 0
        while position < bytes.count, let found = memchr(base + position, Int32(byte), bytes.count - position) {
            let index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            guard body(index) else { return }
            position = index + 1
        }
    }

    private static func signatures(
        _ view: View, _ bytes: UnsafeBufferPointer<UInt8>, _ limit: Int, _ expansion: inout Expansion,
        isProbe: Bool = false, zlib: Bool = true
    ) {
        var left = limit
        func add(_ name: String, _ start: Int, _ data: Int, _ wrapper: Inflater.Wrapper?, least: Int) -> Int? {
            let rest = UnsafeBufferPointer(rebasing: bytes[data...])
            let inflated =
                wrapper.map { Inflater.inflate(rest, $0, limit: max(1, left)) }
                ?? Inflater.zstandard(rest, limit: max(1, left))
            guard let output = inflated, output.bytes.count >= least else { return nil }
            // Two bytes make a beginning of zlib: in a request id or a signature they come by chance, and the stream is soon
            // at its end.
            guard output.isComplete || output.isLimited || wrapper != .zlib || output.consumed >= 128 else {
                return nil
            }
            // Noise, too, inflates to a few bytes before it turns out to be none.
            if isProbe {
                guard expansion.views.isEmpty, output.isComplete || output.isLimited else { return nil }
                left = limit + output.bytes.count
            }
            left -= output.bytes.count
            let end = data + output.consumed
            let root = view.root(start..<end)
            if output.isComplete { expansion.finished.append(root) }
            if output.isLimited || output.isTruncated { expansion.cutShort.append((view.chain + [name], root)) }
            expansion.views.append(
                View(
                    bytes: output.bytes, chain: view.chain + [name],
                    segments: [.init(start: 0, root: root, isLinear: false)]))
            return output.isComplete ? end : nil
        }
        var end = 0
        forEach(0x1F, in: bytes) { index in
            if index >= end, index + 10 < bytes.count, bytes[index + 1] == 0x8B, bytes[index + 2] == 8 {
                end = add("gzip", index, index, .gzip, least: 1) ?? end
            }
            return true
        }
        end = 0
        forEach(0x78, in: bytes) { index in
            guard zlib, index >= end, index + 6 < bytes.count else { return zlib }
            let second = bytes[index + 1]
            if second == 0x9C || second == 0xDA || second == 0x01 || second == 0x5E {
                end = add("zlib", index, index, .zlib, least: 4) ?? end
            }
            return true
        }
        end = 0
        // The last byte of the mark is the rarest.
        forEach(0xFD, in: bytes) { index in
            if index >= end + 3, bytes[index - 1] == 0x2F, bytes[index - 2] == 0xB5, bytes[index - 3] == 0x28 {
                end = add("zstd", index - 3, index - 3, nil, least: 1) ?? end
            }
            return true
        }
        end = 0
        forEach(0x50, in: bytes) { index in
            guard index >= end, index + 30 < bytes.count, bytes[index + 1] == 0x4B, bytes[index + 2] == 3,
                bytes[index + 3] == 4
            else { return true }
            func half(_ offset: Int) -> Int { Int(bytes[index + offset]) | Int(bytes[index + offset + 1]) << 8 }
            let data = index + 30 + half(26) + half(28)
            if half(8) == 8, data < bytes.count { end = add("zip", index, data, .raw, least: 1) ?? end }
            return true
        }
    }

    /// Deflate and brotli have no signature: tried at the beginning, and behind the head of an HTTP message.
    private static func unsigned(
        _ view: View, _ bytes: UnsafeBufferPointer<UInt8>, _ limit: Int, _ expansion: inout Expansion
    ) {
        guard view.chain.isEmpty else { return }
        var starts = [0]
        // A head of text is looked through; what begins in binary has none.
        forEach(13, in: UnsafeBufferPointer(rebasing: bytes.prefix(16_384))) { index in
            guard index + 4 < bytes.count, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10
            else { return true }
            starts.append(index + 4)
            return false
        }
        for start in starts {
            let rest = UnsafeBufferPointer(rebasing: bytes[start...])
            for output in compressed(rest, limit: limit) {
                let root = view.root(start..<bytes.count)
                if output.isLimited { expansion.cutShort.append((view.chain + [output.name], root)) }
                expansion.views.append(
                    View(
                        bytes: output.bytes, chain: view.chain + [output.name],
                        segments: [.init(start: 0, root: root, isLinear: false)]))
            }
        }
    }

    /// What an unsigned stream gives, if the bytes are one from beginning to end.
    static func compressed(
        _ bytes: UnsafeBufferPointer<UInt8>, limit: Int
    ) -> [(name: String, bytes: [UInt8], isLimited: Bool)] {
        guard bytes.count >= 8, isBinary(bytes) else { return [] }
        var found: [(name: String, bytes: [UInt8], isLimited: Bool)] = []
        if DeflateHead.mayBeWhole(bytes, limit: limit), let output = Inflater.inflate(bytes, .raw, limit: limit),
            output.isComplete || output.isLimited,
            output.isLimited || output.consumed + 16 >= bytes.count
        {
            found.append(("deflate", output.bytes, output.isLimited))
        }
        if Inflater.mayBeBrotli(bytes), let output = Inflater.brotli(bytes, limit: limit),
            output.isLimited || output.consumed + 16 >= bytes.count
        {
            found.append(("brotli", output.bytes, output.isLimited))
        }
        return found
    }

    /// Whether the first bytes hold what no text holds.
    static func isBinary(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        let end = min(bytes.count, 256)
        while index < end {
            let byte = bytes[index]
            if byte < 9 || (byte > 13 && byte < 32) || byte == 127 { return true }
            if byte >= 0x80 {
                let width = FoldedText.scalar(bytes, at: index).1
                if width == 1, index + 4 < end { return true }
                index += width
            } else {
                index += 1
            }
        }
        return false
    }

    /// An image's pixels may be spread over several chunks of one stream; what is written beside them ends where a checksum
    /// begins, whose first byte may look like one more digit.
    private static func portableNetworkGraphic(
        _ view: View, _ bytes: UnsafeBufferPointer<UInt8>, _ limit: Int, _ expansion: inout Expansion
    ) {
        guard bytes.count > 40, let start = ByteRuns.first([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], in: bytes)
        else { return }
        var (data, texts): ([UInt8], [UInt8]) = ([], [])
        var chunks = 0
        var index = start + 8
        while index + 12 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 << 8 | Int(bytes[index + $1]) }
            guard index + 12 + length <= bytes.count else { break }
            let content = bytes[index + 8..<index + 8 + length]
            let name = bytes[index + 4..<index + 8]
            if name.elementsEqual("IDAT".utf8) {
                data += content
                chunks += 1
            } else if ["tEXt", "iTXt", "eXIf"].contains(where: { name.elementsEqual($0.utf8) }) {
                texts += content
                texts.append(0x0A)
            }
            index += 12 + length
        }
        func add(_ bytes: [UInt8]) {
            expansion.views.append(
                View(
                    bytes: bytes, chain: view.chain + ["png"],
                    segments: [.init(start: 0, root: view.root(start..<index), isLinear: false)]))
        }
        if !texts.isEmpty { add(texts) }
        if chunks > 1, let output = data.withUnsafeBufferPointer({ Inflater.inflate($0, .zlib, limit: limit) }) {
            add(output.bytes)
        }
    }
}

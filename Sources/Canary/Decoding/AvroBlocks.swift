// SPDX-License-Identifier: Apache-2.0

/// The blocks of an Avro object container file (Apache Avro 1.11, "Object Container Files"): a number of objects, a size, so many
/// bytes of data, and the file's mark of sixteen bytes, which stands behind its head too.
enum AvroBlocks {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    /// What the compressed blocks of a file hold; nil where it is cut short or otherwise none.
    static func inflated(_ file: UnsafeBufferPointer<UInt8>, limit: Int) -> Inflater.Output? {
        guard file.count > 64 else { return nil }
        let mark = Array(file.suffix(16))
        guard let head = ByteRuns.first(mark, in: file), head + 16 < file.count else { return nil }
        var output = Inflater.Output(
            bytes: [], isComplete: true, isLimited: false, isTruncated: false, consumed: file.count)
        var place = head + 16
        while place < file.count, !output.isLimited {
            guard number(file, &place) != nil, let size = number(file, &place), size > 0,
                place + size + 16 <= file.count,
                let block = Inflater.inflate(
                    Bytes(rebasing: file[place..<place + size]), .raw, limit: limit - output.bytes.count)
            else { return nil }
            output.bytes += block.bytes
            output.isLimited = block.isLimited
            place += size + 16
        }
        return output
    }

    /// A whole number in zigzag and groups of seven bits, the lowest first.
    private static func number(_ bytes: Bytes, _ place: inout Int) -> Int? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < bytes.count, shift < 35 {
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(value >> 1) * (value & 1 == 0 ? 1 : -1) }
            shift += 7
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import CZlib

/// Draws the picture that belongs to a person's photo id: a portrait nobody has, recognisable in its pixels and in its
/// text.
package enum PhotoMint {
    /// Bytes of a PNG of 24 by 24 grey pixels. Every row of pixels spells the id, and a `tEXt` chunk holds it too, so
    /// that
    /// the picture is found in a copy, and in one that lost its metadata.
    /// - Parameter id: the value of ``DataClass/photo``.
    package static func png(id: String) -> [UInt8] {
        let mark = Array(id.utf8.prefix(24))
        let row = [0] + mark + [UInt8](repeating: 0x20, count: 24 - mark.count)
        let pixels = Array(repeatElement(row, count: 24).joined())
        var image: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        image += chunk("IHDR", [0, 0, 0, 24, 0, 0, 0, 24, 8, 0, 0, 0, 0])
        image += chunk("tEXt", Array("Comment".utf8) + [0] + Array(id.utf8))
        image += chunk("IDAT", compressed(pixels))
        image += chunk("IEND", [])
        return image
    }

    private static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(UInt(bytes.count))
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, used in
            compress2(buffer.baseAddress, &count, bytes, UInt(bytes.count), 9)
            used = Int(count)
        }
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return big(UInt32(data.count)) + body + big(UInt32(truncatingIfNeeded: crc32(0, body, UInt32(body.count))))
    }

    private static func big(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}

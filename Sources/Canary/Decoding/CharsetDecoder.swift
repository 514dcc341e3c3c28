// SPDX-License-Identifier: Apache-2.0

/// Texts whose characters are not bytes: UTF-16 and the packed alphabet of text messages.
enum CharsetDecoder {
    static func expand(_ view: View, into expansion: inout Expansion) {
        view.bytes.withUnsafeBufferPointer { bytes in
            utf16(bytes, view, &expansion)
            packed(bytes, view, &expansion)
        }
    }

    /// Every other byte zero tells; folding already reads the Latin letters, this adds the rest.
    private static func utf16(_ bytes: UnsafeBufferPointer<UInt8>, _ view: View, _ expansion: inout Expansion) {
        guard bytes.count >= 12 else { return }
        var zeros = [0, 0]
        let sample = min(bytes.count, 4096)
        for index in 0..<sample where bytes[index] == 0 { zeros[index & 1] += 1 }
        guard max(zeros[0], zeros[1]) * 8 > sample, min(zeros[0], zeros[1]) * 16 < sample else { return }
        let isBig = zeros[0] > zeros[1]
        let units = (0..<bytes.count / 2).map { index -> UInt16 in
            let (first, second) = (UInt16(bytes[index * 2]), UInt16(bytes[index * 2 + 1]))
            return isBig ? first << 8 | second : second << 8 | first
        }
        add(
            Array(String(decoding: units, as: UTF16.self).utf8), isBig ? "utf-16be" : "utf-16le", bytes.count, view,
            &expansion)
    }

    /// GSM 03.38: seven bits a letter, from any bit, since what stands before the text is unknown.
    private static func packed(_ bytes: UnsafeBufferPointer<UInt8>, _ view: View, _ expansion: inout Expansion) {
        // Packed text within packed text is nothing anybody sends: only noise, in which short parts turn up by chance.
        guard bytes.count >= 6, bytes.count <= 512, view.segments.count <= PieceCollector.closelyRead,
            !view.chain.contains("gsm-7"),
            ContainerDecoder.isBinary(bytes)
        else { return }
        var text: [UInt8] = []
        for phase in 0..<7 {
            var bit = phase
            while bit + 7 <= bytes.count * 8 {
                let word = UInt16(bytes[bit / 8]) | (bit / 8 + 1 < bytes.count ? UInt16(bytes[bit / 8 + 1]) << 8 : 0)
                let letter = UInt8(truncatingIfNeeded: word >> UInt16(bit % 8)) & 0x7F
                text.append(letter == 0 ? UInt8(ascii: "@") : letter)
                bit += 7
            }
            text.append(0x0A)
        }
        add(text, "gsm-7", bytes.count, view, &expansion)
    }

    private static func add(_ text: [UInt8], _ name: String, _ count: Int, _ view: View, _ expansion: inout Expansion) {
        let root = view.root(0..<count)
        expansion.views.append(
            View(bytes: text, chain: view.chain + [name], segments: [.init(start: 0, root: root, isLinear: false)]))
    }
}

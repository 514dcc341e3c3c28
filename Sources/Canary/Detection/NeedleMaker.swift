// SPDX-License-Identifier: Apache-2.0

internal import World

/// What forms the values of canaries may take, one canary after another.
struct NeedleMaker {
    /// Nobody's, until it is turned to one.
    private(set) var canary = Canary(id: "", value: "")
    private var index = 0
    /// The spellings of the value that programs make before they encode or hash it.
    private(set) var spellings: [String] = []
    private(set) var folded = NeedleList()
    private(set) var raw = NeedleList()
    private var seen = Set<[UInt8]>()

    /// Goes on with another canary.
    /// - Parameter index: its number in the ``Detector``.
    mutating func turn(to canary: Canary, index: Int) {
        self.canary = canary
        self.index = index
        spellings = Self.spellings(of: canary)
        seen.removeAll(keepingCapacity: true)
    }

    mutating func add(
        _ text: String, _ form: String = "value", chain: [String] = [], rule: NeedleKind.Rule = .anywhere
    ) {
        add(folded: FoldedText.fold(text), form, chain: chain, rule: rule)
    }

    /// - Parameter bytes: as ``FoldedText`` gives them.
    mutating func add(
        folded bytes: [UInt8], _ form: String = "value", chain: [String], rule: NeedleKind.Rule = .anywhere
    ) {
        guard bytes.count >= 4, seen.insert(bytes).inserted else { return }
        let own = rule == .anywhere ? Self.ownRule(bytes) : rule
        var kind = NeedleKind(form: form, chain: chain, rule: own)
        if bytes.contains(where: { $0 >= 0x80 }) { kind.content = .wide }
        folded.append(Needle(canary: index, kind: kind), bytes)
    }

    /// What must hold around a text, by how much it says of itself.
    private static func ownRule(_ bytes: [UInt8]) -> NeedleKind.Rule {
        guard bytes.contains(where: { $0 >= 0x80 }) else {
            if bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { return bytes.count >= 7 ? .number : .labelled }
            return bytes.count < 7 ? .labelled : bytes.count < 10 ? .word : .anywhere
        }
        let letters = String(decoding: bytes, as: UTF8.self)
        // Three signs of a script that writes words with them are a name.
        let isDense = letters.unicodeScalars.contains { $0.value >= 0x3000 }
        let count = letters.count
        return count < (isDense ? 3 : 7) ? .labelled : count < 10 && !isDense ? .word : .anywhere
    }

    /// A digest as the bytes it is, for stores and messages that are no text.
    mutating func addDigest(_ bytes: [UInt8], _ function: DigestFunction) {
        let kind = NeedleKind(
            form: function.rawValue, chain: [], rule: .anywhere, level: .hashed, content: .binary)
        raw.append(Needle(canary: index, kind: kind), bytes)
    }

    /// Bytes of a number, which no text holds.
    mutating func addBinary(_ bytes: [UInt8], chain: [String]) {
        let kind = NeedleKind(form: "value", chain: chain, rule: .anywhere, content: .binary)
        raw.append(Needle(canary: index, kind: kind), bytes)
    }

    /// The first twelve hexadecimal digits of a digest, which are still nobody else's.
    mutating func addShortDigest(_ digest: [UInt8], _ function: DigestFunction) {
        let kind = NeedleKind(form: function.rawValue, chain: ["hex"], rule: .word, level: .hashed)
        folded.append(Needle(canary: index, kind: kind), Self.hexadecimal(digest.prefix(6)))
    }

    /// What is left of bytes when each is combined with one and the same byte.
    mutating func addDifferences(_ bytes: [UInt8]) {
        let steps = zip(bytes, bytes.dropFirst()).map(^)
        guard bytes.count >= 9, Set(steps).count >= 4 else { return }
        let kind = NeedleKind(form: "value", chain: ["xor"], rule: .anywhere, content: .differences)
        raw.append(Needle(canary: index, kind: kind), steps, exact: bytes)
    }

    /// A form that is searched as it is. Where enough of it is letters and digits, it is found with the folded ones and
    /// compared then.
    mutating func addRaw(_ bytes: [UInt8], _ form: String = "value", chain: [String], rule: NeedleKind.Rule = .anywhere)
    {
        guard bytes.count >= 7 else { return }
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var all: UInt8 = 0
        var hasControl = false
        for byte in bytes {
            all |= byte
            if byte < 0x20 { hasControl = true }
            if TextIndex.Kind.isAlphanumeric(byte) { plain.append(byte | 32) }
        }
        var kind = NeedleKind(form: form, chain: chain, rule: rule)
        if all < 0x80, plain.count >= (rule == .number ? 8 : 10) {
            kind.isExact = true
            folded.append(Needle(canary: index, kind: kind), plain, exact: bytes)
        } else if bytes.count >= 10 || all >= 0x80 || hasControl {
            if all >= 0x80 || hasControl { kind.content = .binary }
            raw.append(Needle(canary: index, kind: kind), bytes)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Every form in which a set's values are searched for. Making them is most of the work of a ``Detector``.
package struct CanaryForms: Sendable {
    let canaries: [Canary]
    let folded: NeedleList
    let raw: NeedleList
    let digests: [KnownDigest]

    /// O(forms): some 100 a canary, a millisecond a person.
    package init(_ set: CanarySet) {
        canaries = set.canaries
        var digests: [KnownDigest] = []
        var maker = NeedleMaker()
        for (index, canary) in canaries.enumerated() {
            maker.turn(to: canary, index: index)
            guard !canary.isRandom else {
                maker.addRandomForms()
                continue
            }
            maker.addReadableForms()
            maker.addEncodedForms()
            if canary.value.utf8.count >= 4 {
                var common: [(function: DigestFunction, bytes: [UInt8])] = []
                maker.forEachDigest { function, bytes, isCommon in
                    if isCommon { common.append((function, Array(bytes))) }
                    digests.append(
                        KnownDigest(
                            canary: Int32(index), function: function, first: Self.key(bytes.prefix(8)),
                            last: Self.key(bytes.suffix(8))))
                }
                for digest in common {
                    maker.addDigest(digest.bytes, digest.function)
                    maker.addShortDigest(digest.bytes, digest.function)
                }
            }
        }
        folded = maker.folded
        raw = maker.raw
        self.digests = digests
    }

    private static func key(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

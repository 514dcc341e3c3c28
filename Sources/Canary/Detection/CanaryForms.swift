// SPDX-License-Identifier: Apache-2.0

/// Every form in which a set's values are searched for. Making them is most of the work of a ``Detector``; they may go into
/// several.
package struct CanaryForms: Sendable {
    let canaries: [Canary]
    private(set) var folded: [Needle] = []
    private(set) var raw: [Needle] = []
    /// First and last eight bytes of each digest.
    private(set) var digests: [(canary: Int, name: String, first: UInt64, last: UInt64)] = []

    /// O(forms): some 100 a canary, a few milliseconds a person.
    package init(_ set: CanarySet) {
        canaries = set.canaries
        for (index, canary) in canaries.enumerated() {
            var maker = NeedleMaker(canary: canary, index: index)
            maker.addReadableForms()
            maker.addEncodedForms()
            if canary.value.utf8.count >= 4 {
                for digest in maker.digests {
                    if digest.isCommon { maker.addDigest(digest.bytes, digest.name) }
                    digests.append(
                        (index, digest.name, Self.key(digest.bytes.prefix(8)), Self.key(digest.bytes.suffix(8))))
                }
            }
            folded += maker.folded
            raw += maker.raw
        }
    }

    private static func key(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}

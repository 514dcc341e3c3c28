// SPDX-License-Identifier: Apache-2.0

package import World

/// One appearance of a canary. It never carries the value.
package struct Hit: Sendable, Hashable {
    /// How sure the value can be had back.
    package enum Level: String, Sendable, Hashable {
        /// The value, or an identifying part of it, can be read.
        case reversible
        /// An unkeyed digest: enumeration gives the value back, since it has little entropy.
        case hashed
    }

    /// The canary's id, for example `ann.ehr.phone`.
    package let canary: String
    package let world: WorldID?
    package let dataClass: DataClass?
    package let origin: DataOrigin?
    /// Byte offset in the scanned input; for a decoded hit that of the encoded run.
    package let offset: Int
    /// Bytes of the input the hit spans.
    package let length: Int
    /// Encodings from the outside in, for example `["base64", "gzip"]`; empty where it stands plainly.
    package let chain: [String]
    /// What of the value stood there: `value`, `last-four`, `sha256`, …
    package let form: String
    package let level: Level
    /// How the match looks with every letter and digit masked: `+9 999 999-9999`. Empty for a digest, whose looks tell
    /// nothing.
    package let excerpt: String
}

/// Something that was not searched to its end, and why. Not a pass: whoever judges must say so.
package struct Unscanned: Sendable, Hashable {
    /// Which limit was met.
    package enum Reason: String, Sendable, Hashable {
        case decodedBytes = "decoded-bytes", views, depth
        /// A run is longer than a decoder of its kind takes.
        case runLength = "run-length"
        /// Compressed in a way that nothing here reads.
        case format
    }

    package let reason: Reason
    /// Encodings down to the view that was left.
    package let chain: [String]
    /// Byte offset in the input.
    package let offset: Int
}

/// What a scan found.
package struct ScanResult: Sendable, Hashable {
    package var hits: [Hit] = []
    package var unscanned: [Unscanned] = []

    package init(hits: [Hit] = [], unscanned: [Unscanned] = []) {
        self.hits = hits
        self.unscanned = unscanned
    }
}

/// How much decoding one message may cost.
package struct ScanBudget: Sendable, Hashable {
    /// Decoded bytes per input byte.
    package var expansion = 16
    /// Decoded bytes granted to any message, however small: a short compressed text may well expand a hundred times.
    package var decodedFloor = 1 << 20
    /// Decoded bytes at most.
    package var decodedCeiling = 64 << 20
    package var depth = 3
    package var views = 400

    package init() {}

    func decodedLimit(input: Int) -> Int { min(decodedCeiling, max(decodedFloor, input * expansion)) }
}

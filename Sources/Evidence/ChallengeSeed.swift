// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation

/// The seed of a run that is to be certified: nobody chooses it.
package enum ChallengeSeed {
    /// From the programme's challenge; without one from the run's own nonce. The first eight bytes of a SHA-256, big-endian.
    package static func seed(challenge: String?, nonce: String) -> UInt64 {
        let text = challenge.map { "assay-challenge\n" + $0 } ?? "assay-nonce\n" + nonce
        return SHA256.hash(data: Data(text.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

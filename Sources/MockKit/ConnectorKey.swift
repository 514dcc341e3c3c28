// SPDX-License-Identifier: Apache-2.0

internal import CryptoExtras
internal import Foundation

/// An RSA key of 2048 bits for a connector that is given its key, as an operator would give it: `$(rsa-key)` in a
/// deployment. The mocks sign with others. One a process: making one costs a tenth of a second of processor time.
package enum ConnectorKey {
    private static let made = Task.detached { try _RSA.Signing.PrivateKey(keySize: .bits2048).derRepresentation }

    /// PKCS #1 (RFC 8017 appendix A.1.2) in base64, on one line.
    package static var text: String { get async throws { try await made.value.base64EncodedString() } }
}

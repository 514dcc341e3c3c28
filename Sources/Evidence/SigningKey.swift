// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import Foundation

/// A signer's Ed25519 key. Signatures are deterministic here, so that the same record seals to the same bytes.
package struct SigningKey: Sendable {
    /// `PrivateKeyInfo` of RFC 8410 up to the 32 bytes of the key.
    private static let prefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
    private static let label = "PRIVATE KEY"

    private let key: Curve25519.Signing.PrivateKey

    /// A fresh one.
    package init() { key = Curve25519.Signing.PrivateKey() }

    /// Reads an unencrypted PKCS#8 PEM; nil where it is none, or of another kind.
    package init?(pem: String) {
        guard let der = PEM.der(pem, label: Self.label), der.starts(with: Self.prefix),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: der.dropFirst(Self.prefix.count))
        else { return nil }
        self.key = key
    }

    /// PKCS#8 (RFC 8410), as `openssl pkey` reads it.
    package var pem: String { PEM.text(Data(Self.prefix) + key.rawRepresentation, label: Self.label) }

    package var publicKey: VerificationKey { VerificationKey(key.publicKey) }

    /// 64 raw bytes.
    package func signature(of message: Data) throws -> Data { try key.signature(for: message) }
}

/// The public half: who may be believed.
package struct VerificationKey: Sendable, Hashable {
    /// `SubjectPublicKeyInfo` of RFC 8410 up to the 32 bytes of the key.
    private static let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    private static let label = "PUBLIC KEY"

    private let raw: Data

    init(_ key: Curve25519.Signing.PublicKey) { raw = key.rawRepresentation }

    /// Reads an SPKI PEM; nil where it is none, or of another kind.
    package init?(pem: String) {
        guard let der = PEM.der(pem, label: Self.label), der.starts(with: Self.prefix),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: der.dropFirst(Self.prefix.count))
        else { return nil }
        self.init(key)
    }

    /// SPKI in DER.
    package var der: Data { Data(Self.prefix) + raw }
    /// SPKI PEM, as `openssl pkey -pubin` reads it.
    package var pem: String { PEM.text(der, label: Self.label) }
    /// SHA-256 of the SPKI DER.
    package var keyID: String { Digest.sha256(der) }

    package func isValid(_ signature: Data, of message: Data) -> Bool {
        (try? Curve25519.Signing.PublicKey(rawRepresentation: raw))?.isValidSignature(signature, for: message) ?? false
    }
}

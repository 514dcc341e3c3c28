// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import MockKit
import SwiftASN1
import Value
import X509

/// Resource data as Microsoft Graph encrypts it (wire-protocols 2.5).
enum EncryptedContent {
    /// RSA-OAEP (SHA-1) of a fresh AES-256 key; AES-CBC with the key's first 16 bytes as IV; HMAC-SHA256 of the ciphertext.
    /// `spoiled` breaks the signature.
    static func seal(_ content: Value, for recipient: ContentRecipient, spoiled: Bool = false) throws -> Value {
        let key = SymmetricKey(size: .bits256)
        let keyBytes = key.withUnsafeBytes { Data($0) }
        let data = try AES._CBC.encrypt(
            Data(content.jsonBytes()), using: key, iv: AES._CBC.IV(ivBytes: keyBytes.prefix(16)))
        var signature = Data(HMAC<SHA256>.authenticationCode(for: data, using: key))
        if spoiled { signature = Data(signature.reversed()) }
        let wrapped = try recipient.key.encrypt(keyBytes, padding: .PKCS1_OAEP)
        return [
            "data": .string(data.base64EncodedString()), "dataSignature": .string(signature.base64EncodedString()),
            "dataKey": .string(wrapped.base64EncodedString()),
            "encryptionCertificateId": .string(recipient.certificateID),
            "encryptionCertificateThumbprint": .string(recipient.thumbprint),
        ]
    }

    /// Reads the base64 DER certificate of a subscription request; nil where it is none with an RSA key of 2048 to 4096
    /// bits.
    static func recipient(certificate: String, id: String) -> ContentRecipient? {
        guard let der = Data(base64Encoded: certificate, options: .ignoreUnknownCharacters),
            let parsed = try? Certificate(derEncoded: Array(der)),
            let pem = try? parsed.publicKey.serializeAsPEM().pemString,
            let key = try? _RSA.Encryption.PublicKey(pemRepresentation: pem), (2048...4096).contains(key.keySizeInBits)
        else { return nil }
        let digest = Insecure.SHA1.hash(data: der)
        let thumbprint = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined().uppercased()
        return ContentRecipient(key: key, certificateID: id, thumbprint: thumbprint)
    }
}

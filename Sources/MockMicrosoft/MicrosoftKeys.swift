// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Value

/// What Entra signs with: one key for every tenant, until a tenant's is changed.
struct MicrosoftKeys: Sendable {
    /// Counts a tenant's keys from 1.
    let number: Int
    let signing: SigningKey
    /// Self-signed certificate of the key, DER.
    let certificate: Data
    /// Of the certificate, as it stands in a token's header; told once for all of them.
    private let thumbprint: Value?

    private init(number: Int, signing: SigningKey, certificate: Data) throws {
        self.number = number
        self.signing = signing
        self.certificate = certificate
        thumbprint = try signing.jwk(certificate: certificate)["x5t"]
    }

    static func make(number: Int = 1) async throws -> MicrosoftKeys {
        let id = "assay-entra-\(number)"
        let key = number == 1 ? try await SigningKey.rsa(id: id) : try await SigningKey.newRSA(id: id)
        return try MicrosoftKeys(
            number: number, signing: key,
            certificate: try RunAuthority.selfSigned(key, commonName: "accounts.accesscontrol.windows.net"))
    }

    /// A signed token, flawed where `tampering` says how; nil only where the cryptographic library fails.
    func token(_ claims: Members, tampering: IdentityTampering? = nil) -> String? {
        var header = JWT.header(for: signing)
        header["x5t"] = thumbprint
        if let tampering { return try? tampering.token(claims, header: header, key: signing) }
        return try? JWT.compact(claims: claims, header: header, key: signing)
    }
}

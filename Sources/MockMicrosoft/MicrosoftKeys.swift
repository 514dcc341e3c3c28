// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Value

/// What Entra signs with; one key for every tenant.
struct MicrosoftKeys: Sendable {
    let signing: SigningKey
    /// Self-signed certificate of the key, DER.
    let certificate: Data

    static func make() async throws -> MicrosoftKeys {
        let key = try await SigningKey.rsa(id: "assay-entra-1")
        return MicrosoftKeys(
            signing: key,
            certificate: try RunAuthority.selfSigned(key, commonName: "accounts.accesscontrol.windows.net"))
    }

    /// A signed token; nil only where the cryptographic library fails.
    func token(_ claims: Members) -> String? {
        var header = JWT.header(for: signing)
        header["x5t"] = (try? signing.jwk(certificate: certificate))?["x5t"]
        return try? JWT.compact(claims: claims, header: header, key: signing)
    }
}

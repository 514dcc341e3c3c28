// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Value

/// A signed payload: DSSE v1.0.2 (secure-systems-lab/dsse), one Ed25519 signature.
package struct Envelope: Sendable, Hashable {
    /// Payload type of an in-toto statement.
    package static let inToto = "application/vnd.in-toto+json"

    package let payloadType: String
    package let payload: Data
    /// A hint only; nothing is decided by it.
    package let keyID: String
    package let signature: Data

    /// Signs.
    package init(signing payload: Data, type: String, with key: SigningKey) throws {
        self.payload = payload
        payloadType = type
        keyID = key.publicKey.keyID
        signature = try key.signature(of: Self.preAuthenticationEncoding(type: type, body: payload))
    }

    /// Reads what ``bytes`` writes, nothing else: another spelling of the same content, unknown members or a second
    /// signature give nil, for what is sealed must not be changeable without a trace.
    package init?(parsing data: Data) {
        guard let value = try? Value.parseJSON(data), let type = value["payloadType"]?.string,
            let payload = value["payload"]?.string.flatMap({ Data(base64Encoded: $0) }),
            let signature = value["signatures"]?[0]?["sig"]?.string.flatMap({ Data(base64Encoded: $0) }),
            let keyID = value["signatures"]?[0]?["keyid"]?.string
        else { return nil }
        payloadType = type
        self.payload = payload
        self.keyID = keyID
        self.signature = signature
        guard bytes == data else { return nil }
    }

    /// The file: one line of JSON.
    package var bytes: Data {
        let value: Value = [
            "payload": .string(payload.base64EncodedString()), "payloadType": .string(payloadType),
            "signatures": [["keyid": .string(keyID), "sig": .string(signature.base64EncodedString())]],
        ]
        return Data(value.jsonBytes() + [UInt8(ascii: "\n")])
    }

    package func isSigned(by key: VerificationKey) -> Bool {
        key.isValid(signature, of: Self.preAuthenticationEncoding(type: payloadType, body: payload))
    }

    /// PAE: what is signed, so that type and body cannot be shifted into each other.
    package static func preAuthenticationEncoding(type: String, body: Data) -> Data {
        Data("DSSEv1 \(type.utf8.count) \(type) \(body.count) ".utf8) + body
    }
}

// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import SwiftASN1
import Synchronization
import X509

/// The connector's own keys: given, or made at first start and kept in the data folder, readable by its owner only.
struct Keys: Sendable {
    private let hashKey: SymmetricKey
    private let decryption: Decryption
    /// Base64 DER of the certificate Graph encrypts notifications to.
    let certificate: String
    /// Names that certificate in notifications.
    let certificateID: String
    /// Proves to an EHR who asks (variant `signed-assertions`).
    let assertion: AssertionKey?

    /// Letters a link token has: all of the 22, but for the variant `other-paths` and the deliberate fault of short ones.
    private let linkLength: Int
    /// Only the deliberate fault of numbered links.
    private let numbers: Tally?

    /// - Parameter given: the RSA key, as ``Configuration/rsaKey`` has it.
    init(folder: URL, given: String?, behaviour: Behaviour) throws {
        numbers = behaviour.has(.linksCountedUp) ? Tally() : nil
        assertion = behaviour.has(.signedAssertions) ? AssertionKey() : nil
        linkLength = behaviour.has(.linkGuessable) ? 6 : behaviour.has(.otherPaths) ? 12 : 22
        let file = folder.appending(path: "keys.json")
        let stored = (try? Data(contentsOf: file)).flatMap { JSON($0) } ?? .null
        let hash = stored["hash"].string.flatMap { Data(base64Encoded: $0) }
        let rsa = (given ?? stored["rsa"].string).flatMap { Data(base64Encoded: $0) }
        let secret = hash ?? SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let der = try rsa ?? _RSA.Signing.PrivateKey(keySize: .bits2048).derRepresentation
        if hash == nil || rsa == nil {
            var content: [String: JSON] = ["hash": .string(secret.base64EncodedString())]
            if given == nil { content["rsa"] = .string(der.base64EncodedString()) }
            guard
                FileManager.default.createFile(
                    atPath: file.path, contents: JSON.object(content).data, attributes: [.posixPermissions: 0o600])
            else { throw Refusal(500, "keys", "The data folder cannot be written: \(folder.path).") }
        }
        hashKey = SymmetricKey(data: secret)
        do { decryption = try Decryption(der) } catch {
            throw Refusal(500, "rsa-key", "CONNECTOR_RSA_KEY must be an RSA private key: PKCS #1 in base64.")
        }
        certificate = try Data(Self.selfSigned(_RSA.Signing.PrivateKey(derRepresentation: der))).base64EncodedString()
        certificateID = String(Secret.sha256(der.base64EncodedString()).prefix(16))
    }

    private static func selfSigned(_ key: _RSA.Signing.PrivateKey) throws -> [UInt8] {
        let name = try DistinguishedName { CommonName("Visit connector notifications") }
        let now = Date()
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-86_400), notValidAfter: now.addingTimeInterval(366 * 86_400),
            issuer: name, subject: name, signatureAlgorithm: .sha256WithRSAEncryption,
            extensions: .init(), issuerPrivateKey: .init(key))
        var serializer = DER.Serializer()
        try certificate.serialize(into: &serializer)
        return serializer.serializedBytes
    }

    /// A keyed hash as lower-case hexadecimal: without the key it tells nothing, not even for short inputs.
    func hash(_ purpose: String, _ value: String) -> String {
        mac(purpose, value).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// A 128-bit link token that can be made again from the visit, so that only its digest need be stored.
    func linkToken(_ role: String, visit: String, generation: Int) -> String {
        if let numbers {
            return String(repeating: "0", count: 18) + "\(10_000 + numbers.place(of: role + visit))".suffix(4)
        }
        return String(Secret.alphanumeric(mac("link-" + role, "\(visit)|\(generation)").prefix(16)).prefix(linkLength))
    }

    private func mac(_ purpose: String, _ value: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data("\(purpose)\n\(value)".utf8), using: hashKey))
    }

    /// Undoes RSA-OAEP (SHA-1), as Graph wraps its symmetric keys.
    func unwrap(_ dataKey: Data) throws -> Data {
        try decryption.key.withLock { try $0.decrypt(dataKey, padding: .PKCS1_OAEP) }
    }
}

/// The RSA key, read once: reading one checks it, which costs more than using it. Its type is not Sendable.
private final class Decryption: Sendable {
    let key: Mutex<_RSA.Encryption.PrivateKey>

    init(_ der: Data) throws { key = Mutex(try _RSA.Encryption.PrivateKey(derRepresentation: der)) }
}

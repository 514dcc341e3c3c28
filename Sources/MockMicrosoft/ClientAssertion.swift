// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import MockKit
import SwiftASN1
import Value
import World
import X509

/// A client's proof by certificate (wire-protocols 4.2 and 4.5; RFC 7523; Microsoft's certificate credentials page).
///
/// What the real MSAL sends is accepted as it is: padded thumbprints, `x5c` with line breaks, fractions of seconds.
struct ClientAssertion {
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    /// How far clocks may differ: Entra's customary five minutes ([eng]: not published for assertions).
    static let skew = 300.0

    let header: Members
    let claims: Members
    private let signed: Data
    private let signature: Data

    /// Nil for what is no signed token in compact form.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let read = JWT.read(text), let signature = Base64URL.decode(parts[2]),
            !signature.isEmpty
        else { return nil }
        header = read.header
        claims = read.claims
        signed = Data("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    /// The one-time name the client gave it.
    var id: String? { claims["jti"]?.scalarText }
    /// Seconds since 1970.
    var expires: Double? { claims["exp"]?.double }

    /// Why it does not prove that `client` sent it; nil where it does. `audiences`: the names of this token endpoint,
    /// without scheme (a mock without certificates may stand behind a proxy that has one), in lower case.
    func problem(client: String, certificates: [Data], audiences: Set<String>, now: Instant) -> EntraError? {
        let algorithm = header["alg"]?.string ?? "none"
        guard ["RS256", "PS256"].contains(algorithm) else {
            return .badAssertion.saying("The client assertion's algorithm '\(algorithm)' is not supported.")
        }
        guard let certificate = certificates.first(where: { names($0) }) else { return .unknownCertificate }
        guard let parsed = try? Certificate(derEncoded: Array(certificate)),
            let pem = try? parsed.publicKey.serializeAsPEM().pemString,
            let key = try? _RSA.Signing.PublicKey(pemRepresentation: pem)
        else { return .unknownCertificate }
        let isRight = key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: signed),
            padding: algorithm == "PS256" ? .PSS : .insecurePKCS1v1_5)
        guard isRight else { return .wrongSignature }
        let present = Double(now.microseconds) / 1_000_000
        guard parsed.notValidAfter.timeIntervalSince1970 > present else { return .expiredCertificate }
        for name in ["iss", "sub"] where claims[name]?.string?.lowercased() != client.lowercased() {
            return .assertionClient
        }
        let asked = claims["aud"]?.array?.compactMap(\.string) ?? [claims["aud"]?.string].compactMap { $0 }
        let isMeant = asked.contains { name in
            ["https://", "http://"].contains { name.hasPrefix($0) }
                && audiences.contains(MicrosoftHosts.host(of: name).lowercased())
        }
        guard isMeant else { return .assertionAudience }
        guard let expires else { return .assertionTime.saying("The client assertion has no expiry (exp).") }
        let begins = claims["nbf"]?.double ?? claims["iat"]?.double ?? present
        guard expires > present - Self.skew, begins < present + Self.skew else { return .assertionTime }
        guard id?.isEmpty == false else { return .badAssertion.saying("The client assertion has no jti.") }
        return nil
    }

    /// Whether the header points at this certificate: by `x5t`, `x5t#S256`, by `kid` (hexadecimal thumbprint) or by
    /// the certificate itself.
    private func names(_ certificate: Data) -> Bool {
        let sha1 = Data(Insecure.SHA1.hash(data: certificate))
        let sha256 = Data(SHA256.hash(data: certificate))
        if let text = header["x5t"]?.string { return Self.decoded(text) == sha1 }
        if let text = header["x5t#S256"]?.string { return Self.decoded(text) == sha256 }
        let chain = header["x5c"]?.array?.compactMap(\.string) ?? [header["x5c"]?.string].compactMap { $0 }
        if let leaf = chain.first {
            let plain = leaf.replacing("-----BEGIN CERTIFICATE-----", with: "")
                .replacing("-----END CERTIFICATE-----", with: "")
            return Data(base64Encoded: plain, options: .ignoreUnknownCharacters) == certificate
        }
        let hexadecimal = { (digest: Data) in
            digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        let id = header["kid"]?.string?.lowercased()
        return id == hexadecimal(sha1) || id == hexadecimal(sha256)
    }

    /// Base64url, padded or not.
    private static func decoded(_ text: String) -> Data? {
        Base64URL.decode(text.prefix { $0 != "=" })
    }
}

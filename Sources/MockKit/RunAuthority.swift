// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
package import Foundation
import SwiftASN1
import X509

/// The certificate authority of one run: a P-256 CA that signs the mocks' leaf certificates.
package struct RunAuthority: Sendable {
    /// A certificate chain and its key, PEM.
    package struct Identity: Sendable {
        package let certificateChainPEM: String
        package let privateKeyPEM: String

        package init(certificateChainPEM: String, privateKeyPEM: String) {
            self.certificateChainPEM = certificateChainPEM
            self.privateKeyPEM = privateKeyPEM
        }
    }

    /// What a connector must trust: the CA's certificate, PEM.
    package let certificatePEM: String
    private let name: DistinguishedName
    private let key: Certificate.PrivateKey

    /// A new authority, valid from an hour ago for a week.
    package init(name: String = "Assay run authority") throws {
        let key = P256.Signing.PrivateKey()
        let subject = try DistinguishedName { CommonName(name) }
        let certificate = try Self.certificate(
            publicKey: .init(key.publicKey), subject: subject, issuer: subject, issuerKey: .init(key),
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            })
        certificatePEM = try certificate.serializeAsPEM().pemString
        self.name = subject
        self.key = .init(key)
    }

    /// A server certificate for host names and IPv4 addresses. The chain holds leaf, then CA. `expired`: it ran out
    /// yesterday.
    package func identity(for hosts: [String], expired: Bool = false) throws -> Identity {
        try leaf(for: hosts, usage: .serverAuth, expired: expired)
    }

    /// A client certificate for mutual TLS.
    package func clientIdentity(named name: String) throws -> Identity {
        try leaf(for: [name], usage: .clientAuth, expired: false)
    }

    private func leaf(for hosts: [String], usage: ExtendedKeyUsage.Usage, expired: Bool) throws -> Identity {
        let leafKey = P256.Signing.PrivateKey()
        let names: [GeneralName] = hosts.map { host in
            let octets = host.split(separator: ".").compactMap { UInt8($0) }
            return octets.count == 4 ? .ipAddress(ASN1OctetString(contentBytes: octets[...])) : .dnsName(host)
        }
        let leaf = try Self.certificate(
            publicKey: .init(leafKey.publicKey),
            subject: try DistinguishedName { CommonName(hosts.first ?? "localhost") },
            issuer: name, issuerKey: key,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([usage])
                SubjectAlternativeNames(names)
            }, ending: expired ? -86_400 : nil)
        return Identity(
            certificateChainPEM: try leaf.serializeAsPEM().pemString + "\n" + certificatePEM + "\n",
            privateKeyPEM: leafKey.pemRepresentation)
    }

    /// A self-signed certificate of a signing key, DER, for `x5c` and `x5t` of a JWKS.
    package static func selfSigned(_ key: SigningKey, commonName: String) throws -> Data {
        let subject = try DistinguishedName { CommonName(commonName) }
        let issuerKey: Certificate.PrivateKey =
            switch key.secret {
            case .rsa(let key): .init(key)
            case .p256(let key): .init(key)
            }
        let certificate = try certificate(
            publicKey: issuerKey.publicKey, subject: subject, issuer: subject, issuerKey: issuerKey,
            extensions: Certificate.Extensions { Critical(KeyUsage(digitalSignature: true)) })
        return Data(try certificate.serializeAsPEM().derBytes)
    }

    private static func certificate(
        publicKey: Certificate.PublicKey, subject: DistinguishedName, issuer: DistinguishedName,
        issuerKey: Certificate.PrivateKey, extensions: Certificate.Extensions, ending: TimeInterval? = nil
    ) throws -> Certificate {
        let now = Date()
        let end = now.addingTimeInterval(ending ?? 7 * 86_400)
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: min(now, end).addingTimeInterval(-3600), notValidAfter: end,
            issuer: issuer, subject: subject, extensions: extensions, issuerPrivateKey: issuerKey)
    }
}

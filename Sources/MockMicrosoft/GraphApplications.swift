// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import MockKit
import SwiftASN1
import Trace
import Value
import World
import X509

/// The application's own registration: how a program registers the certificates it proves itself with
/// (Microsoft Graph reference: application, keyCredential).
extension Graph {
    /// `applications`, `applications(appId='…')` or `applications/{object id}`; nil for another path.
    func applications() -> MockResponse? {
        guard let first = path.first, first.lowercased().hasPrefix("applications") else { return nil }
        let owned: Set<String> = ["Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"]
        guard may(application: owned, delegated: ["Application.ReadWrite.All"]) else {
            return refuse(403, "Authorization_RequestDenied", Self.denied)
        }
        if first.lowercased() == "applications", path.count == 1 {
            guard request.method == "GET" else { return refuse(403, "Authorization_RequestDenied", Self.denied) }
            let filter = request.queryFields["$filter"]
            let isMine = filter.map { $0.lowercased() == "appid eq '\(world.entra.clientID.lowercased())'" } ?? true
            return list(isMine ? [.object(application)] : [], context: "applications", type: "application")
        }
        let name =
            path.count > 1
            ? path[1]
            : String(first.dropFirst("applications(".count).dropLast()).lowercased()
                .replacing("appid='", with: "").replacing("'", with: "")
        guard [world.entra.clientID.lowercased(), objectID].contains(name.lowercased()) else {
            return refuse(
                404, "Request_ResourceNotFound",
                "Resource '\(name)' does not exist or one of its queried reference-property objects are not present.")
        }
        switch request.method {
        case "GET": return answer(.object(application), type: "application")
        case "PATCH": return change()
        default: return refuse(405, "Request_BadRequest", "Use GET or PATCH.")
        }
    }

    /// Only `keyCredentials` can be changed: the whole list is replaced, as Graph does it.
    private func change() -> MockResponse {
        guard case .object(let body)? = request.json else {
            return refuse(400, "BadRequest", "Unable to read JSON request payload.")
        }
        if let other = body.names.first(where: { $0 != "keyCredentials" && !$0.hasPrefix("@odata") }) {
            return refuse(400, "Request_BadRequest", "The mock does not change '\(other)' of an application.")
        }
        var certificates: [Data] = []
        for credential in body["keyCredentials"]?.array ?? [] {
            // Microsoft's own samples give base64 of the certificate, or of its PEM text.
            let data = credential["key"]?.string.flatMap { Data(base64Encoded: $0, options: .ignoreUnknownCharacters) }
            let pem = data.map { String(decoding: $0, as: UTF8.self) }
            let der = pem?.hasPrefix("-----BEGIN") == true ? pem.flatMap(Self.der) : data
            guard let der, (try? Certificate(derEncoded: Array(der))) != nil,
                credential["type"]?.string == "AsymmetricX509Cert"
            else {
                return refuse(
                    400, "KeyCredentialsInvalidKey",
                    "A keyCredential has type AsymmetricX509Cert and as key a base64 X.509 certificate.")
            }
            certificates.append(der)
        }
        world.entra.certificates = certificates
        return nothing(204)
    }

    private static func der(_ pem: String) -> Data? {
        let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        return Data(base64Encoded: lines, options: .ignoreUnknownCharacters)
    }

    private var objectID: String {
        var stream = RunSeed(seed: 0, nonce: world.model.tenant).identity("application", world.entra.clientID)
        return stream.uuid()
    }

    private var application: Members {
        [
            "@odata.context": context("applications/$entity"), "id": .string(objectID),
            "appId": .string(world.entra.clientID), "displayName": "Connector", "signInAudience": "AzureADMultipleOrgs",
            "identifierUris": [.string("api://\(world.entra.clientID)")],
            "keyCredentials": .array(
                world.entra.certificates.map { der in
                    [
                        "customKeyIdentifier": .string(
                            Insecure.SHA1.hash(data: der).map {
                                String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
                            }.joined().uppercased()),
                        "type": "AsymmetricX509Cert", "usage": "Verify", "key": .null,
                    ]
                }),
            "web": ["redirectUris": .array(world.entra.redirectURIs.map { .string($0) })],
            "api": [
                "oauth2PermissionScopes": .array(
                    world.entra.exposedScopes.map { ["value": .string($0), "isEnabled": true] })
            ],
        ]
    }
}

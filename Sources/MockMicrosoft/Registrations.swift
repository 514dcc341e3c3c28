// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The connector's app registration in Entra ID, as the deployment file states it.
package struct EntraRegistration: Sendable, Hashable {
    package var clientID: String
    /// Empty: it has none, and signs assertions.
    package var clientSecret: String
    /// Compared character for character.
    package var redirectURIs: [String]
    /// Granted application permissions (roles), for example `OnlineMeetings.ReadWrite.All`.
    package var applicationPermissions: [String]
    /// Consented delegated permissions (scopes), for example `User.Read`.
    package var delegatedPermissions: [String]
    /// Whether an administrator granted the Teams application access policy to the app.
    package var accessPolicy: Bool
    /// X.509 certificates (DER) whose keys may sign the application's assertions.
    package var certificates: [Data]
    /// Scopes of the application's own API (`api://{client id}/…`), which on-behalf-of starts from.
    package var exposedScopes: [String]

    package init(
        clientID: String, clientSecret: String, redirectURIs: [String], applicationPermissions: [String] = [],
        delegatedPermissions: [String] = [], accessPolicy: Bool = true, certificates: [Data] = [],
        exposedScopes: [String] = ["access_as_user"]
    ) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.redirectURIs = redirectURIs
        self.applicationPermissions = applicationPermissions
        self.delegatedPermissions = delegatedPermissions
        self.accessPolicy = accessPolicy
        self.certificates = certificates
        self.exposedScopes = exposedScopes
    }
}

/// The connector's SMS resource, as the deployment file states it.
package struct SMSRegistration: Sendable, Hashable {
    /// Base64 of the HMAC key.
    package var accessKey: String
    /// Where Event Grid posts incoming messages and delivery reports; nil: nowhere.
    package var hookURL: String?

    package init(accessKey: String, hookURL: String? = nil) {
        self.accessKey = accessKey
        self.hookURL = hookURL
    }
}

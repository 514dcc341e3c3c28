// SPDX-License-Identifier: Apache-2.0

/// The connector's app registration in Entra ID, as the deployment file states it.
package struct EntraRegistration: Sendable, Hashable {
    package var clientID: String
    package var clientSecret: String
    /// Compared character for character.
    package var redirectURIs: [String]
    /// Granted application permissions (roles), for example `OnlineMeetings.ReadWrite.All`.
    package var applicationPermissions: [String]
    /// Consented delegated permissions (scopes), for example `User.Read`.
    package var delegatedPermissions: [String]
    /// Whether an administrator granted the Teams application access policy to the app.
    package var accessPolicy: Bool

    package init(
        clientID: String, clientSecret: String, redirectURIs: [String], applicationPermissions: [String] = [],
        delegatedPermissions: [String] = [], accessPolicy: Bool = true
    ) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.redirectURIs = redirectURIs
        self.applicationPermissions = applicationPermissions
        self.delegatedPermissions = delegatedPermissions
        self.accessPolicy = accessPolicy
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

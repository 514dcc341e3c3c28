// SPDX-License-Identifier: Apache-2.0

package import Value

/// What an EHR knows of the connector: the app registration of one vendor, as the deployment file states it.
package struct EHRRegistration: Sendable {
    /// How the client authenticates at the token endpoint.
    package enum Authentication: String, Sendable, CaseIterable {
        case basic, post, none
        case privateKeyJWT = "private_key_jwt"
    }

    /// The client of backend services (client_credentials): with its secret, by Basic or in the form, or, where the
    /// registration has a key set, by assertions signed with one of its keys.
    package struct SystemClient: Sendable {
        package let id: String
        package let secret: String?

        package init(id: String, secret: String?) {
            self.id = id
            self.secret = secret
        }
    }

    /// The account of the telehealth web service, and the numbers the deployment declares for its two states.
    ///
    /// 1 = connected is attested by samples; the number for disconnected is not public (facts 5.4.5), hence declared.
    package struct Writeback: Sendable {
        package let user: String
        package let password: String
        package let connected: Int
        package let disconnected: Int

        package init(user: String, password: String, connected: Int = 1, disconnected: Int = 2) {
            self.user = user
            self.password = password
            self.connected = connected
            self.disconnected = disconnected
        }
    }

    package let clientID: String
    package let clientSecret: String?
    package let authentication: Authentication
    /// Public keys of who signs assertions, as a JWK set.
    package let jwks: Value?
    /// Where the client publishes them instead; read when an assertion comes.
    package let jwksURL: String?
    /// Matched exactly.
    package let redirectURIs: [String]
    package let launchURLs: [String]
    package let systemClient: SystemClient?
    package let writeback: Writeback?

    package init(
        clientID: String, clientSecret: String?, authentication: Authentication = .basic, jwks: Value? = nil,
        jwksURL: String? = nil, redirectURIs: [String], launchURLs: [String] = [], systemClient: SystemClient? = nil,
        writeback: Writeback? = nil
    ) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.authentication = authentication
        self.jwks = jwks
        self.jwksURL = jwksURL
        self.redirectURIs = redirectURIs
        self.launchURLs = launchURLs
        self.systemClient = systemClient
        self.writeback = writeback
    }

    /// The ids of the clients that prove themselves by assertions.
    var signers: Set<String> {
        var signers: Set<String> = authentication == .privateKeyJWT ? [clientID] : []
        if let systemClient, jwks != nil || jwksURL != nil { signers.insert(systemClient.id) }
        return signers
    }
}

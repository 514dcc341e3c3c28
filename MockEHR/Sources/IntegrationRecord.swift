// SPDX-License-Identifier: Apache-2.0

import Value
package import World

/// What the connector's portal hands to the EHR's side: how a launch reaches the connector (SET-07).
package struct IntegrationRecord: Sendable, Hashable {
    /// `.provider` or `.patient`.
    package let role: Role
    /// The FHIR base URL it is for, with or without trailing slash.
    package let baseURL: String
    package let launchURL: String
    /// Epic's context tokens in a query string, for example `sessionId=%CSN%`.
    package let parameters: String?
    /// How `%ENCRYPTED_DATA%` is made; nil: the token stays empty.
    package let encryption: LaunchEncryption?

    package init(
        role: Role, baseURL: String, launchURL: String, parameters: String? = nil, encryption: LaunchEncryption? = nil
    ) {
        self.role = role
        self.baseURL = baseURL
        self.launchURL = launchURL
        self.parameters = parameters
        self.encryption = encryption
    }

    var value: Value {
        var members: Members = [
            "role": .string(role.rawValue), "base-url": .string(baseURL), "launch-url": .string(launchURL),
        ]
        if let parameters { members["parameters"] = .string(parameters) }
        return .object(members)
    }
}

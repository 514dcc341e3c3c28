// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Endpoints of a SMART server.
struct SMARTEndpoints: Sendable {
    let authorize: String
    let token: String
    let issuer: String?
    let jwks: String?

    /// Reads smart-configuration, or the older extension of the capability statement.
    static func discover(_ base: String, _ http: Outbound) async throws -> SMARTEndpoints {
        let answer = try await http.sendPatiently(
            "GET", base + "/.well-known/smart-configuration", headers: [("Accept", "application/json")])
        if answer.isSuccess, let endpoints = SMARTEndpoints(configuration: answer.json) { return endpoints }
        let metadata = try await http.sendPatiently(
            "GET", base + "/metadata", headers: [("Accept", "application/fhir+json")])
        guard metadata.isSuccess, let endpoints = SMARTEndpoints(capabilities: metadata.json) else {
            throw Refusal(502, "ehr-discovery", "The EHR does not say where to sign in. Ask its administrator.")
        }
        return endpoints
    }

    init?(configuration: JSON) {
        guard let authorize = configuration["authorization_endpoint"].string,
            let token = configuration["token_endpoint"].string
        else { return nil }
        self.authorize = authorize
        self.token = token
        issuer = configuration["issuer"].string
        jwks = configuration["jwks_uri"].string
    }

    init?(capabilities: JSON) {
        let address = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
        let extensions = capabilities["rest"][0]["security"]["extension"].items
        let uris = extensions.first { $0["url"].string == address }?["extension"].items ?? []
        func uri(_ name: String) -> String? {
            uris.first { $0["url"].string == name }?["valueUri"].string
        }
        guard let authorize = uri("authorize"), let token = uri("token") else { return nil }
        self.authorize = authorize
        self.token = token
        issuer = nil
        jwks = nil
    }
}

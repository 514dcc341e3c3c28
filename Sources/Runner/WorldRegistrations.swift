// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import Foundation
internal import MockEHR
internal import MockMicrosoft
internal import Value
internal import World

/// What a deployment registers with the mocks, resolved for one world.
struct WorldRegistrations {
    let ehr: EHRRegistration
    let entra: EntraRegistration
    let sms: SMSRegistration

    /// Throws a `RunError` where the deployment registers nothing for the world's vendor, or a reference has no value.
    init(
        _ registrations: Registrations, writeback: WritebackChannel, vendor: Vendor, names: [String: String]
    ) throws {
        var codes = (connected: 1, disconnected: 2)
        if case .webService(let connected, let disconnected) = writeback { codes = (connected, disconnected) }
        let declared = vendor == .cerner ? registrations.cerner : registrations.epic
        guard let declared else {
            throw RunError(
                "The deployment registers nothing with \(vendor.rawValue).",
                remedy: "Add registrations.\(vendor.rawValue), or do not claim a \(vendor.rawValue) profile.")
        }
        let keys = try Self.keys(declared.jwks?.resolved(names))
        ehr = try EHRRegistration(
            clientID: declared.clientID.resolved(names), clientSecret: declared.clientSecret?.resolved(names),
            authentication: EHRRegistration.Authentication(rawValue: declared.authentication.rawValue) ?? .basic,
            jwks: keys.set, jwksURL: keys.url,
            redirectURIs: declared.redirectURIs.map { try $0.resolved(names) },
            launchURLs: declared.launchURLs.map { try $0.resolved(names) },
            systemClient: declared.system.map {
                .init(id: try $0.id.resolved(names), secret: try $0.secret?.resolved(names))
            },
            writeback: declared.writeback.map {
                .init(
                    user: try $0.id.resolved(names), password: try $0.secret.resolved(names),
                    connected: codes.connected, disconnected: codes.disconnected)
            })
        entra =
            try registrations.entra.map {
                try EntraRegistration(
                    clientID: $0.clientID.resolved(names), clientSecret: $0.clientSecret?.resolved(names) ?? "",
                    redirectURIs: $0.redirectURIs.map { try $0.resolved(names) },
                    applicationPermissions: $0.applicationPermissions, delegatedPermissions: $0.delegatedPermissions,
                    accessPolicy: $0.accessPolicy,
                    certificates: $0.certificates.map { try Self.certificate($0.resolved(names)) })
            } ?? EntraRegistration(clientID: "", clientSecret: "", redirectURIs: [])
        sms =
            try registrations.sms.map {
                SMSRegistration(accessKey: try $0.accessKey.resolved(names), hookURL: try $0.hookURL?.resolved(names))
            } ?? SMSRegistration(accessKey: "")
    }

    /// Throws where the text is no certificate.
    static func certificate(_ text: String) throws(RunError) -> Data {
        guard let certificate = EntraRegistration.certificate(pem: text) else {
            throw RunError(
                "An entry of `certificates` under registrations.entra is no certificate.",
                remedy: "Give its PEM text, -----BEGIN CERTIFICATE----- and so on, for example by $(env.NAME).")
        }
        return certificate
    }

    /// The key set itself, or where it stands. Throws where the text is neither.
    static func keys(_ text: String?) throws(RunError) -> (set: Value?, url: String?) {
        guard let text, !text.isEmpty else { return (nil, nil) }
        if text.hasPrefix("https://") || text.hasPrefix("http://") { return (nil, text) }
        guard let set = try? Value.parseJSON(text), set["keys"]?.array != nil else {
            throw RunError(
                "`jwks` of a registration is neither an address nor a JSON Web Key Set.",
                remedy: "Write https://…, or {\"keys\": […]} as the connector publishes it.")
        }
        return (set, nil)
    }
}

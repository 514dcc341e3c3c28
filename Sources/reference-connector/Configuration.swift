// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the connector is told by its environment and options.
struct Configuration: Sendable {
    struct Client: Sendable {
        let id: String
        let secret: String
    }

    /// Edition of the Cerner pages whose licence rule applies.
    enum Edition: String, Sendable, CaseIterable {
        case february = "2022-02"
        case april = "2022-04"
        case june = "2022-06"
    }

    let entra: String
    let graph: String
    /// Endpoint template with `{tenant}`.
    let sms: String
    let smsKey: String
    let entraClient: Client
    let cernerClient: Client
    let cernerSystem: Client
    let epicClient: Client
    let epicSystem: Client
    let epicWriteback: Client
    let vendorName: String
    let connectValue: String
    let disconnectValue: String
    /// Shared secret of the EHR's booking notifications.
    let hookKey: String
    /// Key in the query of the message service's events, where one is set.
    let hookKeySMS: String?
    /// RSA private key that Graph encrypts notifications for: PKCS #1 in base64. Without one it is made at first start.
    let rsaKey: String?
    /// Region of tenants whose own is not published.
    let region: String
    let timeZone: TimeZone
    let proxy: String?
    /// Address the outside knows this connector by, where it is not the listener's own.
    let publicURL: String?
    /// Origins that may frame launch pages.
    let frameAncestors: [String]
    let data: URL
    let edition: Edition

    static let regions = ["americas", "europe", "asia-pacific"]

    init(environment: [String: String], data: URL, edition: Edition) throws {
        func value(_ name: String, _ fallback: String = "") -> String { environment["CONNECTOR_" + name] ?? fallback }
        func client(_ name: String) -> Client { Client(id: value(name + "_ID"), secret: value(name + "_SECRET")) }
        func address(_ name: String, _ fallback: String) -> String {
            let text = value(name, fallback)
            return text.hasSuffix("/") ? String(text.dropLast()) : text
        }
        entra = address("ENTRA", "https://login.microsoftonline.com")
        graph = address("GRAPH", "https://graph.microsoft.com")
        sms = address("SMS", "https://communication.example.net")
        smsKey = value("SMS_KEY")
        entraClient = client("ENTRA_CLIENT")
        cernerClient = client("CERNER_CLIENT")
        cernerSystem = client("CERNER_SYSTEM")
        epicClient = client("EPIC_CLIENT")
        epicSystem = client("EPIC_SYSTEM")
        epicWriteback = Client(id: value("EPIC_USER"), secret: value("EPIC_PASSWORD"))
        vendorName = value("VENDOR_NAME", "ReferenceConnector")
        connectValue = value("EPIC_CONNECT_VALUE", "1")
        disconnectValue = value("EPIC_DISCONNECT_VALUE", "2")
        hookKey = value("HOOK_KEY")
        hookKeySMS = environment["CONNECTOR_SMS_HOOK_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        rsaKey = environment["CONNECTOR_RSA_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        region = value("REGION", "americas")
        guard Self.regions.contains(region) else {
            throw Refusal(500, "region", "CONNECTOR_REGION must be one of \(Self.regions.joined(separator: ", ")).")
        }
        guard let zone = TimeZone(identifier: value("TIME_ZONE", "America/New_York")) else {
            throw Refusal(500, "time-zone", "CONNECTOR_TIME_ZONE must name a zone of the tz database.")
        }
        timeZone = zone
        proxy = environment["HTTP_PROXY"].flatMap { $0.isEmpty ? nil : $0 }
        publicURL = environment["CONNECTOR_PUBLIC_URL"].flatMap { $0.isEmpty ? nil : $0 }
        frameAncestors = value("FRAME_ANCESTORS").split(separator: " ").map(String.init)
        self.data = data
        self.edition = edition
    }
}

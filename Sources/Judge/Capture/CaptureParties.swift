// SPDX-License-Identifier: Apache-2.0

internal import ProtocolRules
package import Trace
internal import Value

/// Who sent what to whom, in a capture that does not say so: told by Microsoft's well-known names, by what speaks FHIR and
/// SMART, and by where sign-ins and notifications lead back to.
package struct CaptureParties: Sendable {
    /// Hosts (with ports) of the connector.
    package private(set) var connector: Set<String>
    /// Hosts of EHRs.
    package private(set) var ehr: Set<String> = []
    /// FHIR base URLs, without trailing slash.
    package private(set) var bases: [String] = []
    /// Hosts that the connector called and that nobody can place.
    package private(set) var strangers: Set<String> = []

    /// - Parameter connector: addresses of the connector, where they are known.
    package init(_ entries: [HARExchange], connector: [String] = []) {
        self.connector = Set(connector.map { WireURL($0).authority }.filter { !$0.isEmpty })
        let urls = entries.map { WireURL($0.url) }
        for (entry, url) in zip(entries, urls) { noteEHR(entry, url) }
        for (entry, url) in zip(entries, urls) { noteConnector(entry, url) }
        self.connector.subtract(ehr)
        for entry in entries {
            let (from, to) = parties(of: entry)
            if from == .connector, to == .egress { strangers.insert(WireURL(entry.url).authority) }
        }
    }

    /// The sender and the receiver of an entry's request.
    package func parties(of entry: HARExchange) -> (from: Party, to: Party) {
        if let own = entry.own { return (own.from, own.to) }
        let url = WireURL(entry.url)
        let to = receiver(url)
        return (sender(entry, url, to: to), to)
    }

    private func receiver(_ url: WireURL) -> Party {
        if connector.contains(url.authority) { return .connector }
        if ehr.contains(url.authority) { return .ehr }
        let host = String(url.authority.prefix { $0 != ":" })
        if let known = Self.microsoft.first(where: { $0.names.contains(host) }) { return known.party }
        return host.hasSuffix(".communication.azure.com") ? .sms : .egress
    }

    private func sender(_ entry: HARExchange, _ url: WireURL, to: Party) -> Party {
        let isBrowser =
            entry.requestHeader("sec-fetch-mode") != nil
            || entry.requestHeader("user-agent")?.hasPrefix("Mozilla/") ?? false
        guard to == .connector else {
            // An authorization request travels by redirect, whoever recorded it.
            return isBrowser || url.lastSegment == "authorize" ? .actor(Self.browser) : .connector
        }
        if isBrowser { return .actor(Self.browser) }
        if entry.requestHeader("aeg-event-type") != nil { return .sms }
        if url.query["validationToken"] != nil { return .graph }
        let body = entry.method == "POST" ? try? Value.parseJSON(entry.requestBody) : nil
        if body?["value"]?[0]?["subscriptionId"] != nil { return .graph }
        return .actor(Self.browser)
    }

    /// The alias of whoever sits before a captured browser: who that is, no capture says.
    package static let browser = "browser"

    private static let microsoft: [(party: Party, names: Set<String>)] = [
        (.graph, ["graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us"]),
        (
            .entra,
            [
                "login.microsoftonline.com", "login.microsoft.com", "login.windows.net", "sts.windows.net",
                "login.microsoftonline.us",
            ]
        ),
        (.teams, ["teams.microsoft.com", "visit.teams.microsoft.com", "teams.live.com"]),
    ]

    // MARK: What the messages tell

    private mutating func noteEHR(_ entry: HARExchange, _ url: WireURL) {
        if let own = entry.own {
            if own.to == .ehr { ehr.insert(url.authority) }
            if own.to == .connector { connector.insert(url.authority) }
        }
        for name in ["iss", "aud"] {
            guard let base = url.query[name], base.hasPrefix("http") else { continue }
            add(base: base)
        }
        if url.path.hasSuffix("/.well-known/smart-configuration") {
            add(base: String(url.page.dropLast("/.well-known/smart-configuration".count)))
            let answer = try? Value.parseJSON(entry.responseBody)
            for name in ["authorization_endpoint", "token_endpoint"] {
                if let place = answer?[name]?.string { ehr.insert(WireURL(place).authority) }
            }
        }
        let types = [entry.requestHeader("content-type"), entry.responseHeader("content-type")]
        guard types.contains(where: { $0?.lowercased().hasPrefix("application/fhir+") ?? false }) else { return }
        ehr.insert(url.authority)
        let segments = url.path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        if let place = segments.lastIndex(where: { Self.resources.contains($0) || $0 == "metadata" }) {
            let path = segments[..<place].map { "/" + $0 }.joined()
            add(base: "\(url.scheme)://\(url.authority)\(path)")
        }
    }

    private mutating func noteConnector(_ entry: HARExchange, _ url: WireURL) {
        // Both launches bring the browser to the connector (SMART App Launch 2.2, "EHR launch").
        if url.query["iss"] != nil, url.query["launch"] != nil { connector.insert(url.authority) }
        if url.lastSegment == "authorize", let back = url.query["redirect_uri"], back.contains("://") {
            connector.insert(WireURL(back).authority)
        }
        guard entry.method == "POST", url.lastSegment == "subscriptions",
            let place = (try? Value.parseJSON(entry.requestBody))?["notificationUrl"]?.string
        else { return }
        connector.insert(WireURL(place).authority)
    }

    private mutating func add(base: String) {
        let base = base.hasSuffix("/") ? String(base.dropLast()) : base
        ehr.insert(WireURL(base).authority)
        if !bases.contains(base) { bases.append(base) }
    }

    /// What a visit reads and writes; enough to see where a base ends.
    private static let resources: Set<String> = [
        "Appointment", "AppointmentResponse", "Binary", "Bundle", "CapabilityStatement", "Communication", "Condition",
        "Device", "DocumentReference", "Encounter", "HealthcareService", "Location", "Observation", "OperationOutcome",
        "Organization", "Patient", "Person", "Practitioner", "PractitionerRole", "RelatedPerson", "Schedule", "Slot",
        "Subscription", "Task",
    ]
}

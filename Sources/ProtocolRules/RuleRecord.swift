// SPDX-License-Identifier: Apache-2.0

internal import Trace
internal import Value

/// The exchanges of one world, sorted for the rules.
struct RuleRecord: Sendable {
    let exchanges: [Exchange]
    let world: WorldFacts
    /// Requests for an EHR authorization, as they reached the EHR.
    let authorizations: [AuthorizationRequest]
    /// Requests for an authorization by Entra.
    let microsoftAuthorizations: [AuthorizationRequest]
    /// Requests of the connector to the EHR's token endpoint.
    let tokenRequests: [Exchange]
    /// Authorization codes handed to a browser, by code.
    let codes: [String: IssuedCode]
    /// What the connector sent out itself.
    let outgoing: [Exchange]
    /// What people's browsers asked of the connector.
    let visits: [Exchange]
    /// What reached the connector.
    let incoming: [Exchange]
    /// FHIR requests of the connector with what follows the base URL: `Appointment/123`.
    let fhir: [(exchange: Exchange, target: FHIRTarget)]

    init(exchanges: [Exchange], world: WorldFacts) {
        self.exchanges = exchanges
        self.world = world
        outgoing = exchanges.filter { $0.from == .connector }
        incoming = exchanges.filter { $0.to == .connector }
        visits = incoming.filter { $0.from.actorAlias != nil }
        fhir = outgoing.compactMap { exchange in
            guard exchange.to == .ehr, let target = FHIRTarget(exchange.url, bases: world.bases) else { return nil }
            return (exchange, target)
        }
        authorizations = exchanges.compactMap { AuthorizationRequest($0, at: .ehr) }
        microsoftAuthorizations = exchanges.compactMap { AuthorizationRequest($0, at: .entra) }
        tokenRequests = exchanges.filter {
            $0.from == .connector && $0.to == .ehr && $0.method == "POST" && $0.form["grant_type"] != nil
        }
        var codes: [String: IssuedCode] = [:]
        for exchange in exchanges where exchange.to == .ehr || exchange.to == .entra {
            guard let location = exchange.responseHeader("location").map(WireURL.init),
                let code = location.query["code"], !code.isEmpty, codes[code] == nil
            else { continue }
            codes[code] = IssuedCode(
                issuer: exchange.to, redirect: location.page, state: location.query["state"], exchange: exchange)
        }
        self.codes = codes
    }

}

/// A code on its way back to the connector.
struct IssuedCode: Sendable {
    let issuer: Party
    let redirect: String
    let state: String?
    let exchange: Exchange
}

/// `GET …/authorize?response_type=code&…` as it reached the EHR or Entra.
struct AuthorizationRequest: Sendable {
    let exchange: Exchange
    let parameters: FormFields

    init?(_ exchange: Exchange, at party: Party) {
        guard exchange.to == party, exchange.url.lastSegment == "authorize" else { return nil }
        let parameters = exchange.method == "POST" ? exchange.form : exchange.url.query
        // A mock's own login form posts back to the same address: only the connector's request names a response type.
        guard parameters["response_type"] != nil || parameters["client_id"] != nil else { return nil }
        self.exchange = exchange
        self.parameters = parameters
    }

    /// Equal for one and the same request: a reload of the browser, also where the EHR turned a form into an address.
    var content: [String] { parameters.fields.map { "\($0.name)=\($0.value)" }.sorted() }
    var state: String? { parameters["state"] }
    var scopes: [String] { (parameters["scope"] ?? "").split(separator: " ").map(String.init) }
    /// A request that the harness spoilt on purpose says nothing about the connector.
    var person: String { exchange.from.actorAlias ?? exchange.from.rawValue }
}

/// Where a FHIR request points below its base.
struct FHIRTarget: Sendable {
    /// `Appointment`, `metadata`, `.well-known`; empty for the base itself.
    let type: String
    let id: String?
    /// `$operation`, `_search`, `_history`.
    let operation: String?

    init?(_ url: WireURL, bases: [String]) {
        let path = url.path
        var rest: Substring?
        for base in bases {
            let basePath = WireURL(base).path
            if path.hasPrefix(basePath + "/") { rest = path.dropFirst(basePath.count + 1) }
        }
        if rest == nil { rest = Self.afterKnownBase(path) }
        guard let rest else { return nil }
        let segments = rest.split(separator: "/").map(String.init)
        type = segments.first ?? ""
        let second = segments.count > 1 ? segments[1] : nil
        id = second.flatMap { $0.hasPrefix("_") || $0.hasPrefix("$") ? nil : $0 }
        operation = segments.dropFirst().first { $0.hasPrefix("_") || $0.hasPrefix("$") }
    }

    var isResource: Bool { type.first.map { $0.isUppercase } ?? false }

    private static func afterKnownBase(_ path: String) -> Substring? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: true)
        if let index = segments.firstIndex(where: { $0 == "R4" }), index >= 1, segments[index - 1] == "FHIR" {
            return Substring(segments[(index + 1)...].joined(separator: "/"))
        }
        if let index = segments.firstIndex(of: "r4"), segments.count > index + 2 {
            return Substring(segments[(index + 2)...].joined(separator: "/"))
        }
        return nil
    }
}

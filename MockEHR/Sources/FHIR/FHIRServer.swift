// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import Foundation
import MockKit
import Trace
import Value
import World

/// The FHIR endpoint: discovery, then token, scope, interaction.
extension EHRBase {
    /// Answers a request below the FHIR base; `rest` are the path's segments after it.
    func fhir(_ request: MockRequest, rest: [String], to audience: FHIRAudience) -> MockResponse {
        if request.method == "OPTIONS" { return preflight }
        shownURL =
            switch audience {
            case .everyClient: base.url
            case .patients: patientURL ?? base.url
            case .anybody: profile.fhir.openPath.map { url($0) } ?? base.url
            }
        defer { shownURL = base.url }
        var response = troubled(request, rest) ?? answer(request, rest: rest, to: audience)
        if let code = request.trouble.issue { add(issue: code, to: &response) }
        if format(of: request) == .xml { turnIntoXML(&response) }
        guard request.method == "HEAD" else { return response }
        // RFC 9110 section 9.3.2: what GET would answer, without the body.
        if !response.body.isEmpty { response.headers.append(("Content-Length", String(response.body.count))) }
        response.body = Data()
        return response
    }

    private func answer(_ request: MockRequest, rest: [String], to audience: FHIRAudience) -> MockResponse {
        switch rest {
        case let rest where audience == .anybody && rest.first == ".well-known":
            return refuse(Problem(.notFound, "nobody signs in here"))
        case ["metadata"]:
            do throws(Problem) { try checkFormat(request) } catch { return refuse(error) }
            return discovered(capabilityStatement, type: "application/fhir+json", way: "metadata")
        case [".well-known", "smart-configuration"]:
            return discovered(smartConfiguration, type: "application/json", way: "smart-configuration")
        case [".well-known", "openid-configuration"]:
            return document(openIDConfiguration)
        default: break
        }
        do throws(Problem) {
            let token = audience == .anybody ? AccessToken.anybody : try token(of: request)
            guard audience != .patients || token.person?.role == .patient else {
                throw Problem(.scope, "this address serves patients alone")
            }
            guard audience != .anybody || method(of: request) == "GET" else {
                throw Problem(.notAllowed, "this address is for reading")
            }
            try checkFormat(request)
            let context = token.person == nil ? "system" : "user"
            guard let type = rest.first, let rules = profile.fhir.types[type] else {
                throw Problem(.unknownType, "this server has no \(rest.first ?? "such") resources")
            }
            switch (method(of: request), rest.count) {
            case ("GET", 2) where rules.read:
                return try read(type, rest[1], version: nil, request, token, context: context)
            case ("GET", 4) where rules.read && rest[2] == "_history" && profile.fhir.versionedReads:
                return try read(type, rest[1], version: rest[3], request, token, context: context)
            case ("GET", 3) where rules.read && rest[2] == "_history" && profile.fhir.versionedReads:
                return try history(type, rest[1], request, token, context: context)
            case ("POST", 2) where rules.match && rest[1] == "$match":
                return try match(type, request, token, context: context)
            case ("GET", 1), ("POST", 2):
                guard request.method != "POST" || rest.last == "_search", let rule = rules.search else {
                    throw Problem(.notAllowed, "search is not offered")
                }
                guard request.method != "POST" || request.mediaType == "application/x-www-form-urlencoded" else {
                    throw Problem(.mediaType, "a posted search is a form")
                }
                return try search(type, rule, request, token, context: context)
            case ("POST", 1) where rules.create: return try create(type, request, token)
            case ("PUT", 2) where rules.update: return try update(type, rest[1], request, token)
            case ("PATCH", 2) where type == "Appointment": return try patch(rest[1], request, token)
            case ("PATCH", 2) where type == "Encounter": return try patchEncounter(rest[1], request, token)
            default: throw Problem(.notAllowed, "the interaction is not offered")
            }
        } catch {
            return refuse(error)
        }
    }

    /// PATCH may come as POST with an override (facts 5.3.3).
    private func method(of request: MockRequest) -> String {
        if request.method == "HEAD" { return "GET" }
        guard request.method == "POST" else { return request.method }
        let override = request.queryFields["_method"] ?? request.header("X-HTTP-Method-Override")
        return override?.uppercased() ?? "POST"
    }

    private func discovered(_ value: Value, type: String, way: String) -> MockResponse {
        .json(
            value, type: type, headers: [("Access-Control-Allow-Origin", "*")], world: model.id, party: .ehr,
            events: [event("smart.discovered", ["way": .string(way)])])
    }

    private func token(of request: MockRequest) throws(Problem) -> AccessToken {
        guard let text = request.bearerToken else { throw Problem(.noToken, "no bearer token") }
        guard let token = tokens[text] else { throw Problem(.badToken, "the token is not known at this base") }
        guard token.expires > wire else { throw Problem(.badToken, "the token has expired") }
        return token
    }

    func require(_ interaction: ScopeSet.Interaction, on type: String, _ token: AccessToken) throws(Problem) {
        guard token.scopes.allows(interaction, on: type) else {
            throw Problem(.scope, "no scope for \(type) (\(interaction.rawValue))")
        }
    }

    /// True where some scope of the token covers this very resource: a `patient/` scope covers one patient's.
    func isVisible(_ resource: Members, to token: AccessToken, for interaction: ScopeSet.Interaction) -> Bool {
        guard let type = resource["resourceType"]?.string else { return false }
        // Facts 5.3.4: a patient's token does not see what is sensitive.
        if type == "Appointment", token.person?.role == .patient, isSensitive(resource) { return false }
        return token.scopes.accesses(interaction, on: type).contains { access in
            (access.context != "patient" || isPatients(resource, type, token)) && fits(resource, type, access)
        }
    }

    /// True where the resource has what a narrowed scope asks (SMART v2: `patient/Observation.rs?category=x`). A
    /// parameter this server does not know narrows it to nothing.
    private func fits(_ resource: Members, _ type: String, _ access: ScopeSet.Access) -> Bool {
        guard !access.query.isEmpty else { return true }
        let rule = profile.fhir.types[type]?.search
        let reader = reader
        return Form(urlEncoded: access.query).fields.allSatisfy { field in
            guard let definition = rule?.definition(field.name, of: type) else { return false }
            let values = SearchTerm.alternatives(field.value)
            return reader.matches(
                resource, SearchTerm(definition: definition, modifier: nil, chain: nil, values: values))
        }
    }

    /// True where the resource is of the token's patient, or of a type that belongs to no patient.
    private func isPatients(_ resource: Members, _ type: String, _ token: AccessToken) -> Bool {
        guard let patient = token.patientID ?? (token.person?.role == .patient ? token.person?.ehr[.fhirID] : nil)
        else {
            return false
        }
        if type == "Patient" { return resource["id"]?.string == patient }
        // The patient compartment, as the type's `patient` parameter finds it.
        guard let definition = SearchTable.r4.definition("patient", of: type) else { return true }
        let term = SearchTerm(definition: definition, modifier: nil, chain: nil, values: ["Patient/" + patient])
        return reader.matches(resource, term)
    }

    private func isSensitive(_ resource: Members) -> Bool {
        resource["id"]?.string.flatMap { appointment(fhirID: $0) }?.condition == .sensitive
    }

    func appointmentAlias(_ type: String, _ id: String) -> String? {
        switch type {
        case "Appointment": appointment(fhirID: id)?.plan.alias
        case "Encounter": appointments.values.first { $0.plan.encounterID == id }?.plan.alias
        default: nil
        }
    }

    /// Version, time and the vendor's standing headers.
    func headers(of resource: Members) -> [(name: String, value: String)] {
        standingHeaders + versionHeaders(of: resource)
    }

    /// Version and time of a resource, where it has them.
    func versionHeaders(of resource: Members) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        if let version = resource["meta"]?["versionId"]?.string { headers.append(("ETag", "W/\"\(version)\"")) }
        if let changed = resource["meta"]?["lastUpdated"]?.string.flatMap({ Instant(rfc3339: $0) }) {
            headers.append(("Last-Modified", HTTPDate.text(changed)))
        }
        return headers
    }

    var standingHeaders: [(name: String, value: String)] {
        var headers = profile.fhir.headers
        // `/HEX32/HEX32` (facts 5.3.3).
        if profile.fhir.gatewayIDs { headers.append(("opc-request-id", "/\(mintHexadecimal())/\(mintHexadecimal())")) }
        headers.append(("X-Request-Id", uuid()))
        return headers
    }
}

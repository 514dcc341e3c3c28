// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1

/// Reads and writes at an EHR in the connector's own name (system account), and nothing but what a visit needs.
actor FHIRClient {
    private let configuration: Configuration
    private let http: Outbound
    private let behaviour: Behaviour
    /// Signs for the connector; without one its secret speaks.
    private let key: AssertionKey?
    /// Only the deliberate fault of a single renewal looks at them.
    private let renewals = Tally()
    private var tokens: [String: (value: String, expires: Date)] = [:]

    init(configuration: Configuration, http: Outbound, key: AssertionKey?, behaviour: Behaviour) {
        self.key = key
        self.behaviour = behaviour
        self.configuration = configuration
        self.http = http
    }

    func appointment(_ id: String, at base: BaseRow) async throws -> Appointment {
        let answer = try await read("Appointment", id, base)
        guard answer.isSuccess, let appointment = Appointment(answer.json, version: answer.header("etag")) else {
            throw Refusal(404, "appointment-not-found", "The EHR does not show this appointment to the connector.")
        }
        return appointment
    }

    /// One resource: read, or found by its id (variant `searches-and-batches`).
    private func read(_ type: String, _ id: String, _ base: BaseRow) async throws -> Answer {
        guard behaviour.has(.searchesAndBatches) else {
            return try await call("GET", "/\(type)/\(Text.percentEncoded(id))", base)
        }
        let answer = try await call(
            "POST", "/\(type)/_search", base, headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Data(Text.form([("_id", id)]).utf8))
        let found = answer.json["entry"].items.map { $0["resource"] }.first { $0["resourceType"].string == type }
        guard answer.isSuccess else { return answer }
        return Answer(status: found == nil ? 404 : 200, headers: HTTPHeaders(), body: found?.data ?? Data())
    }

    func patient(_ id: String, at base: BaseRow, now: Date) async throws -> Patient {
        if behaviour.has(.everythingRead) {
            _ = try? await call("GET", "/Patient/\(Text.percentEncoded(id))/$everything", base)
        }
        let answer = try await read("Patient", id, base)
        guard answer.isSuccess else {
            throw Refusal(
                404, "patient-not-found", "The EHR does not show the patient of this appointment to the connector.")
        }
        return Patient(answer.json, now: now)
    }

    /// Only for the deliberate fault that looks people up.
    func lookUp(phone: String, at base: BaseRow) async throws {
        _ = try await call("GET", "/Patient?phone=" + Text.percentEncoded(phone), base)
    }

    /// Only for the deliberate fault that reads more than a visit needs.
    func observations(of patient: String, at base: BaseRow) async throws {
        let query = "_id=\(Text.percentEncoded(patient))&_revinclude=Observation:patient"
        _ = try await call("GET", "/Patient?" + query, base)
    }

    /// Only for the deliberate fault that writes into the chart.
    func note(at base: BaseRow) async throws {
        let note: JSON = ["resourceType": "Communication", "status": "completed"]
        _ = try await call(
            "POST", "/Communication", base, headers: [("Content-Type", "application/fhir+json")], body: note.data)
    }

    /// A JSON Patch of an appointment with its version as precondition.
    func patch(
        _ appointment: Appointment, operations: [JSON], at base: BaseRow, again: Bool = false
    ) async throws -> Answer {
        let isForced = again && behaviour.has(.conflictForced)
        return try await call(
            "PATCH", "/Appointment/\(Text.percentEncoded(appointment.id))", base,
            headers: [("Content-Type", "application/json-patch+json")]
                + (behaviour.has(.patchWithoutVersion) || isForced ? [] : [("If-Match", appointment.version ?? "*")]),
            body: JSON.array(operations).data)
    }

    private func call(
        _ method: String, _ path: String, _ base: BaseRow, headers: [(String, String)] = [], body: Data? = nil
    ) async throws -> Answer {
        for fresh in [false, true] {
            let token = try await token(base, fresh: fresh)
            let all = headers + [("Authorization", "Bearer " + token), ("Accept", "application/fhir+json")]
            let answer = try await http.sendPatiently(method, base.url + path, headers: all, body: body)
            if answer.status != 401 || fresh || isNeverRenewed { return answer }
            if behaviour.has(.tokenRenewedOnce), renewals.add(base.url) > 1 { return answer }
        }
        throw Passing(retryAfter: nil, code: "unauthorized")
    }

    private var isNeverRenewed: Bool {
        behaviour.has(.tokenNeverRenewed) || behaviour.has(.writebackNeedsAppointment)
    }

    private func token(_ base: BaseRow, fresh: Bool) async throws -> String {
        if !fresh, let known = tokens[base.url], known.expires > Date() { return known.value }
        let client = base.vendor == .cerner ? configuration.cernerSystem : configuration.epicSystem
        let scopes =
            base.vendor == .cerner
            ? "system/Appointment.read system/Appointment.write system/Patient.read"
            : behaviour.has(.scopesV2)
                ? "system/Appointment.rs system/Patient.r" : "system/Appointment.read system/Patient.read"
        let more = behaviour.has(.patientWriteScope) ? " system/Patient.write" : ""
        let endpoints = try await SMARTEndpoints.discover(base.url, http)
        let proof = try key?.fields(client: client.id, tokenURL: endpoints.token) ?? []
        let form = Text.form([("grant_type", "client_credentials"), ("scope", scopes + more)] + proof)
        let answer = try await http.sendPatiently(
            "POST", endpoints.token,
            headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
                + (key == nil ? [("Authorization", client.basic)] : []), body: Data(form.utf8))
        guard answer.isSuccess, let token = answer.json["access_token"].string else {
            throw Refusal(502, "ehr-token", "The EHR does not let the connector in. Ask its administrator.")
        }
        let lifetime = answer.json["expires_in"].number ?? 60
        tokens[base.url] = (token, Date().addingTimeInterval(lifetime - min(30, lifetime / 2)))
        return token
    }
}

extension Configuration.Client {
    /// The value of a Basic `Authorization` header.
    var basic: String { "Basic " + Data("\(id):\(secret)".utf8).base64EncodedString() }
}

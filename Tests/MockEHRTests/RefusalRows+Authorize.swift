// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import World

extension RefusalRow {
    /// A launch from PowerChart or Hyperspace whose authorization request is wrong.
    private static func asked(
        _ name: String, at vendor: Vendor = .cerner, posted: Bool = false, _ answer: Answer, _ reason: String,
        _ overrides: [String: String]
    ) -> RefusalRow {
        RefusalRow(name, at: vendor, answer, reason) { ward in
            let (cookie, _, query) = try await ward.launch(from: vendor == .cerner ? .powerchart : .hyperspace)
            return try await ward.ask(
                ward.request(launch: query["launch"], overrides), cookie: cookie, posted: posted)
        }
    }

    static let authorize: [RefusalRow] = [
        asked("aud is missing", .redirect("invalid_request"), "aud is missing", ["aud": ""]),
        asked(
            "aud is another server", .redirect("invalid_request"), "aud is not this FHIR base",
            ["aud": "https://elsewhere.example/r4/T-1"]),
        asked(
            "aud is another server, posted", posted: true, .redirect("invalid_request"), "aud is not this FHIR base",
            ["aud": "https://elsewhere.example/r4/T-1"]),
        asked(
            "aud is another server, at Epic", at: .epic, .redirect("invalid_request"), "aud is not this FHIR base",
            ["aud": "https://elsewhere.example/T-1/api/FHIR/R4"]),
        RefusalRow(
            "aud ends with a slash where that matters", .redirect("invalid_request"), "aud is not this FHIR base"
        ) { ward in
            let (cookie, _, query) = try await ward.launch(from: .powerchart)
            return try await ward.ask(
                ward.request(launch: query["launch"], ["aud": ward.base + "/"]), cookie: cookie)
        },
        asked(
            "response_type is missing", .redirect("invalid_request"), "response_type is missing",
            ["response_type": ""]),
        asked(
            "response_type is token", .redirect("unsupported_response_type"), "response_type is not code",
            ["response_type": "token"]),
        asked("client is unknown", .page, "unknown client", ["client_id": "nobody"]),
        asked("client is missing", .page, "unknown client", ["client_id": ""]),
        asked("client is the system's", .page, "unknown client", ["client_id": "system"]),
        asked(
            "redirect address is foreign", .page, "redirect URI not registered",
            ["redirect_uri": "https://evil.example/launch/callback"]),
        asked(
            "redirect address has a slash more", .page, "redirect URI not registered",
            ["redirect_uri": Ward.redirect + "/"]),
        asked(
            "redirect address has a path more", at: .epic, .page, "redirect URI not registered",
            ["redirect_uri": Ward.redirect + "/../open"]),
        asked("redirect address is missing", .page, "redirect URI not registered", ["redirect_uri": ""]),
        asked(
            "challenge is plain", .redirect("invalid_request"), "code_challenge_method is not S256",
            ["code_challenge_method": "plain"]),
        asked(
            "challenge has no method", at: .epic, .redirect("invalid_request"), "code_challenge_method is not S256",
            ["code_challenge_method": ""]),
        asked(
            "challenge is missing beside its method", .redirect("invalid_request"),
            "code_challenge is not a SHA-256 value", ["code_challenge": ""]),
        asked(
            "challenge is too short", .redirect("invalid_request"), "code_challenge is not a SHA-256 value",
            ["code_challenge": "c2hvcnQ"]),
        asked("scope is missing", .redirect("invalid_scope"), "no scope is asked for", ["scope": ""]),
        asked(
            "scope is a wildcard where there are none", .redirect("invalid_scope"),
            "wildcard scopes are not supported", ["scope": "launch user/*.read"]),
        asked(
            "scope is a system's alone", .redirect("invalid_scope"), "no scope of this server is asked for",
            ["scope": "system/Appointment.read"]),
        asked(
            "launch value is unknown", .redirect("invalid_request"), "the launch value is not known",
            ["launch": "guessed"]),
        asked(
            "launch value is missing", .redirect("invalid_request"), "scope launch without a launch value",
            ["launch": ""]),
        asked(
            "launch value without its scope", .redirect("invalid_scope"), "a launch value without scope launch",
            ["scope": "openid user/Appointment.read"]),
        RefusalRow("launch value is used again", .redirect("invalid_request"), "the launch value was used before") {
            ward in
            let (cookie, _, query) = try await ward.launch(from: .powerchart)
            let form = ward.request(launch: query["launch"])
            _ = try await ward.ask(form, cookie: cookie)
            return try await ward.ask(form, cookie: cookie)
        },
        RefusalRow("launch value is another base's", .redirect("invalid_request"), "the launch value is not known") {
            ward in
            let (cookie, _, _) = try await ward.launch(from: .powerchart)
            let other = try await ward.openOther(.cerner)
            try await ward.ehr.install(
                records: [
                    IntegrationRecord(role: .provider, baseURL: other.base, launchURL: "http://127.0.0.1:9/launch")
                ], in: other.id)
            let foreign = try await ward.ehr.mintLaunch(
                entry: .powerchart, appointment: "visit", by: "dr-ruiz", in: other.id)
            return try await ward.ask(ward.request(launch: foreign.launch), cookie: cookie)
        },
        RefusalRow(
            "launch value is another user's", at: .epic, .redirect("access_denied"),
            "the launch belongs to another user"
        ) { ward in
            let (_, _, query) = try await ward.launch(from: .hyperspace)
            let page = ward.listener.origin + "/T-1/mychart"
            let stranger = try await ward.signIn("eve", at: page)
            return try await ward.ask(ward.request(launch: query["launch"]), cookie: stranger)
        },
        RefusalRow("a parameter stands twice", .redirect("invalid_request"), "parameter repeated: aud") { ward in
            let (cookie, _, query) = try await ward.launch(from: .powerchart)
            var form = ward.request(launch: query["launch"])
            form.append("aud", ward.base)
            return try await ward.ask(form, cookie: cookie)
        },
        RefusalRow(
            "a patient is wanted and there is none", .redirect("access_denied"), "no patient was chosen"
        ) { ward in
            let (cookie, _, _) = try await ward.launch(from: .powerchart)
            let scope = "openid launch/patient patient/Appointment.read"
            return try await ward.ask(ward.request(launch: nil, ["scope": scope]), cookie: cookie)
        },
        RefusalRow(
            "a patient comes to the providers' door", .redirect("access_denied"), "the user has another persona"
        ) { ward in
            let form = ward.request(launch: nil, ["scope": "openid user/Appointment.read"])
            let url = form.appended(to: try await ward.endpoint("authorization_endpoint"))
            let cookie = try await ward.signIn("ann", at: url)
            return try await ward.ask(form, cookie: cookie)
        },
    ]
}

extension Ward {
    /// Sends an authorization request and returns what came of it.
    func ask(_ form: Form, cookie: String, posted: Bool = false) async throws -> Refusal {
        let endpoint = try await endpoint("authorization_endpoint")
        guard posted else {
            return Refusal(try await client.send("GET", form.appended(to: endpoint), headers: ["Cookie": cookie]))
        }
        return Refusal(try await post(endpoint, form, headers: ["Cookie": cookie]))
    }

    /// A second world on the same listener, its visit booked: tenant T-2, with people of the same ids.
    func openOther(_ vendor: Vendor) async throws -> (id: WorldID, base: String) {
        let id = WorldID(rawValue: "w2")
        let model = Self.model(vendor, origin: listener.origin, id: id, tenant: "T-2")
        let clock = WorldClock(startingAt: Self.start)
        journal.register(world: id, clock: clock)
        try await ehr.open(world: model, clock: clock, registration: Self.registration)
        try await ehr.book("visit", in: id)
        return (id, model.bases[0].url)
    }
}

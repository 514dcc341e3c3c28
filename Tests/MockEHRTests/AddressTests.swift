// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Value
import World

/// The addresses Cerner has beside the one for providers (facts 5.3.1).
struct AddressTests {
    private func url(_ ward: Ward, _ place: String, _ path: String) -> String {
        ward.listener.origin + "/\(place)/r4/T-1/" + path
    }

    @Test func `the open address serves whoever asks, for reading alone`() async throws {
        try await Ward.with(.cerner) { ward in
            let read = try await ward.client.send("GET", url(ward, "open", "Patient/fhir-ann"))
            #expect(read.status == 200)
            let found = try await ward.client.send(
                "GET", url(ward, "open", "Appointment?patient=fhir-ann&date=ge2020-01-01T00:00:00Z"))
            let bundle = try Value.parseJSON(found.text)
            #expect(bundle["entry"]?[0]?["fullUrl"]?.string == url(ward, "open", "Appointment/apt-1"))
            let written = try await ward.client.send(
                "PATCH", url(ward, "open", "Appointment/apt-1"),
                headers: ["Content-Type": "application/json-patch+json", "If-Match": "W/\"0\""], body: Data("[]".utf8))
            #expect(written.status == 405)
            let discovery = try await ward.client.send("GET", url(ward, "open", ".well-known/smart-configuration"))
            #expect(discovery.status == 404)
            // The address for providers asks for a token as ever.
            let asked = try await ward.client.send("GET", ward.base + "/Patient/fhir-ann")
            #expect(asked.status == 401)
        }
    }

    @Test func `the patients' address serves patients alone, and may be the audience of their sign-in`() async throws {
        try await Ward.with(.cerner) { ward in
            let provider = try #require(try await ward.session(from: .powerchart)["access_token"]?.string)
            let headers = ["Authorization": "Bearer \(provider)"]
            let read = try await ward.get("Patient/fhir-ann", provider)
            #expect(read.status == 200)
            let refused = try await ward.client.send("GET", url(ward, "myrecord", "Patient/fhir-ann"), headers: headers)
            #expect(refused.status == 403)
            let anonymous = try await ward.client.send("GET", url(ward, "myrecord", "Patient/fhir-ann"))
            #expect(anonymous.status == 401)
            let configuration = try await ward.client.send(
                "GET", url(ward, "myrecord", ".well-known/smart-configuration"))
            #expect(configuration.status == 200)
        }
    }

    @Test func `Epic has one address`() async throws {
        try await Ward.with(.epic) { ward in
            let answer = try await ward.client.send("GET", ward.listener.origin + "/open/r4/T-1/Patient/fhir-ann")
            #expect(answer.status == 404)
        }
    }
}

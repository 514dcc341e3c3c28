// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

/// What SMART 2.2 offers beside the launch.
struct SMARTTests {
    private func post(_ ward: Ward, _ name: String, _ form: Form, basic: String = "app:s3cret") async throws -> Value {
        let answer = try await ward.post(
            try await ward.endpoint(name), form,
            headers: ["Authorization": "Basic " + Data(basic.utf8).base64EncodedString()])
        #expect(answer.status == 200)
        #expect(answer.header("Cache-Control") == "no-store")
        return (try? Value.parseJSON(answer.text)) ?? .null
    }

    @Test(arguments: [("ES384", "ec"), ("RS384", "rsa")])
    func `a backend service signs for its token`(algorithm: String, kid: String) async throws {
        for vendor in Vendor.allCases {
            try await Ward.with(vendor, registration: Assertion.registration()) { ward in
                let endpoint = try await ward.endpoint("token_endpoint")
                for id in ["one", "two"] {
                    let form = try await Assertion(algorithm: algorithm, kid: kid, jti: id).request(ward)
                    let body = try Value.parseJSON(try await ward.post(endpoint, form).text)
                    #expect(body["scope"] == "system/Appointment.rs")
                    #expect(body["refresh_token"] == nil)
                    let token = try #require(body["access_token"]?.string)
                    #expect(try await ward.get("Appointment/apt-1", token).status == 200)
                }
                // A jti is kept as long as its assertion could live, and not for ever.
                ward.wire.advance(seconds: 121)
                let again = try await Assertion(algorithm: algorithm, kid: kid, jti: "one").request(ward)
                #expect(try await ward.post(endpoint, again).status == 200)
            }
        }
    }

    @Test func `a token is introspected while it lives`() async throws {
        try await Ward.with(.cerner) { ward in
            let session = try await ward.session(from: .powerchart)
            let token = try #require(session["access_token"]?.string)
            let alive = try await post(ward, "introspection_endpoint", ["token": token])
            #expect(alive["active"] == true && alive["client_id"] == "app")
            #expect(alive["scope"] == session["scope"] && alive["patient"] == "fhir-ann")
            #expect(alive["sub"] == "user-ruiz")
            #expect(alive["fhirUser"]?.string == ward.base + "/Practitioner/fhir-ruiz")
            #expect((alive["exp"]?.int ?? 0) > ward.wire.seconds)
            #expect(try await post(ward, "introspection_endpoint", ["token": "any"]) == ["active": false])
            _ = try await post(ward, "revocation_endpoint", ["token": token])
            #expect(try await post(ward, "introspection_endpoint", ["token": token]) == ["active": false])
            #expect(try await ward.get("Appointment/apt-1", token).status == 401)
            // The refresh token outlives an access token that was revoked (RFC 7009 section 2.1).
            let refresh = try #require(session["refresh_token"]?.string)
            let (status, _) = try await ward.token(["grant_type": "refresh_token", "refresh_token": refresh])
            #expect(status == 200)
            _ = try await post(ward, "revocation_endpoint", ["token": "never was"])
        }
    }

    @Test func `what a vendor does not publish is not there`() async throws {
        try await Ward.with(.epic) { ward in
            let answer = try await ward.client.send("GET", ward.base + "/.well-known/smart-configuration")
            let configuration = try Value.parseJSON(answer.text)
            #expect(configuration["revocation_endpoint"] == nil && configuration["introspection_endpoint"] == nil)
        }
    }

    @Test func `a patient is picked outside a launch, where the vendor lets people pick`() async throws {
        try await Ward.with(.epic) { ward in
            func asked(_ choice: Form) async throws -> Form {
                let scope = "openid launch/patient patient/Appointment.rs patient/Patient.r"
                let url = ward.request(launch: nil, ["scope": scope]).appended(
                    to: try await ward.endpoint("authorization_endpoint"))
                let cookie = try await ward.signIn("dr-ruiz", at: url)
                let page = try await ward.client.send("GET", url, headers: ["Cookie": cookie])
                #expect(page.text.contains("name=\"patient\"") && page.text.contains("value=\"fhir-bob\""))
                let id = try #require(page.text.firstMatch(of: /name="request" value="([^"]+)"/)?.1)
                var form: Form = ["request": String(id), "decision": "accept"]
                form.fields += choice.fields
                let answer = try await ward.post(
                    ward.listener.origin + "/T-1/consent", form, headers: ["Cookie": cookie])
                return Form(
                    urlEncoded: String(try #require(answer.header("Location")).drop { $0 != "?" }.dropFirst()))
            }
            #expect(try await asked([:])["error"] == "access_denied")
            #expect(try await asked(["patient": "fhir-ruiz"])["error"] == "access_denied")
            let (status, body) = try await ward.redeem(try #require(try await asked(["patient": "fhir-bob"])["code"]))
            #expect(status == 200)
            #expect(body["patient"] == "fhir-bob" && body["fhirContext"] == nil)
            let token = try #require(body["access_token"]?.string)
            #expect(try await ward.get("Patient/fhir-bob", token).status == 200)
            #expect(try await ward.get("Patient/fhir-ann", token).status == 403)
            #expect(try await ward.get("Appointment/apt-1", token).status == 403)
        }
    }

    @Test func `a narrowed scope shows what it names`() async throws {
        try await Ward.with(.epic) { ward in
            try await ward.ehr.book("other", in: Ward.world)
            try await ward.ehr.cancel("other", in: Ward.world)
            let token = try await ward.systemToken("system/Appointment.rs?status=cancelled system/Patient.cruds")
            #expect(try await ward.get("Appointment/apt-2", token).status == 200)
            #expect(try await ward.get("Appointment/apt-1", token).status == 403)
            let found = try Value.parseJSON(try await ward.get("Appointment?_id=apt-1,apt-2", token).text)
            #expect(found["total"]?.int == 1)
            #expect(try await ward.get("Patient?_id=fhir-ann", token).status == 200)
            // A narrower and a wider scope together are the wider one.
            let both = try await ward.systemToken("system/Appointment.rs?status=cancelled system/Appointment.r")
            #expect(try await ward.get("Appointment/apt-1", both).status == 200)
            #expect(try await ward.get("Appointment?_id=apt-1", both).status == 200)
        }
    }

    @Test(arguments: Vendor.allCases) func `a page of another origin may read discovery`(vendor: Vendor) async throws {
        try await Ward.with(vendor) { ward in
            let jwks = try await ward.endpoint("jwks_uri")
            for url in [
                ward.base + "/.well-known/smart-configuration", ward.base + "/metadata",
                ward.base + "/.well-known/openid-configuration", jwks,
            ] {
                let answer = try await ward.client.send("GET", url, headers: ["Origin": "https://app.example"])
                #expect(answer.status == 200)
                #expect(answer.header("Access-Control-Allow-Origin") == "*", "\(url)")
            }
            for url in [ward.base + "/Appointment/apt-1", try await ward.endpoint("token_endpoint")] {
                let answer = try await ward.client.send(
                    "OPTIONS", url,
                    headers: ["Origin": "https://app.example", "Access-Control-Request-Method": "GET"])
                #expect(answer.status == 200)
                #expect(answer.header("Access-Control-Allow-Methods")?.contains("GET") == true)
                #expect(answer.header("Access-Control-Allow-Headers")?.contains("Authorization") == true)
            }
            #expect(ward.last("fhir.refused") == nil && ward.last("token.refused") == nil)
        }
    }

    @Test func `a public client gets no refresh token`() async throws {
        let registration = EHRRegistration(
            clientID: "app", clientSecret: nil, authentication: .none, redirectURIs: [Ward.redirect])
        try await Ward.with(.epic, registration: registration) { ward in
            let (cookie, _, query) = try await ward.launch(from: .hyperspace)
            let form = ward.request(
                launch: query["launch"], ["scope": "launch openid user/Appointment.rs offline_access"])
            let code = try #require(try await ward.authorize(form, cookie: cookie)["code"])
            let answer = try await ward.post(
                try await ward.endpoint("token_endpoint"), ward.redemption(code, ["client_id": "app"]))
            #expect(answer.status == 200)
            #expect(try Value.parseJSON(answer.text)["refresh_token"] == nil)
        }
    }
}

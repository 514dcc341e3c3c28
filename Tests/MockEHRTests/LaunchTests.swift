// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

struct LaunchTests {
    @Test(arguments: [(Vendor.cerner, LaunchEntry.powerchart), (.epic, .hyperspace), (.epic, .haiku)])
    func `a provider launches, authorizes without a second sign-in, and reads the visit`(
        vendor: Vendor, entry: LaunchEntry
    ) async throws {
        try await Ward.with(vendor) { ward in
            let answer = try await ward.session(from: entry)
            #expect(answer["token_type"] == "Bearer")
            #expect(answer["expires_in"]?.int == (vendor == .cerner ? 570 : 3600))
            #expect(answer["patient"] == "fhir-ann")
            #expect(answer["encounter"] == "enc-1")
            #expect(answer["fhirContext"]?[0]?["reference"] == "Appointment/apt-1")
            let identity = try #require(answer["id_token"]?.string.flatMap { JWT.read($0) })
            #expect(identity.claims["sub"] == "user-ruiz")
            #expect(identity.claims["nonce"] == "n-1")
            #expect(identity.claims["fhirUser"]?.string == ward.base + "/Practitioner/fhir-ruiz")
            let issuer = try await ward.endpoint("issuer")
            #expect(identity.claims["iss"]?.string == issuer)
            let token = try #require(answer["access_token"]?.string)
            let read = try await ward.get("Appointment/apt-1", token)
            #expect(read.status == 200)
            #expect(read.header("ETag") == (vendor == .cerner ? "W/\"0\"" : "W/\"1\""))
            #expect(ward.last("fhir.read")?["appointment"] == "visit")
            #expect(ward.last("fhir.read")?["context"] == "user")
            let kinds = ward.events.map(\.kind)
            #expect(
                kinds.filter { $0 != "smart.discovered" } == [
                    "appointment.booked", "records.installed", "ehr.signed-in", "launch.issued", "authorize.requested",
                    "code.issued", "token.issued", "fhir.read",
                ])
            #expect(ward.last("token.issued")?["appointment"] == "visit")
            for event in ward.events {
                let type = try #require(EventVocabulary.type(event.kind))
                for (name, _) in event.fields { #expect(type.field(name) != nil, "\(event.kind).\(name)") }
            }
        }
    }

    @Test func `context tokens of an Epic record are filled in`() async throws {
        try await Ward.with(.epic) { ward in
            let (_, url, query) = try await ward.launch(from: .canto)
            #expect(url.hasPrefix("http://127.0.0.1:9/launch/provider/r1?iss="))
            #expect(query["iss"] == ward.base)
            #expect(query["sessionId"] == "900001")
            #expect(query["departmentId"]?.isEmpty == false)
            #expect(!url.contains("%CSN%") && !url.contains(";"))
        }
    }

    @Test func `MyChart shows a patient's own visits only, and no further sign-in`() async throws {
        try await Ward.with(.epic) { ward in
            try await ward.ehr.book("other", in: Ward.world)
            let (cookie, url, query) = try await ward.launch("ann", from: .mychart)
            #expect(url.hasPrefix("http://127.0.0.1:9/launch/patient/r2?"))
            let all = try await ward.client.send(
                "GET", ward.listener.origin + "/T-1/mychart", headers: ["Cookie": cookie])
            #expect(all.text.contains("data-appointment=\"visit\"") && !all.text.contains("data-appointment=\"other\""))
            let scope = "launch openid fhirUser patient/Appointment.read"
            let answer = try await ward.authorize(
                ward.request(launch: query["launch"], ["scope": scope]), cookie: cookie)
            let (status, token) = try await ward.redeem(try #require(answer["code"]))
            #expect(status == 200)
            #expect(token["patient"] == "fhir-ann")
            let access = try #require(token["access_token"]?.string)
            #expect(try await ward.get("Appointment/apt-1", access).status == 200)
            #expect(try await ward.get("Appointment/apt-2", access).status == 403)
        }
    }

    @Test func `an entry is for its role, and the vendor's own`() async throws {
        try await Ward.with(.epic) { ward in
            let page = try await ward.ehr.launchPage(
                entry: .mychart, appointment: "visit", by: "ann", in: Ward.world)
            let cookie = try await ward.signIn("dr-ruiz", at: page)
            #expect(try await ward.client.send("GET", page, headers: ["Cookie": cookie]).status == 403)
            await #expect(throws: EHRError.self) {
                try await ward.ehr.launchPage(entry: .powerchart, appointment: "visit", by: "dr-ruiz", in: Ward.world)
            }
        }
    }

    @Test func `a wrong password shows the form again`() async throws {
        try await Ward.with(.epic) { ward in
            let answer = try await ward.post(
                ward.listener.origin + "/T-1/sign-in",
                ["return": "/T-1/mychart", "username": "login-ann", "password": "wrong"])
            #expect(answer.status == 401)
            #expect(answer.text.contains("id=\"assay-login\""))
            #expect(ward.last("ehr.signed-in") == nil)
        }
    }

    @Test func `sign-in never leads to another host`() async throws {
        try await Ward.with(.epic) { ward in
            let answer = try await ward.post(
                ward.listener.origin + "/T-1/sign-in",
                ["return": "//evil.example/", "username": "login-ann", "password": "pass-ann"])
            #expect(answer.status == 400)
        }
    }

    @Test func `an approver signs in and consents standalone`() async throws {
        try await Ward.with(.epic) { ward in
            let form = ward.request(launch: nil, ["scope": "openid fhirUser"])
            let url = form.appended(to: try await ward.endpoint("authorization_endpoint"))
            let cookie = try await ward.signIn("eve", at: url)
            let page = try await ward.client.send("GET", url, headers: ["Cookie": cookie])
            #expect(page.text.contains("id=\"assay-consent\""))
            let id = try #require(page.text.firstMatch(of: /name="request" value="([^"]+)"/)?.1)
            let answer = try await ward.post(
                ward.listener.origin + "/T-1/consent", ["request": String(id), "decision": "accept"],
                headers: ["Cookie": cookie])
            let location = try #require(answer.header("Location"))
            let query = Form(urlEncoded: String(location.drop { $0 != "?" }.dropFirst()))
            #expect(query["state"] == "st-1")
            let (status, token) = try await ward.redeem(try #require(query["code"]))
            #expect(status == 200)
            #expect(token["patient"] == nil && token["fhirContext"] == nil && token["refresh_token"] == nil)
            #expect(try await ward.get("Patient/fhir-ann", try #require(token["access_token"]?.string)).status == 403)
        }
    }

    @Test func `a cancelled visit has no launch link`() async throws {
        try await Ward.with(.cerner) { ward in
            try await ward.ehr.cancel("visit", in: Ward.world)
            let page = try await ward.ehr.launchPage(
                entry: .powerchart, appointment: "visit", by: "dr-ruiz", in: Ward.world)
            let cookie = try await ward.signIn("dr-ruiz", at: page)
            let list = try await ward.client.send("GET", page, headers: ["Cookie": cookie])
            #expect(list.text.contains("cancelled") && !list.text.contains("class=\"launch\""))
        }
    }
}

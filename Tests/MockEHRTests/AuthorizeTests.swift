// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

struct AuthorizeTests {
    @Test(arguments: [
        (["client_id": "nobody"], "unknown client"),
        (["redirect_uri": Ward.redirect + "/"], "redirect URI not registered"),
        (["redirect_uri": ""], "redirect URI not registered"),
    ])
    func `client and redirect address are refused on a page, never by redirect`(
        overrides: [String: String], reason: String
    ) async throws {
        try await Ward.with(.cerner) { ward in
            let form = ward.request(launch: nil, overrides)
            let answer = try await ward.client.send(
                "GET", form.appended(to: try await ward.endpoint("authorization_endpoint")))
            #expect(answer.status == 400)
            #expect(answer.header("Location") == nil)
            #expect(ward.last("authorize.requested")?["valid"] == false)
            #expect(ward.last("authorize.requested")?["reason"]?.string == reason)
        }
    }

    @Test func `the sign-in leads back to the very same address, however it is encoded`() async throws {
        try await Ward.with(.epic) { ward in
            let address = ward.request(launch: nil, ["scope": "openid user/Patient.read"]).appended(
                to: try await ward.endpoint("authorization_endpoint")
            )
            .replacing("%20", with: "+")
            let page = try await ward.client.send("GET", address)
            let path = String(address.dropFirst(ward.listener.origin.count))
            #expect(page.text.contains(path.replacing("&", with: "&amp;")), "\(page.text)")
            let back = try await ward.post(
                ward.listener.origin + "/T-1/sign-in",
                ["return": path, "username": "login-ruiz", "password": "pass-ruiz"])
            #expect(back.header("Location")?.hasSuffix(path) == true)
        }
    }

    @Test(arguments: [
        (["response_type": "token"], "unsupported_response_type"), (["aud": ""], "invalid_request"),
        (["aud": "http://elsewhere.example/r4/T-1"], "invalid_request"), (["scope": ""], "invalid_scope"),
        (["code_challenge_method": "plain"], "invalid_request"), (["code_challenge": "short"], "invalid_request"),
        (["launch": "unknown"], "invalid_request"), (["launch": ""], "invalid_request"),
        (["scope": "openid user/*.read"], "invalid_scope"), (["scope": "openid"], "invalid_scope"),
    ])
    func `a wrong request is sent back with its error`(overrides: [String: String], error: String) async throws {
        try await Ward.with(.cerner) { ward in
            let (cookie, _, query) = try await ward.launch(from: .powerchart)
            let answer = try await ward.authorize(ward.request(launch: query["launch"], overrides), cookie: cookie)
            #expect(answer["error"] == error)
            #expect(answer["state"] == "st-1")
            #expect(answer["error_uri"]?.contains("urn%3Acerner%3Aerror") == true)
            #expect(ward.last("authorize.requested")?["valid"] == false)
            #expect(ward.last("code.issued") == nil)
        }
    }

    @Test func `the slash at the end of aud matters to one vendor only`() async throws {
        for (vendor, entry, accepted) in [(Vendor.cerner, LaunchEntry.powerchart, false), (.epic, .canto, true)] {
            try await Ward.with(vendor) { ward in
                let (cookie, _, query) = try await ward.launch(from: entry)
                let form = ward.request(launch: query["launch"], ["aud": ward.base + "/"])
                let answer = try await ward.authorize(form, cookie: cookie)
                #expect((answer["code"] != nil) == accepted)
            }
        }
    }

    @Test func `a launch value is good for one code, and for its user alone`() async throws {
        try await Ward.with(.epic) { ward in
            let (cookie, _, query) = try await ward.launch(from: .hyperspace)
            let form = ward.request(launch: query["launch"])
            let stranger = try await ward.signIn(
                "eve",
                at: try await ward.ehr.launchPage(
                    entry: .hyperspace, appointment: "visit", by: "dr-ruiz", in: Ward.world))
            #expect(try await ward.authorize(form, cookie: stranger)["error"] == "access_denied")
            #expect(try await ward.authorize(form, cookie: cookie)["code"] != nil)
            let again = try await ward.authorize(form, cookie: cookie)
            #expect(again["error"] == "invalid_request")
            #expect(ward.last("authorize.requested")?["reason"] == "the launch value was used before")
        }
    }

    @Test func `an authorization request may be posted`() async throws {
        try await Ward.with(.cerner) { ward in
            let (cookie, _, query) = try await ward.launch(from: .powerchart)
            let answer = try await ward.post(
                try await ward.endpoint("authorization_endpoint"), ward.request(launch: query["launch"]),
                headers: ["Cookie": cookie])
            #expect(answer.status == 302)
            #expect(answer.header("Location")?.contains("code=") == true)
        }
    }

    @Test func `both ways of discovery name the same endpoints`() async throws {
        for vendor in Vendor.allCases {
            try await Ward.with(vendor) { ward in
                let answer = try await ward.client.send("GET", ward.base + "/metadata")
                let statement = try Value.parseJSON(answer.text)
                #expect(statement["software"]?["version"] == "2022-02")
                let uris = statement["rest"]?[0]?["security"]?["extension"]?[0]?["extension"]?.array ?? []
                let token = try await ward.endpoint("token_endpoint")
                #expect(uris.contains { $0["url"] == "token" && $0["valueUri"]?.string == token })
                try await ward.ehr.setRelease("2018-02", base: "main", in: Ward.world)
                let later = try await ward.client.send("GET", ward.base + "/metadata")
                #expect(try Value.parseJSON(later.text)["software"]?["releaseDate"] == "2018-02")
                #expect(ward.last("smart.discovered")?["way"] == "metadata")
            }
        }
    }
}

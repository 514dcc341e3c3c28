// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

/// What scenarios and the control API change of Microsoft's side.
struct ChangeTests {
    private func change(_ clinic: Clinic, _ text: String) async throws {
        let members = try #require(try Value.parseJSON(text).members)
        try await clinic.mock.change(members, in: Clinic.world) { $0 == "15m" ? .seconds(900) : nil }
    }

    private func token(_ clinic: Clinic, skew: Duration = .zero, error: Int? = nil) async -> MockResponse {
        let form: Form = [
            "grant_type": "client_credentials", "client_id": "client-1", "client_secret": "s3cret",
            "scope": "https://graph.microsoft.com/.default",
        ]
        var request = MockRequest(
            exchange: clinic.journal.nextExchangeID(), method: "POST",
            path: "/\(clinic.model.tenant)/oauth2/v2.0/token",
            query: "", headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Data(form.encoded.utf8),
            origin: Clinic.origin, actor: nil, remotePort: 1)
        request.trouble.clockSkew = skew
        request.trouble.entraError = error
        return await clinic.mock.respond(to: request)
    }

    @Test func `a new application and a new consent act after their time`() async throws {
        let clinic = try await Clinic()
        #expect(await token(clinic).status == 200)
        for word in ["application-after", "consent-after"] {
            try await change(clinic, #"{"\#(word)": "15m"}"#)
            let early = await token(clinic)
            #expect(early.status == 400 && early.text.contains("AADSTS700016"), "\(word): \(early.text)")
            clinic.clock.advance(to: clinic.clock.now + .seconds(901))
            let late = await token(clinic)
            #expect(late.status == 200, "\(word): \(late.text)")
        }
    }

    @Test func `the device flow is refused in Entra's shape`() async throws {
        let clinic = try await Clinic()
        let answer = await clinic.ask(
            "POST", "/\(clinic.model.tenant)/oauth2/v2.0/devicecode",
            form: ["client_id": "client-1", "scope": "openid"])
        #expect(answer.status == 400 && answer.value["error_codes"]?[0] == 70002)
    }

    @Test func `every word changes its setting`() async throws {
        let clinic = try await Clinic()
        func settings() async throws -> MicrosoftSettings {
            try #require(await clinic.mock.settings(of: Clinic.world))
        }
        try await change(
            clinic, #"{"subscription": "none", "access-policy-after": "15m", "access-policy-for": ["dr"]}"#)
        var now = try await settings()
        #expect(now.subscription == .none && now.accessPolicy && now.accessPolicyUsers == ["dr"])
        #expect(now.accessPolicyActsFrom == Clinic.start + .seconds(900))
        try await change(
            clinic, #"{"consent": "no", "application-error": 90055, "assertions": "once", "generation": "b"}"#)
        now = try await settings()
        #expect(
            !now.consented && now.applicationError == 90055 && now.refusesReplayedAssertions && now.generation == .b)
        try await change(
            clinic,
            """
            {"notifications": {"duplicate": true, "drop": "2"}, "sms-events": {"reorder": "yes", "delay": "15m"},
             "numbers": {"search-error": "OutOfStock", "delay": "15m"}, "sms": {"refuse": "ann", "put-off": "ann"},
             "subscription-status": "suspended",
             "limits": {"graph": 3, "window": "15m"}}
            """)
        now = try await settings()
        #expect(now.notifications.duplicate && now.notifications.drop == 2 && !now.notifications.reorder)
        #expect(now.smsEvents.reorder && now.smsEvents.delay == .seconds(900))
        #expect(now.numberSearchError == "OutOfStock" && now.numberDelay == .seconds(900))
        #expect(now.refusedRecipients["ann"] == 400 && now.putOffRecipients == ["ann"])
        #expect(now.subscriptionStatus == "suspended")
        #expect(
            now.limits.graph == RequestLimit(3, per: .seconds(900)) && now.limits.tollFree == RequestLimits().tollFree)
        try await change(clinic, #"{"numbers": "fail", "application-error": "none", "generation": "both"}"#)
        now = try await settings()
        #expect(now.numberFails && now.applicationError == nil && now.generation == nil)
        try await change(
            clinic, #"{"person": "dr", "licences": [], "tenant": "foreign", "sign-in-error": 50105, "delivery": 4004}"#)
        try await change(clinic, #"{"person": "dr", "disabled-plans": ["teams"]}"#)
        now = try await settings()
        #expect(now.licences["dr"] == [] && now.foreigners == ["dr"] && now.disabledPlans["dr"] == ["teams"])
        #expect(now.signInErrors["dr"] == 50105 && now.deliveryCodes["dr"] == 4004)
        try await change(clinic, #"{"person": "dr", "tenant": "own", "sign-in-error": "none"}"#)
        now = try await settings()
        #expect(now.foreigners.isEmpty && now.signInErrors["dr"] == nil)
    }

    @Test(arguments: [
        "{}", #"{"subscription": "gold"}"#, #"{"nonsense": 1}"#, #"{"application-error": 1}"#,
        #"{"limits": {"graph": -1}}"#,
        #"{"limits": 3}"#, #"{"numbers": {"delay": "soon"}}"#, #"{"sms": {"refuse": "nobody"}}"#,
        #"{"sms": {"put-off": "nobody"}}"#, #"{"subscription-status": "ended"}"#,
        #"{"person": "nobody", "licences": []}"#, #"{"person": "dr", "delivery": 1}"#, #"{"person": "dr"}"#,
        #"{"person": "dr", "consent": true}"#, #"{"notifications": {"speed": 1}}"#, #"{"consent": "perhaps"}"#,
    ]) func `what is wrong is said and changes nothing`(text: String) async throws {
        let clinic = try await Clinic()
        let before = await clinic.mock.settings(of: Clinic.world)
        let error = await #expect(throws: MockMicrosoftError.self) { try await change(clinic, text) }
        #expect(error?.remedy.isEmpty == false)
        #expect(await clinic.mock.settings(of: Clinic.world) == before)
    }

    @Test func `every delivery code is one the mock speaks, and no other`() {
        #expect(Set(MicrosoftWord.deliveryCodes) == Set(DeliveryOutcome.known.keys))
        #expect(Set(MicrosoftWord.signInCodes) == Set(EntraError.scripted.keys))
        #expect(MicrosoftWord.identityFlaws == IdentityTampering.allCases.map(\.rawValue))
    }

    @Test func `a rotated key signs, and the former one stays published until it is withdrawn`() async throws {
        let clinic = try await Clinic()
        func kid() async throws -> String {
            let text = try #require(try Value.parseJSON(Array(await token(clinic).body))["access_token"]?.string)
            return try #require(JWT.read(text)?.header["kid"]?.string)
        }
        func published(_ tenant: String) async throws -> [String] {
            let answer = await clinic.ask("GET", "/\(tenant)/discovery/v2.0/keys")
            return try #require(answer.value["keys"]?.array).compactMap { $0["kid"]?.string }
        }
        let tenant = clinic.model.tenant
        let first = try await kid()
        try await change(clinic, #"{"signing-keys": "rotate"}"#)
        let second = try await kid()
        #expect(second != first)
        #expect(try await published(tenant) == [first, second])
        try await change(clinic, #"{"signing-keys": "withdraw"}"#)
        let third = try await kid()
        #expect(try await published(tenant) == [third])
        #expect(try await published("common").contains(third))
    }

    @Test func `a fault that skews the clock skews the times inside tokens`() async throws {
        let clinic = try await Clinic()
        let text = try #require(
            try Value.parseJSON(Array(await token(clinic, skew: .seconds(-7200)).body))["access_token"]?.string)
        let expires = try #require(JWT.read(text)?.claims["exp"]?.int)
        #expect(expires < Int(Instant.wall.microseconds / 1_000_000) - 1800)
    }

    @Test func `a fault can make a token request end with a code of Entra's`() async throws {
        let clinic = try await Clinic()
        let answer = await token(clinic, error: 90055)
        #expect(answer.status == 429)
        #expect(try Value.parseJSON(Array(answer.body))["error_codes"]?[0]?.int == 90055)
        #expect(await token(clinic).status == 200)
    }
}

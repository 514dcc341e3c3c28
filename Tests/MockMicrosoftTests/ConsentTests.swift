// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

/// Admin consent and on-behalf-of.
struct ConsentTests {
    private static let callback = "http://127.0.0.1:9/microsoft/callback"

    private func consentPage(_ clinic: Clinic, _ cookie: String?) async -> MockResponse {
        let query: Form = ["client_id": "client-1", "redirect_uri": Self.callback, "state": "s1"]
        return await clinic.ask("GET", "/\(clinic.model.tenant)/adminconsent?\(query.encoded)", cookie: cookie)
    }

    private func decide(_ clinic: Clinic, _ cookie: String, _ decision: String) async -> MockResponse {
        let query: Form = ["client_id": "client-1", "redirect_uri": Self.callback, "state": "s1"]
        return await clinic.ask(
            "POST", "/\(clinic.model.tenant)/consent", form: ["ctx": query.encoded, "decision": decision],
            cookie: cookie)
    }

    @Test func `an administrator's consent makes the application known to the tenant`() async throws {
        let clinic = try await Clinic()
        try await clinic.mock.configure(Clinic.world) { $0.consented = false }
        let token = "/\(clinic.model.tenant)/oauth2/v2.0/token"
        let form: Form = [
            "grant_type": "client_credentials", "client_id": "client-1", "client_secret": "s3cret",
            "scope": "https://graph.microsoft.com/.default",
        ]
        #expect(await clinic.ask("POST", token, form: form).value["error_codes"]?[0] == 700016)
        #expect(await consentPage(clinic, nil).text.contains("id=\"assay-login\""))
        let cookie = try await adminCookie(clinic)
        let page = await consentPage(clinic, cookie)
        #expect(page.text.contains("id=\"assay-consent\"") && page.text.contains("OnlineMeetings.ReadWrite.All"))
        let location = try #require(await decide(clinic, cookie, "accept").header("Location"))
        let answer = Form(urlEncoded: String(location.drop { $0 != "?" }.dropFirst()))
        #expect(answer["admin_consent"] == "True" && answer["tenant"] == clinic.model.tenant && answer["state"] == "s1")
        #expect(await clinic.ask("POST", token, form: form).status == 200)
        #expect(clinic.events("entra.consent").map { $0["accepted"] } == [true])
    }

    /// Signs in on the consent page itself.
    private func adminCookie(_ clinic: Clinic, _ alias: String = "admin") async throws -> String {
        let directory = try #require(clinic.model.person(alias)?.directory)
        let query: Form = ["client_id": "client-1", "redirect_uri": Self.callback, "state": "s1"]
        let answer = await clinic.ask(
            "POST", "/\(clinic.model.tenant)/login",
            form: [
                "username": directory[.principalName], "password": directory[.password], "next": "adminconsent",
                "ctx": query.encoded,
            ])
        if alias == "admin" { #expect(answer.text.contains("assay-consent")) }
        return String((answer.header("Set-Cookie") ?? "").prefix { $0 != ";" })
    }

    @Test func `cancelling gives permission_denied and changes nothing`() async throws {
        let clinic = try await Clinic()
        try await clinic.mock.configure(Clinic.world) { $0.consented = false }
        let cookie = try await adminCookie(clinic)
        let location = try #require(await decide(clinic, cookie, "cancel").header("Location"))
        #expect(location.contains("error=permission_denied") && location.contains("state=s1"))
        #expect(await clinic.mock.settings(of: Clinic.world)?.consented == false)
    }

    @Test func `nobody but an administrator can consent, and only to a registered address`() async throws {
        let clinic = try await Clinic()
        let cookie = try await clinic.signIn("dr").cookie
        #expect(await consentPage(clinic, cookie).text.contains("AADSTS90094"))
        #expect(await decide(clinic, cookie, "accept").text.contains("AADSTS90094"))
        let admin = try await adminCookie(clinic)
        let query: Form = ["client_id": "client-1", "redirect_uri": "http://evil"]
        let answer = await clinic.ask("GET", "/organizations/adminconsent?\(query.encoded)", cookie: admin)
        #expect(answer.status == 400 && answer.text.contains("AADSTS50011"))
    }

    // MARK: On-behalf-of

    private func userToken(_ clinic: Clinic, scope: String) async throws -> String {
        let cookie = try await clinic.signIn("dr").cookie
        let query: Form = [
            "client_id": "client-1", "response_type": "code", "redirect_uri": Self.callback, "scope": scope,
        ]
        let location = try #require(
            await clinic.ask("GET", "/organizations/oauth2/v2.0/authorize?\(query.encoded)", cookie: cookie)
                .header("Location"))
        let code = try #require(
            Form(urlEncoded: String(location.drop { $0 != "?" }.dropFirst()))["code"], "\(location)")
        let answer = await clinic.ask(
            "POST", "/organizations/oauth2/v2.0/token",
            form: [
                "grant_type": "authorization_code", "client_id": "client-1", "client_secret": "s3cret", "code": code,
                "redirect_uri": Self.callback,
            ])
        return try #require(answer.value["access_token"]?.string)
    }

    private func onBehalf(
        _ clinic: Clinic, _ assertion: String, scope: String, use: String? = "on_behalf_of"
    ) async
        -> MockResponse
    {
        var form: Form = [
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "client_id": "client-1",
            "client_secret": "s3cret", "assertion": assertion, "scope": scope,
        ]
        if let use { form.append("requested_token_use", use) }
        return await clinic.ask("POST", "/\(clinic.model.tenant)/oauth2/v2.0/token", form: form)
    }

    @Test func `a person's token of the application's own API buys one for Graph`() async throws {
        let clinic = try await Clinic()
        let own = try await userToken(clinic, scope: "api://client-1/access_as_user")
        #expect(JWT.read(own)?.claims["aud"] == "api://client-1")
        #expect(await clinic.ask("GET", "/v1.0/me", token: own).status == 401)
        let answer = await onBehalf(clinic, own, scope: "https://graph.microsoft.com/User.Read offline_access")
        #expect(answer.status == 200 && answer.value["refresh_token"] != nil)
        let me = await clinic.ask("GET", "/v1.0/me", token: answer.value["access_token"]?.string ?? "")
        #expect(me.status == 200 && me.value["id"]?.string == clinic.dr)
        #expect(clinic.events("entra.token.issued").last?["grant"] == "on_behalf_of")
    }

    @Test func `on-behalf-of refuses what is no person's token for this application`() async throws {
        let clinic = try await Clinic()
        let own = try await userToken(clinic, scope: "api://client-1/access_as_user")
        let graph = try await userToken(clinic, scope: "User.Read openid")
        let scope = "https://graph.microsoft.com/User.Read"
        #expect(await onBehalf(clinic, graph, scope: scope).value["error_codes"]?[0] == 500131)
        #expect(await onBehalf(clinic, try await clinic.appToken(), scope: scope).value["error_codes"]?[0] == 7000114)
        #expect(await onBehalf(clinic, own + "x", scope: scope).value["error_codes"]?[0] == 50013)
        #expect(await onBehalf(clinic, own, scope: scope, use: nil).value["error_codes"]?[0] == 90014)
        let missing = await onBehalf(clinic, own, scope: "https://graph.microsoft.com/Calendars.Read").value
        #expect(missing["error_codes"]?[0] == 65001 && missing["error"] == "invalid_grant")
        #expect(missing["suberror"] == "consent_required")
    }
}

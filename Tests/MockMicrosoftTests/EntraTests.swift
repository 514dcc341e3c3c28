// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

struct EntraTests {
    @Test func `discovery of a tenant names its issuer and of organizations a placeholder`() async throws {
        let clinic = try await Clinic()
        let own = await clinic.ask("GET", "/\(clinic.model.tenant)/v2.0/.well-known/openid-configuration").value
        #expect(own["issuer"]?.string == "\(Clinic.origin)/\(clinic.model.tenant)/v2.0")
        let many = await clinic.ask("GET", "/organizations/v2.0/.well-known/openid-configuration").value
        #expect(many["issuer"]?.string == "\(Clinic.origin)/{tenantid}/v2.0")
        let keys = await clinic.ask("GET", "/organizations/discovery/v2.0/keys").value
        #expect(keys["keys"]?[0]?["kty"] == "RSA")
        #expect(keys["keys"]?[0]?["x5c"]?[0]?.string?.isEmpty == false)
        let unknown = await clinic.ask("GET", "/nonsense/v2.0/.well-known/openid-configuration")
        #expect(unknown.status == 400 && unknown.value["error_codes"]?[0] == 900023)
    }

    @Test func `a browser without a session is asked to sign in, one with a session is not`() async throws {
        let clinic = try await Clinic()
        let authorize =
            "/organizations/oauth2/v2.0/authorize?client_id=client-1&response_type=code&scope=openid&state=a"
            + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fmicrosoft%2Fcallback"
        let page = await clinic.ask("GET", authorize)
        #expect(page.text.contains("id=\"assay-login\"") && page.text.contains("data-provider=\"microsoft\""))
        let (cookie, location) = try await clinic.signIn("admin")
        #expect(location.hasPrefix("http://127.0.0.1:9/microsoft/callback?code=") && location.contains("state=st"))
        #expect(clinic.events("entra.signed-in").first?["by"] == "admin")
        let again = await clinic.ask("GET", authorize, cookie: cookie)
        #expect(again.status == 302 && again.header("Location")?.contains("code=") == true)
        #expect(again.world == Clinic.world)
        let forced = await clinic.ask("GET", authorize + "&prompt=login", cookie: cookie)
        #expect(forced.text.contains("assay-login"))
        let silent = await clinic.ask("GET", authorize + "&prompt=none")
        #expect(silent.header("Location")?.contains("error=login_required") == true)
    }

    @Test func `a wrong redirect URI gets a page and never a redirect`() async throws {
        let clinic = try await Clinic()
        let answer = await clinic.ask(
            "GET",
            "/organizations/oauth2/v2.0/authorize?client_id=client-1&response_type=code&scope=openid&redirect_uri=http%3A%2F%2Fevil"
        )
        #expect(answer.status == 400 && answer.text.contains("AADSTS50011"))
        let client = await clinic.ask("GET", "/organizations/oauth2/v2.0/authorize?client_id=other")
        #expect(client.text.contains("AADSTS700016"))
    }

    @Test func `wrong passwords and unknown users are told apart`() async throws {
        let clinic = try await Clinic()
        let name = clinic.model.person("dr")?.directory?[.principalName] ?? ""
        let wrong = await clinic.ask(
            "POST", "/organizations/login", form: ["username": name, "password": "x", "ctx": ""])
        #expect(wrong.text.contains("AADSTS50126"))
        let unknown = await clinic.ask(
            "POST", "/organizations/login", form: ["username": "who@x", "password": "x", "ctx": ""])
        #expect(unknown.text.contains("AADSTS50034"))
    }

    @Test func `a code is accepted once, with its verifier`() async throws {
        let clinic = try await Clinic()
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        let location = try await clinic.signIn("admin", challenge: challenge).location
        let code = try #require(Form(urlEncoded: String(location.drop { $0 != "?" }.dropFirst()))["code"])
        var form: Form = [
            "grant_type": "authorization_code", "client_id": "client-1", "client_secret": "s3cret", "code": code,
            "redirect_uri": "http://127.0.0.1:9/microsoft/callback",
        ]
        form.append("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        let answer = await clinic.ask("POST", "/organizations/oauth2/v2.0/token", form: form)
        #expect(answer.status == 200)
        let claims = try #require(JWT.read(answer.value["id_token"]?.string ?? "")?.claims)
        #expect(claims["iss"]?.string == "\(Clinic.origin)/\(clinic.model.tenant)/v2.0")
        #expect(claims["nonce"] == "n1" && claims["tid"]?.string == clinic.model.tenant && claims["aud"] == "client-1")
        #expect(claims["wids"]?.array?.contains("62e90394-69f5-4237-9190-012177145e10") == true)
        let second = await clinic.ask("POST", "/organizations/oauth2/v2.0/token", form: form)
        #expect(second.status == 400 && second.value["error"] == "invalid_grant")
        #expect(clinic.events("entra.token.refused").count == 1)
    }

    @Test(arguments: IdentityTampering.allCases) func `an id token can be flawed on purpose, once`(
        flaw: IdentityTampering
    ) async throws {
        let clinic = try await Clinic()
        func identity() async throws -> (header: Members, claims: Members) {
            let location = try await clinic.signIn("admin").location
            let code = try #require(Form(urlEncoded: String(location.drop { $0 != "?" }.dropFirst()))["code"])
            let answer = await clinic.ask(
                "POST", "/organizations/oauth2/v2.0/token",
                form: [
                    "grant_type": "authorization_code", "client_id": "client-1", "client_secret": "s3cret",
                    "code": code, "redirect_uri": "http://127.0.0.1:9/microsoft/callback",
                ])
            return try #require(JWT.read(answer.value["id_token"]?.string ?? ""))
        }
        try await clinic.mock.change(["identity": .string(flaw.rawValue)], in: Clinic.world) { _ in nil }
        let flawed = try await identity()
        #expect(clinic.events("fault.struck").last?["effect"]?["effect"]?.string == flaw.rawValue)
        let sound = try await identity()
        #expect(sound.header["alg"] == "RS256" && sound.claims["aud"] == "client-1" && sound.claims["nonce"] == "n1")
        switch flaw {
        case .unsigned: #expect(flawed.header["alg"] == "none")
        case .unknownKey: #expect(flawed.header["kid"] != sound.header["kid"])
        case .foreignKey: #expect(flawed.header["kid"] == sound.header["kid"] && flawed.header["x5t"] != nil)
        case .keyConfusion: #expect(flawed.header["alg"] == "HS256")
        case .wrongIssuer: #expect(flawed.claims["iss"] != sound.claims["iss"])
        case .wrongAudience: #expect(flawed.claims["aud"] != sound.claims["aud"])
        case .wrongNonce: #expect(flawed.claims["nonce"] != "n1")
        case .expired: #expect((flawed.claims["exp"]?.int ?? 0) < Int(Date().timeIntervalSince1970))
        }
    }

    @Test func `a missing or wrong secret is refused with Microsoft's numbers`() async throws {
        let clinic = try await Clinic()
        let path = "/\(clinic.model.tenant)/oauth2/v2.0/token"
        let none = await clinic.ask("POST", path, form: ["grant_type": "client_credentials", "client_id": "client-1"])
        #expect(none.status == 401 && none.value["error_codes"]?[0] == 7000218)
        let wrong = await clinic.ask(
            "POST", path, form: ["grant_type": "client_credentials", "client_id": "client-1", "client_secret": "x"])
        #expect(wrong.status == 401 && wrong.value["error_codes"]?[0] == 7000215)
        let scope = await clinic.ask(
            "POST", path,
            form: [
                "grant_type": "client_credentials", "client_id": "client-1", "client_secret": "s3cret",
                "scope": "User.Read",
            ])
        #expect(scope.value["error_codes"]?[0] == 70011)
        let malformed = await clinic.ask("POST", path, json: [:])
        #expect(malformed.value["error_codes"]?[0] == 9002313)
    }
}

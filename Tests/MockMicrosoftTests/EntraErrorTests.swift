// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

/// The numbers of Entra, and the headers and documents clients look at beside them.
struct EntraErrorTests {
    /// Every code of wire-protocols 4.4.
    private static let codes = [
        50011, 50012, 700027, 700024, 50013, 50020, 50034, 50053, 50057, 50126, 50058, 50059, 90002, 900023, 50072,
        50074, 50076, 50079, 50105, 50196, 53003, 54000, 65001, 65004, 70000, 70008, 700084, 70001, 700016, 70011,
        700005, 7000112, 7000215, 7000222, 7000218, 90014, 90055, 90094, 9002313,
    ]

    @Test(arguments: codes)
    func `every documented code can be called up for an application`(code: Int) async throws {
        let clinic = try await Clinic()
        try await clinic.mock.configure(Clinic.world) { $0.applicationError = code }
        let answer = await clinic.ask(
            "POST", "/\(clinic.model.tenant)/oauth2/v2.0/token",
            form: [
                "grant_type": "client_credentials", "client_id": "client-1", "client_secret": "s3cret",
                "scope": "https://graph.microsoft.com/.default",
            ], headers: [("client-request-id", "c1"), ("return-client-request-id", "true")])
        #expect([400, 401, 429].contains(answer.status))
        #expect(answer.value["error_codes"]?[0]?.int == code)
        #expect(answer.value["error_description"]?.string?.hasPrefix("AADSTS\(code): ") == true)
        #expect(answer.value["correlation_id"] == "c1" && answer.header("client-request-id") == "c1")
        #expect(answer.header("x-ms-request-id") == answer.value["trace_id"]?.string)
        #expect((answer.header("Retry-After") != nil) == (code == 90055))
        #expect(clinic.events("entra.token.refused").first?["code"]?.int == code)
    }

    @Test func `what ails a person stays on the page, what the application must mend goes back to it`() async throws {
        let clinic = try await Clinic()
        for (code, word) in [
            (50053, nil), (50057, nil), (50105, nil), (50076, "interaction_required"), (53003, "interaction_required"),
            (65004, "access_denied"),
        ] {
            try await clinic.mock.configure(Clinic.world) { $0.signInErrors["dr"] = code }
            let directory = try #require(clinic.model.person("dr")?.directory)
            let context: Form = [
                "client_id": "client-1", "response_type": "code", "state": "s",
                "redirect_uri": "http://127.0.0.1:9/microsoft/callback", "scope": "openid",
            ]
            let answer = await clinic.ask(
                "POST", "/organizations/login",
                form: [
                    "username": directory[.principalName], "password": directory[.password], "ctx": context.encoded,
                ])
            if let word {
                #expect(answer.status == 302 && answer.header("Location")?.contains("error=\(word)") == true, "\(code)")
            } else {
                #expect(answer.status == 200 && answer.text.contains("AADSTS\(code)"), "\(code)")
            }
        }
    }

    @Test func `a blocked person's refresh token is worth nothing`() async throws {
        let clinic = try await Clinic()
        let cookie = try await clinic.signIn("dr").cookie
        let callback = "http://127.0.0.1:9/microsoft/callback"
        let query: Form = [
            "client_id": "client-1", "response_type": "code", "redirect_uri": callback,
            "scope": "openid offline_access User.Read", "response_mode": "fragment",
        ]
        let location = try #require(
            await clinic.ask("GET", "/organizations/oauth2/v2.0/authorize?\(query.encoded)", cookie: cookie)
                .header("Location"))
        #expect(location.hasPrefix(callback + "#code="))
        let code = Form(urlEncoded: String(location.drop { $0 != "#" }.dropFirst()))["code"] ?? ""
        let tokens = await clinic.ask(
            "POST", "/organizations/oauth2/v2.0/token",
            form: [
                "grant_type": "authorization_code", "client_id": "client-1", "client_secret": "s3cret", "code": code,
                "redirect_uri": callback, "client_info": "1",
            ]
        ).value
        let info = Base64URL.decode(tokens["client_info"]?.string ?? "").flatMap { try? Value.parseJSON(Array($0)) }
        #expect(info?["uid"]?.string == clinic.dr && info?["utid"]?.string == clinic.model.tenant)
        let renewal: Form = [
            "grant_type": "refresh_token", "client_id": "client-1", "client_secret": "s3cret",
            "refresh_token": tokens["refresh_token"]?.string ?? "", "scope": "openid offline_access User.Read",
        ]
        #expect(await clinic.ask("POST", "/organizations/oauth2/v2.0/token", form: renewal).status == 200)
        try await clinic.mock.configure(Clinic.world) { $0.signInErrors["dr"] = 50057 }
        let refused = await clinic.ask("POST", "/organizations/oauth2/v2.0/token", form: renewal).value
        #expect(refused["error"] == "invalid_grant" && refused["error_codes"]?[0] == 50057)
    }

    @Test func `a resource is one, and known`() async throws {
        let clinic = try await Clinic()
        func token(_ scope: String) async -> Value {
            await clinic.ask(
                "POST", "/\(clinic.model.tenant)/oauth2/v2.0/token",
                form: [
                    "grant_type": "client_credentials", "client_id": "client-1", "client_secret": "s3cret",
                    "scope": scope,
                ]
            ).value
        }
        #expect(await token("https://vault.azure.net/.default")["error_codes"]?[0] == 500011)
        #expect(await token("\(Clinic.origin)/.default")["access_token"] != nil)
        let sms = await token("https://communication.azure.com/.default")["access_token"]?.string ?? ""
        let graph = await clinic.ask("GET", "/v1.0/users", token: sms)
        #expect(graph.status == 401)
        #expect(graph.value["error"]?["message"]?.string?.contains("Invalid audience") == true)
        let numbers = await clinic.ask(
            "GET", "/acs/\(clinic.model.tenant)/phoneNumbers?api-version=2022-12-01", token: sms)
        #expect(numbers.status == 200)
        let wrong = await clinic.ask(
            "GET", "/acs/\(clinic.model.tenant)/phoneNumbers?api-version=2022-12-01",
            token: try await clinic.appToken())
        #expect(wrong.status == 401)
    }

    @Test func `instance discovery knows the mock and Microsoft's own names, nothing else`() async throws {
        let clinic = try await Clinic()
        func ask(_ authority: String) async -> MockResponse {
            let query: Form = ["api-version": "1.1", "authorization_endpoint": authority]
            return await clinic.ask("GET", "/common/discovery/instance?\(query.encoded)")
        }
        let own = await ask("\(Clinic.origin)/organizations/oauth2/v2.0/authorize")
        #expect(own.value["metadata"]?[0]?["aliases"]?[0] == "127.0.0.1:4431")
        #expect(own.value["tenant_discovery_endpoint"]?.string?.contains("/organizations/v2.0/") == true)
        #expect(
            await ask("https://login.evil.example/common/oauth2/v2.0/authorize").value["error"] == "invalid_instance")
    }

    @Test func `under Microsoft's names the documents carry them`() async throws {
        let clinic = try await Clinic()
        let answer = await clinic.mock.respond(
            to: MockRequest(
                exchange: clinic.journal.nextExchangeID(), method: "GET",
                path: "/\(clinic.model.tenant)/v2.0/.well-known/openid-configuration", query: "", headers: [],
                body: Data(), origin: "https://login.microsoftonline.com", actor: nil, remotePort: 1)
        ).value
        #expect(
            answer["token_endpoint"]?.string
                == "https://login.microsoftonline.com/\(clinic.model.tenant)/oauth2/v2.0/token")
        #expect(answer["msgraph_host"] == "graph.microsoft.com")
    }

    @Test func `userinfo tells whose token it is`() async throws {
        let clinic = try await Clinic()
        #expect(await clinic.ask("GET", "/oidc/userinfo").status == 401)
        #expect(await clinic.ask("GET", "/oidc/userinfo", token: try await clinic.appToken()).status == 401)
    }
}

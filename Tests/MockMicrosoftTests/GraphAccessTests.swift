// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

/// Who may do what, how much of it, and how collections are read.
struct GraphAccessTests {
    private func grant(_ clinic: Clinic, _ permissions: [String]) async throws -> String {
        var entra = Clinic.entra
        entra.applicationPermissions = permissions
        try await clinic.mock.register(entra, Clinic.sms, in: Clinic.world)
        return try await clinic.appToken()
    }

    /// The table of wire-protocols 2.1: each operation with the role it needs, and one that is not enough.
    @Test func `each operation needs its own permission`() async throws {
        let clinic = try await Clinic()
        let meeting = try await clinic.createMeeting(token: try await clinic.appToken())
        let base = "/v1.0/users/\(clinic.dr)/onlineMeetings"
        let one = base + "/" + (meeting["id"]?.string ?? "")
        let rows: [(String, String, Value?, role: String, less: String)] = [
            ("POST", base, [:], "OnlineMeetings.ReadWrite.All", "OnlineMeetings.Read.All"),
            ("PATCH", one, [:], "OnlineMeetings.ReadWrite.All", "OnlineMeetings.Read.All"),
            ("GET", one, nil, "OnlineMeetings.Read.All", "VirtualAppointment.Read.All"),
            (
                "GET", one + "/getVirtualAppointmentJoinWebUrl()", nil, "VirtualAppointment.Read.All",
                "OnlineMeetings.Read.All"
            ),
            ("GET", one + "/attendanceReports", nil, "OnlineMeetingArtifact.Read.All", "OnlineMeetings.ReadWrite.All"),
            ("GET", "/v1.0/users", nil, "User.Read.All", "Organization.Read.All"),
            ("GET", "/v1.0/subscriptions", nil, "OnlineMeetings.Read.All", "User.Read.All"),
        ]
        for (method, path, body, role, less) in rows {
            let enough = try await grant(clinic, [role])
            #expect(
                (200...201).contains(await clinic.ask(method, path, token: enough, json: body).status),
                "\(method) \(path)")
            let tooLittle = try await grant(clinic, [less])
            let refused = await clinic.ask(method, path, token: tooLittle, json: body)
            #expect(refused.status == 403, "\(method) \(path)")
            #expect(refused.value["error"]?["innerError"]?["request-id"]?.string == refused.header("request-id"))
        }
    }

    @Test func `the application access policy names people and takes its time`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let path = "/v1.0/users/\(clinic.dr)/onlineMeetings"
        func status() async -> Int { await clinic.ask("POST", path, token: token, json: [:]).status }
        try await clinic.mock.configure(Clinic.world) { $0.accessPolicyUsers = ["admin"] }
        #expect(await status() == 403)
        try await clinic.mock.configure(Clinic.world) { settings in
            settings.accessPolicyUsers = ["dr"]
            settings.accessPolicyActsFrom = Clinic.start + .seconds(1800)
        }
        #expect(await status() == 403)
        await clinic.mock.advance(world: Clinic.world, to: Clinic.start + .seconds(1800))
        #expect(await status() == 201)
    }

    @Test func `too many requests wait as long as they are told`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        try await clinic.mock.configure(Clinic.world) { $0.limits.graph = RequestLimit(1, per: .seconds(30)) }
        #expect(await clinic.ask("GET", "/v1.0/organization", token: token).status == 200)
        let second = await clinic.ask("GET", "/v1.0/organization", token: token)
        #expect(second.status == 429 && second.value["error"]?["code"] == "TooManyRequests")
        #expect((1...30).contains(second.header("Retry-After").flatMap { Int($0) } ?? 0))
        #expect(clinic.events("graph.refused").first?["status"] == 429)
    }

    @Test func `a token problem is named, with the way to a better one`() async throws {
        let clinic = try await Clinic()
        let answer = await clinic.ask("GET", "/v1.0/me", token: "abc", headers: [("client-request-id", "c-1")])
        #expect(answer.status == 401 && answer.value["error"]?["code"] == "InvalidAuthenticationToken")
        let way = try #require(answer.header("WWW-Authenticate"))
        #expect(way.contains("authorization_uri=\"\(Clinic.origin)/common/oauth2/authorize\""))
        #expect(answer.header("client-request-id") == "c-1")
        #expect(answer.value["error"]?["innerError"]?["client-request-id"] == "c-1")
    }

    @Test func `people are selected, filtered and paged`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let first = await clinic.ask("GET", "/v1.0/users?$top=1&$count=true&$select=id,displayName", token: token).value
        #expect(first["@odata.count"] == 2 && first["value"]?.array?.count == 1)
        #expect(first["value"]?[0]?.members?.names == ["displayName", "id"])
        let next = try #require(first["@odata.nextLink"]?.string)
        let second = await clinic.ask("GET", next, token: token).value
        #expect(second["value"]?[0]?["id"] != first["value"]?[0]?["id"] && second["@odata.nextLink"] == nil)
        let name = clinic.model.person("dr")?.directory?[.principalName] ?? ""
        let filter: Form = ["$filter": "userPrincipalName eq '\(name)'"]
        let found = await clinic.ask("GET", "/v1.0/users?\(filter.encoded)", token: token).value
        #expect(found["value"]?.array?.compactMap { $0["id"]?.string } == [clinic.dr])
        for bad in ["$top=0", "$top=x", "$select=nonsense", "$filter=age%20gt%203", "$skiptoken=%21"] {
            #expect(await clinic.ask("GET", "/v1.0/users?\(bad)", token: token).status == 400, "\(bad)")
        }
        let plans = await clinic.ask(
            "GET", "/v1.0/users/\(clinic.dr)?$select=accountEnabled,assignedPlans", token: token)
        #expect(plans.value["accountEnabled"] == true && plans.value["displayName"] == nil)
    }

    @Test func `a batch answers each of its requests`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let answer = await clinic.ask(
            "POST", "/v1.0/$batch", token: token,
            json: [
                "requests": [
                    ["id": "1", "method": "GET", "url": .string("/users/\(clinic.dr)?$select=id")],
                    ["id": "2", "method": "GET", "url": "/nothing"],
                    [
                        "id": "3", "method": "POST", "url": .string("/users/\(clinic.dr)/onlineMeetings"),
                        "headers": ["Content-Type": "application/json"], "body": ["subject": "Visit"],
                    ],
                ]
            ])
        let answers = try #require(answer.value["responses"]?.array)
        #expect(answers.map { $0["status"] } == [200, 400, 201])
        #expect(answers[0]["body"]?["id"]?.string == clinic.dr)
        #expect(await clinic.ask("POST", "/v1.0/$batch", token: token, json: ["requests": []]).status == 400)
    }

    @Test func `a body that is no JSON is no request`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let answer = await clinic.ask(
            "POST", "/v1.0/users/\(clinic.dr)/onlineMeetings", token: token, form: ["subject": "x"])
        #expect(answer.status == 415)
    }

    @Test func `an application registers its certificates`() async throws {
        let clinic = try await Clinic()
        let certificate = try await ClientCertificate()
        let path = "/v1.0/applications(appId='client-1')"
        #expect(await clinic.ask("GET", path, token: try await clinic.appToken()).status == 403)
        let token = try await grant(clinic, ["Application.ReadWrite.OwnedBy"])
        #expect(await clinic.ask("GET", "/v1.0/applications(appId='other')", token: token).status == 404)
        let bad = await clinic.ask(
            "PATCH", path, token: token, json: ["keyCredentials": [["type": "AsymmetricX509Cert", "key": "AAAA"]]])
        #expect(bad.status == 400)
        let answer = await clinic.ask(
            "PATCH", path, token: token,
            json: [
                "keyCredentials": [
                    ["type": "AsymmetricX509Cert", "key": .string(certificate.der.base64EncodedString())]
                ]
            ])
        #expect(answer.status == 204)
        #expect(await clinic.ask("GET", path, token: token).value["keyCredentials"]?.array?.count == 1)
    }
}

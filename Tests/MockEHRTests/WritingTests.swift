// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

struct WritingTests {
    private static let paths = [
        "/contained/0/telecom/0/value", "/contained/1/telecom/0/value", "/contained/0/telecom/0/period/start",
        "/contained/0/telecom/0/period/end",
    ]
    private static let values = [
        "https://c.example/p/1", "https://c.example/v/1", "2027-01-15T08:00:00Z", "2027-01-15T09:00:00Z",
    ]

    private func operations(_ op: String, replacing: [Int: (String, String)] = [:], count: Int = 4) -> Value {
        .array(
            (0..<count).map { index in
                let (name, value) = replacing[index] ?? (op, Self.values[index])
                return ["op": .string(name), "path": .string(Self.paths[index]), "value": .string(value)]
            })
    }

    private func patch(
        _ ward: Ward, _ token: String, _ body: Value, match: String? = "W/\"0\"",
        type: String = "application/json-patch+json"
    ) async throws -> TestClient.Answer {
        var headers = ["Authorization": "Bearer \(token)", "Content-Type": type]
        headers["If-Match"] = match
        return try await ward.client.send(
            "PATCH", ward.base + "/Appointment/apt-1", headers: headers, body: Data(body.jsonBytes()))
    }

    private static let scope = "system/Appointment.read system/Appointment.write"

    @Test func `both rooms get their links, read the other way round`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken(Self.scope)
            let answer = try await patch(ward, token, operations("add"))
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
            #expect(answer.header("Content-Type") == "text/html")
            #expect(answer.header("ETag") == "W/\"1-1\"")
            let event = try #require(ward.last("video-link.written"))
            #expect(event["provider-url"] == "https://c.example/p/1")
            #expect(event["patient-url"] == "https://c.example/v/1")
            #expect(event["operation"] == "add")
            let read = try Value.parseJSON(try await ward.get("Appointment/apt-1", token).text)
            #expect(read["contained"]?[0]?["type"]?[0]?["text"] == "Patient Virtual Meeting Room")
            #expect(read["contained"]?[0]?["telecom"]?[0]?["value"] == "https://c.example/v/1")
            #expect(try await patch(ward, token, operations("add"), match: "W/\"1-1\"").status == 409)
            #expect(try await patch(ward, token, operations("replace"), match: "W/\"1-1\"").status == 200)
            #expect(ward.last("video-link.written")?["operation"] == "replace")
        }
    }

    @Test func `a wrong link patch is refused`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken(Self.scope)
            let long = "https://c.example/" + String(repeating: "x", count: 240)
            let exact = "https://c.example/" + String(repeating: "x", count: 255 - 18)
            #expect(try await patch(ward, token, operations("add"), match: nil).status == 412)
            #expect(try await patch(ward, token, operations("add"), match: "W/\"7\"").status == 409)
            #expect(try await patch(ward, token, operations("add"), type: "application/json").status == 406)
            for (body, why) in [
                (operations("add", count: 3), "incomplete"), (operations("replace"), "nothing to replace"),
                (operations("add", replacing: [1: ("replace", Self.values[1])]), "mixed"),
                (operations("add", replacing: [1: ("add", long)]), "too long"),
                (operations("add", replacing: [2: ("add", "soon")]), "no instant"),
            ] {
                #expect(try await patch(ward, token, body).status == 422, "\(why)")
                #expect(ward.last("video-link.refused")?["status"]?.int == 422)
            }
            #expect(ward.last("video-link.written") == nil)
            #expect(try await patch(ward, token, operations("add", replacing: [1: ("add", exact)])).status == 200)
            let reader = try await ward.systemToken("system/Appointment.read")
            #expect(try await patch(ward, reader, operations("replace"), match: "W/\"1-1\"").status == 403)
        }
    }

    @Test func `a patch may come as a post with an override, other overrides lead nowhere`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken(Self.scope)
            func post(_ path: String, override: String) async throws -> Int {
                let headers = [
                    "Authorization": "Bearer \(token)", "Content-Type": "application/json-patch+json",
                    "If-Match": "W/\"0\"", "X-HTTP-Method-Override": override,
                ]
                return try await ward.client.send(
                    "POST", ward.base + path, headers: headers, body: Data(operations("add").jsonBytes())
                ).status
            }
            #expect(try await post("/Appointment", override: "GET") == 405)
            #expect(try await post("/Appointment/apt-1", override: "delete") == 405)
            #expect(try await post("/Appointment/apt-1", override: "patch") == 200)
        }
    }

    @Test func `a status follows its path`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken(Self.scope)
            func to(_ status: String) -> Value { [["op": "replace", "path": "/status", "value": .string(status)]] }
            #expect(try await patch(ward, token, to("fulfilled")).status == 422)
            #expect(try await patch(ward, token, to("arrived")).status == 200)
            #expect(ward.last("fhir.written")?["appointment"] == "visit")
            #expect(
                try await patch(ward, token, [["op": "add", "path": "/comment", "value": "x"]], match: "W/\"1\"").status
                    == 422)
        }
    }

    private func writeback(
        _ ward: Ward, _ overrides: [String: String] = [:], headers: [String: String] = [:]
    ) async throws -> TestClient.Answer {
        var fields: [(name: String, value: String)] = [
            ("ConferenceID", "900001"), ("ExternalID", "user-ann"), ("ExternalIDType", "1"), ("VendorName", "Teams"),
            ("ConnectionStatus", "1"),
        ]
        for (name, value) in overrides {
            fields.removeAll { $0.name == name }
            if !value.isEmpty { fields.append((name, value)) }
        }
        let url = Form(fields).appended(
            to: ward.listener.origin + "/T-1/api/epic/2018/Telehealth/ContextLinking/SetExternalConnectionStatus")
        let standing = [
            "Authorization": "Basic " + Data("emp$svc:pw".utf8).base64EncodedString(), "Epic-Client-ID": "app",
        ]
        return try await ward.client.send("GET", url, headers: standing.merging(headers) { $1 })
    }

    @Test func `connects and disconnects are taken for the right visit and person`() async throws {
        try await Ward.with(.epic) { ward in
            let answer = try await writeback(ward)
            #expect(answer.status == 200)
            #expect(try Value.parseJSON(answer.text) == ["Status": "1"])
            let event = try #require(ward.last("writeback.received"))
            #expect(event["appointment"] == "visit" && event["attendee"] == "ann" && event["status"] == "connected")
            #expect(event["accepted"] == true && event["base"] == "main")
            _ = try await writeback(ward, ["ExternalID": "user-ruiz", "ConnectionStatus": "2"])
            #expect(ward.last("writeback.received")?["attendee"] == "dr-ruiz")
            #expect(ward.last("writeback.received")?["status"] == "disconnected")
        }
    }

    @Test func `a wrong writeback is refused by its token`() async throws {
        try await Ward.with(.epic) { ward in
            for (overrides, token) in [
                (["ConferenceID": ""], "NO-CONFERENCE-ID"), (["ConferenceID": "1"], "INVALID-CONFERENCE-ID"),
                (["ConferenceID": "900002"], "INVALID-CONFERENCE-ID"), (["ExternalID": ""], "NO-USER-ID"),
                (["ExternalID": "nobody"], "INVALID-USER-ID"), (["ExternalIDType": ""], "NO-USER-ID-TYPE"),
                (["ExternalIDType": "9"], "INVALID-USER-ID-TYPE"), (["VendorName": ""], "NO-VENDOR-NAME"),
                (["ConnectionStatus": ""], "NO-CONNECTION-STATUS"),
                (["ConnectionStatus": "7"], "INVALID-CONNECTION-STATUS"),
            ] {
                let answer = try await writeback(ward, overrides)
                #expect(answer.status == 400)
                #expect(answer.text.contains("command: \(token)."))
                #expect(ward.last("writeback.received")?["reason"]?.string == token)
                #expect(ward.last("writeback.received")?["accepted"] == false)
            }
            #expect(try await writeback(ward, headers: ["Authorization": "Basic eDp5"]).status == 401)
            #expect(try await writeback(ward, headers: ["Epic-Client-ID": "other"]).status == 403)
        }
    }

    @Test func `Epic's appointments cannot be written`() async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken(Self.scope)
            #expect(try await patch(ward, token, operations("add"), match: "W/\"1\"").status == 405)
        }
    }
}

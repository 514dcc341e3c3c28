// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

/// Connects and disconnects over a channel that a deployment maps.
struct MappedWritebackTests {
    /// `POST /attend?visit=…&who=…&word=…`, with `in` and `out` for words; `/{tenant}/attend` names the tenant too.
    private struct Channel: MappedWriteback {
        let faults = WritebackFaults(place: FaultPlace(party: .ehr, path: "/**attend"), locked: .status(423))

        func read(_ request: MockRequest) -> WritebackReading? {
            guard request.segments.last == "attend" else { return nil }
            let tenant = request.segments.count > 1 ? request.segments.first : nil
            let query = request.queryFields
            guard let word = query["word"] else {
                return WritebackReading(tenant: tenant, notice: .failure(.init(reason: "no word")))
            }
            let notice = WritebackNotice(
                appointment: query["visit"] ?? "", user: query["who"] ?? "", role: query["part"],
                status: ["in": "connected", "out": "disconnected"][word], word: word)
            return WritebackReading(tenant: tenant, notice: .success(notice))
        }

        func answer(_ verdict: WritebackVerdict) -> MockResponse {
            switch verdict {
            case .accepted(_, let visit): .text(visit, status: 202, world: nil, party: .ehr)
            case .refused(let refusal): .text(refusal.reason, status: refusal.status ?? 422, world: nil, party: .ehr)
            }
        }
    }

    private func post(_ ward: Ward, _ path: String, _ query: Form) async throws -> Int {
        try await ward.client.send("POST", query.appended(to: ward.listener.origin + path)).status
    }

    @Test(arguments: [Vendor.epic, .cerner], ["/attend", "/T-1/attend"])
    func `a record is taken for the right visit and person, with the tenant in the path or without`(
        _ vendor: Vendor, _ path: String
    ) async throws {
        try await Ward.with(vendor, writeback: Channel()) { ward in
            for visit in ["900001", "apt-1", "enc-1"] {
                let status = try await post(ward, path, ["visit": visit, "who": "user-ann", "part": "x", "word": "in"])
                #expect(status == 202)
                let event = try #require(ward.last("writeback.received"))
                #expect(event["appointment"] == "visit" && event["attendee"] == "ann" && event["base"] == "main")
                #expect(event["status"] == "connected" && event["user-type"] == "x" && event["accepted"] == true)
                #expect(ward.last("http.request")?.world == Ward.world)
            }
            #expect(try await post(ward, path, ["visit": "900001", "word": "out"]) == 202)
            let nameless = try #require(ward.last("writeback.received"))
            #expect(nameless["status"] == "disconnected" && nameless["accepted"] == true)
            #expect(nameless.fields["attendee"] == nil && nameless.fields["user"] == nil)
        }
    }

    @Test func `what does not fit is refused with its reason`() async throws {
        try await Ward.with(.epic, writeback: Channel()) { ward in
            let rows: [(Form, String)] = [
                (["visit": "900002", "who": "user-ann", "word": "in"], "no visit is booked there under \"900002\""),
                (["visit": "900001", "who": "nobody", "word": "in"], "the EHR knows no user \"nobody\""),
                (
                    ["visit": "900001", "who": "user-ann", "word": "joined"],
                    "\"joined\" stands for neither connected nor disconnected (writeback.values)"
                ), (["visit": "900001", "who": "user-ann"], "no word"),
            ]
            for (query, reason) in rows {
                #expect(try await post(ward, "/T-1/attend", query) == 422)
                let event = try #require(ward.last("writeback.received"))
                #expect(event["accepted"] == false && event["reason"]?.string == reason)
                #expect(event.world == Ward.world)
            }
        }
    }

    @Test(arguments: ["/attend", "/T-9/attend"])
    func `what belongs to nobody is unexpected traffic`(_ path: String) async throws {
        try await Ward.with(.epic, writeback: Channel()) { ward in
            let visit = path == "/attend" ? "1" : "900001"
            #expect(try await post(ward, path, ["visit": visit, "who": "user-ann", "word": "in"]) == 422)
            #expect(ward.last("writeback.received") == nil)
            let event = try #require(ward.last("traffic.unexpected"))
            #expect(event.world == nil)
        }
    }

    @Test func `beside it the web service takes no records`() async throws {
        try await Ward.with(.epic, writeback: Channel()) { ward in
            let query: Form = [
                "ConferenceID": "900001", "ExternalID": "user-ann", "ExternalIDType": "1", "VendorName": "v",
                "ConnectionStatus": "1",
            ]
            let answer = try await ward.client.send(
                "GET",
                query.appended(
                    to: ward.listener.origin
                        + "/T-1/api/epic/2018/Telehealth/ContextLinking/SetExternalConnectionStatus"),
                headers: [
                    "Authorization": "Basic " + Data("emp$svc:pw".utf8).base64EncodedString(), "Epic-Client-ID": "app",
                ])
            #expect(answer.status == 403)
            let event = try #require(ward.last("writeback.received"))
            #expect(event["accepted"] == false && event["reason"] == "UNDECLARED-CHANNEL")
        }
    }
}

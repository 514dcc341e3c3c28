// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

/// Cerner's PATCH table (facts 5.3.4).
struct StatusPatchTests {
    private static func status(_ word: String) -> Value {
        ["op": "replace", "path": "/status", "value": .string(word)]
    }

    private static let slot: Value = ["op": "add", "path": "/slot", "value": [["reference": "Slot/7-1"]]]
    private static let newSlot: Value = ["op": "replace", "path": "/slot", "value": [["reference": "Slot/7-2"]]]
    private static let reason: Value = ["op": "add", "path": "/reasonCode", "value": [["text": "Cough"]]]
    private static let comment: Value = ["op": "replace", "path": "/comment", "value": "Moved"]
    private static let why: Value = [
        "op": "add", "path": "/cancelationReason",
        "value": ["coding": [["system": "https://fhir.cerner.com/T-1/codeSet/14229", "code": "7"]]],
    ]
    private static let accepted: Value = ["op": "replace", "path": "/patient-status", "value": "accepted"]

    private func patch(
        _ ward: Ward, _ operations: [Value], match: String? = "current", type: String = "application/json-patch+json"
    ) async throws -> TestClient.Answer {
        let token = try await ward.systemToken("system/Appointment.read system/Appointment.write")
        var headers = ["Authorization": "Bearer \(token)", "Content-Type": type]
        headers["If-Match"] = match
        if match == "current" { headers["If-Match"] = try await ward.get("Appointment/apt-1", token).header("ETag") }
        return try await ward.client.send(
            "PATCH", ward.base + "/Appointment/apt-1", headers: headers,
            body: Data(Value.array(operations).jsonBytes()))
    }

    private func read(_ ward: Ward) async throws -> Value {
        let token = try await ward.systemToken("system/Appointment.read")
        return try Value.parseJSON(try await ward.get("Appointment/apt-1", token).text)
    }

    static let statuses = ["proposed", "booked", "arrived", "checked-in", "fulfilled", "cancelled", "noshow"]

    @Test(arguments: statuses) func `a status goes where the table lets it`(from: String) async throws {
        let moves: [String: Set<String>] = [
            "proposed": ["booked", "cancelled"], "booked": ["arrived", "checked-in", "cancelled"],
            "arrived": ["checked-in", "cancelled"], "checked-in": ["fulfilled", "cancelled"],
        ]
        try await Ward.with(.cerner) { ward in
            for to in Self.statuses {
                try await ward.ehr.setStatus(of: "visit", to: from, in: Ward.world)
                let answer = try await patch(ward, [Self.status(to)] + (to == "booked" ? [Self.slot] : []))
                let isAllowed = moves[from]?.contains(to) == true
                #expect(answer.status == (isAllowed ? 200 : 422), "\(from) to \(to)")
                #expect(try await read(ward)["status"]?.string == (isAllowed ? to : from))
                guard isAllowed else {
                    let outcome = try Value.parseJSON(answer.text)
                    #expect(outcome["issue"]?[0]?["code"] == "business-rule")
                    #expect(ward.last("fhir.refused")?["status"]?.int == 422)
                    continue
                }
                #expect(answer.body.isEmpty && answer.header("Content-Type") == "text/html")
            }
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var from = "booked"
        let operations: [Value]
        let status: Int
    }

    static let rows: [Row] = [
        Row(testDescription: "booking with slot", from: "proposed", operations: [status("booked"), slot], status: 200),
        Row(
            testDescription: "booking with slot and reason", from: "proposed",
            operations: [status("booked"), slot, reason], status: 200),
        Row(testDescription: "booking without slot", from: "proposed", operations: [status("booked")], status: 422),
        Row(testDescription: "slot without booking", from: "proposed", operations: [slot], status: 422),
        Row(testDescription: "reason without booking", operations: [reason], status: 422),
        Row(
            testDescription: "reason without text", from: "proposed",
            operations: [status("booked"), slot, ["op": "add", "path": "/reasonCode", "value": [["coding": []]]]],
            status: 422),
        Row(testDescription: "cancelling with a reason", operations: [status("cancelled"), why], status: 200),
        Row(testDescription: "cancelling reason alone", operations: [why], status: 422),
        Row(testDescription: "cancelling reason on arrival", operations: [status("arrived"), why], status: 422),
        Row(
            testDescription: "cancelling reason with two codings",
            operations: [
                status("cancelled"),
                ["op": "add", "path": "/cancelationReason", "value": ["coding": [["code": "1"], ["code": "2"]]]],
            ], status: 422),
        Row(testDescription: "another slot", operations: [newSlot], status: 200),
        Row(testDescription: "another slot with a comment", operations: [newSlot, comment], status: 200),
        Row(testDescription: "comment alone", operations: [comment], status: 422),
        Row(
            testDescription: "two slots",
            operations: [
                ["op": "replace", "path": "/slot", "value": [["reference": "Slot/1"], ["reference": "Slot/2"]]]
            ], status: 422),
        Row(
            testDescription: "slot that is none",
            operations: [["op": "replace", "path": "/slot", "value": ["reference": "Location/1"]]], status: 422),
        Row(testDescription: "patient who was not tentative", operations: [accepted], status: 422),
        Row(
            testDescription: "status added", operations: [["op": "add", "path": "/status", "value": "arrived"]],
            status: 422),
        Row(testDescription: "status removed", operations: [["op": "remove", "path": "/status"]], status: 422),
        Row(testDescription: "status twice", operations: [status("arrived"), status("checked-in")], status: 422),
        Row(
            testDescription: "status and start",
            operations: [
                status("arrived"), ["op": "replace", "path": "/start", "value": "2027-01-15T08:00:00Z"],
            ], status: 422),
        Row(
            testDescription: "test operation", operations: [["op": "test", "path": "/status", "value": "booked"]],
            status: 422),
        Row(testDescription: "nothing", operations: [], status: 400),
        Row(testDescription: "no operations", operations: [["path": "/status"]], status: 400),
    ]

    @Test(arguments: rows) func `a patch keeps company as the table says`(row: Row) async throws {
        try await Ward.with(.cerner) { ward in
            try await ward.ehr.setStatus(of: "visit", to: row.from, in: Ward.world)
            let before = try await read(ward)
            #expect(try await patch(ward, row.operations).status == row.status)
            if row.status == 200 {
                #expect(ward.last("fhir.written")?["interaction"] == "patch")
            } else {
                #expect(ward.last("fhir.refused")?["status"]?.int == row.status)
                #expect(try await read(ward) == before)
            }
        }
    }

    @Test func `what was patched is read`() async throws {
        try await Ward.with(.cerner) { ward in
            try await ward.ehr.setStatus(of: "visit", patient: "tentative", in: Ward.world)
            #expect(try await patch(ward, [Self.newSlot, Self.comment]).status == 200)
            let read1 = try await read(ward)
            #expect(read1["slot"]?[0]?["reference"] == "Slot/7-2")
            #expect(read1["comment"] == "Moved")
            #expect(read1["participant"]?[0]?["status"] == "tentative")
            #expect(try await patch(ward, [Self.accepted]).status == 200)
            #expect(try await read(ward)["participant"]?[0]?["status"] == "accepted")
        }
    }

    @Test func `versions, locks and dependencies refuse with their own status`() async throws {
        try await Ward.with(.cerner) { ward in
            let arrived = [Self.status("arrived")]
            #expect(try await patch(ward, arrived, match: nil).status == 412)
            #expect(try await patch(ward, arrived, match: "W/\"9\"").status == 409)
            #expect(try await patch(ward, arrived, type: "application/fhir+json").status == 406)
            try await ward.ehr.setCondition(.locked, of: "visit", in: Ward.world)
            #expect(try await patch(ward, arrived).status == 423)
            #expect(ward.last("fhir.refused")?["status"]?.int == 423)
            try await ward.ehr.setCondition(.free, of: "visit", in: Ward.world)
            try await ward.ehr.setCondition(.dependency, of: "visit", in: Ward.world)
            #expect(try await patch(ward, arrived).status == 424)
            #expect(try await patch(ward, arrived).status == 200)
        }
    }
}

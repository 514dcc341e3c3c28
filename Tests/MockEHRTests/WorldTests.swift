// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

struct WorldTests {
    @Test func `a closed world takes no sign-in, and records what still arrives`() async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken("system/Appointment.read")
            await ward.ehr.close(world: Ward.world)
            let form: Form = ["return": "/T-1/mychart", "username": "login-ann", "password": "pass-ann"]
            #expect(try await ward.post(ward.listener.origin + "/T-1/sign-in", form).status == 401)
            #expect(try await ward.get("Appointment/apt-1", token).status == 200)
            #expect(ward.last("fhir.read")?.world == Ward.world)
        }
    }

    @Test func `a token of one base is nothing at another`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken("system/Patient.read")
            let other = WorldModel(
                id: WorldID(rawValue: "w2"), vendor: .epic, tenant: "t", domain: "d.example", organizationName: "O",
                subscription: .none, region: .europe,
                bases: [
                    FHIRBase(
                        alias: "main", environment: .test, tenant: "T-2",
                        url: ward.listener.origin + "/T-2/api/FHIR/R4", release: "2022-02")
                ], people: ward.model.people, appointments: [], start: Ward.start)
            try await ward.ehr.open(
                world: other, clock: WorldClock(startingAt: Ward.start), registration: Ward.registration)
            let answer = try await ward.client.send(
                "GET", other.bases[0].url + "/Patient/fhir-ann", headers: ["Authorization": "Bearer \(token)"])
            #expect(answer.status == 401)
            #expect(ward.last("fhir.refused")?.world == other.id)
            await #expect(throws: EHRError.self) {
                try await ward.ehr.open(
                    world: other, clock: WorldClock(startingAt: Ward.start), registration: Ward.registration)
            }
        }
    }

    @Test func `what the runner cannot have says what there is`() async throws {
        try await Ward.with(.cerner) { ward in
            let error = await #expect(throws: EHRError.self) { try await ward.ehr.book("visti", in: Ward.world) }
            #expect(error?.remedy.contains("visit") == true)
            await #expect(throws: EHRError.self) { try await ward.ehr.move("other", to: Ward.start, in: Ward.world) }
            await #expect(throws: EHRError.self) {
                try await ward.ehr.install(
                    records: [IntegrationRecord(role: .provider, baseURL: "http://x/", launchURL: "http://y/")],
                    in: Ward.world)
            }
            #expect(ward.journal.events().filter { $0.kind == "records.installed" }.count == 1)
        }
    }

    @Test func `misplaced records launch with the other base as issuer`() async throws {
        try await Ward.with(.cerner) { ward in
            try await ward.ehr.install(
                records: [
                    IntegrationRecord(
                        role: .provider, baseURL: "http://elsewhere.example/r4/x",
                        launchURL: "http://127.0.0.1:9/l/other")
                ], misplacedAt: "main", in: Ward.world)
            let (_, url, query) = try await ward.launch(from: .powerchart)
            #expect(url.hasPrefix("http://127.0.0.1:9/l/other?"))
            #expect(query["iss"] == ward.base)
        }
    }

    @Test func `a locked appointment is a fault that can be armed`() async throws {
        guard case .status(let status, _, _, let body, _) = WritebackFaults.webService.locked else {
            Issue.record("the fault is no status")
            return
        }
        #expect(status == 400)
        #expect(body?.contains("command: LOCK-FAILED.") == true)
        let place = WritebackFaults.webService.place
        #expect(
            place.matches(
                party: .ehr, method: "GET",
                path: "/T-1/api/epic/2018/Telehealth/ContextLinking/SetExternalConnectionStatus"))
    }
}

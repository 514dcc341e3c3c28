// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

/// What the vendors do that nobody expects, and the mock with them.
struct QuirkTests {
    @Test func `the published cipher gives the published text`() {
        // Known answer: facts, section 9.
        let plain = "SessionID=900001&ConferenceID=C-1&ExternalID=E-1&ExternalIDType=1"
        let key = LaunchEncryption.derivedKey("0123456789abcdef")
        #expect(
            key.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
                == "5465878d93015bc454a838d400d1d3fc")
        #expect(
            LaunchEncryption(key: "0123456789abcdef").encrypted(plain)
                == "YHcMx+Y/PFtKLi1oSrYw+cbtIh5Fj/feq8ni+ykffeEMCsWxsj7kbMYb9LCJUpubA0lp6tFgkipkYhUPgHnU3PxMWsKzGSrz2FqWCIg7AY8="
        )
    }

    private func launched(
        _ parameters: String, _ encryption: LaunchEncryption? = nil, _ check: (Form, String) throws -> Void
    ) async throws {
        try await Ward.with(.epic) { ward in
            try await ward.ehr.install(
                records: [
                    IntegrationRecord(
                        role: .provider, baseURL: ward.base, launchURL: "http://127.0.0.1:9/launch",
                        parameters: parameters, encryption: encryption)
                ], in: Ward.world)
            let (_, url, query) = try await ward.launch(from: .hyperspace)
            try check(query, url)
        }
    }

    @Test func `an FDI record's context tokens are filled, unknown ones are empty`() async throws {
        try await launched(
            "sessionId=%CSN%&group=%CONFERENCEID%&departmentId=%PERFDEPID;;; ; ;;NONE;%&at=%EXTENSION;15354%"
                + "&other=%EXTENSION;99%&shoe=%SHOESIZE%&data=%ENCRYPTED_DATA%"
        ) { query, _ in
            #expect(query["sessionId"] == "900001" && query["group"] == "900001")
            #expect(query["departmentId"]?.isEmpty == false)
            #expect(query["at"] == (Ward.start + .seconds(1200)).description)
            for empty in ["other", "shoe", "data"] { #expect(query[empty]?.isEmpty == true) }
        }
    }

    @Test func `an FDI record with a key encrypts who comes, to what and when`() async throws {
        let rules = LaunchEncryption(key: "fedcba9876543210", validity: 15, zone: "America/Chicago")
        try await launched("extDataType=1&extData=%ENCRYPTED_DATA%", rules) { query, url in
            #expect(!url.contains("ruiz"))
            let data = try #require(Data(base64Encoded: query["extData"] ?? ""))
            let plain = try LaunchText.decrypted(data, key: LaunchEncryption.derivedKey("fedcba9876543210"))
            let fields = Dictionary(
                uniqueKeysWithValues: plain.split(separator: "&").map { pair in
                    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    return (String(parts[0]), String(parts[1]))
                })
            #expect(fields["SessionID"] == "900001" && fields["ExternalID"] == "user-ruiz")
            #expect(fields["FirstName"] == "Ruiz")
            // 2027-01-15T08:20:00Z, by the clock on the server's wall.
            #expect(fields["AppointmentTime"] == "01/15/2027 02:20 AM")
            #expect(fields["LinkValidityPeriod"] == "15")
        }
    }

    @Test func `LOCK-FAILED passes, and the same call is taken afterwards`() async throws {
        let plan = FaultPlan()
        let place = WritebackFaults.webService.place
        plan.arm(Fault(at: place, WritebackFaults.webService.locked, in: nil))
        let journal = Journal()
        let ehr = MockEHR(journal: journal, seed: RunSeed(seed: 1, nonce: "n"))
        let listener = try await MockListener.start(handler: ehr, journal: journal, faults: plan)
        let model = Ward.model(.epic, origin: listener.origin)
        let clock = WorldClock(startingAt: Ward.start)
        journal.register(world: Ward.world, clock: clock)
        try await ehr.open(world: model, clock: clock, registration: Ward.registration)
        try await ehr.book("visit", in: Ward.world)
        let query: Form = [
            "ConferenceID": "900001", "ExternalID": "user-ann", "ExternalIDType": "2", "VendorName": "v",
            "ConnectionStatus": "1",
        ]
        let url = query.appended(
            to: listener.origin + "/T-1/api/epic/2018/Telehealth/ContextLinking/SetExternalConnectionStatus")
        let headers = [
            "Authorization": "Basic " + Data("emp$svc:pw".utf8).base64EncodedString(), "Epic-Client-ID": "app",
        ]
        let first = try await TestClient().send("GET", url, headers: headers)
        #expect(first.status == 400 && first.text.contains("command: LOCK-FAILED."))
        let second = try await TestClient().send("GET", url, headers: headers)
        #expect(second.status == 200)
        #expect(try Value.parseJSON(second.text) == ["Status": "1"])
        await listener.stop()
    }

    @Test func `Cerner lets a query stand behind a registered redirect address, Epic does not`() async throws {
        for (vendor, isTaken) in [(Vendor.cerner, true), (.epic, false)] {
            try await Ward.with(vendor) { ward in
                let entry: LaunchEntry = vendor == .cerner ? .powerchart : .hyperspace
                let (cookie, _, query) = try await ward.launch(from: entry)
                let redirect = Ward.redirect + "?tenant=7"
                let answer = try await ward.authorize(
                    ward.request(launch: query["launch"], ["redirect_uri": redirect]), cookie: cookie)
                #expect((answer["code"] != nil) == isTaken)
                guard let code = answer["code"] else { return }
                #expect(answer["tenant"] == "7")
                // At the token endpoint it is the whole address again.
                let (status, _) = try await ward.redeem(code, ["redirect_uri": redirect])
                #expect(status == 200)
            }
        }
    }

    @Test func `Cerner's answers have a gateway's id`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken("system/Appointment.read")
            let answer = try await ward.get("Appointment/apt-1", token)
            let id = try #require(answer.header("opc-request-id"))
            #expect(id.wholeMatch(of: /\/[0-9A-F]{32}\/[0-9A-F]{32}/) != nil)
        }
    }

    @Test(arguments: [
        ("action-comment", "valueString", 200), ("is-cancelable", "valueString", 422),
        ("reschedule-reason", "valueNothing", 422),
    ]) func `Cerner's appointments take two extensions`(name: String, member: String, status: Int) async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken("system/Appointment.read system/Appointment.write")
            let address = "https://fhir-ehr.cerner.com/r4/StructureDefinition/" + name
            let members = Members([("url", .string(address)), (member, "late")])
            let body: Value = [["op": "add", "path": "/extension", "value": [.object(members)]]]
            let answer = try await ward.client.send(
                "PATCH", ward.base + "/Appointment/apt-1",
                headers: [
                    "Authorization": "Bearer \(token)", "Content-Type": "application/json-patch+json",
                    "If-Match": "W/\"0\"",
                ], body: Data(body.jsonBytes()))
            #expect(answer.status == status)
        }
    }
}

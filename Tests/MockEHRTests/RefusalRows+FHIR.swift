// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Value
import World

extension RefusalRow {
    /// A system's token of this scope, and a read it does not cover.
    private static func read(
        _ name: String, at vendor: Vendor = .cerner, scope: String, _ path: String, _ reason: String
    )
        -> RefusalRow
    {
        RefusalRow(name, at: vendor, .fhir(403), reason) { ward in
            Refusal(try await ward.get(path, try await ward.systemToken(scope)))
        }
    }

    /// A user's session with this scope, and a read it does not cover.
    private static func session(
        _ name: String, at vendor: Vendor, _ entry: LaunchEntry, by person: String, scope: String, _ path: String,
        _ reason: String
    ) -> RefusalRow {
        RefusalRow(name, at: vendor, .fhir(403), reason) { ward in
            let answer = try await ward.session(from: entry, by: person, scope: scope)
            return Refusal(try await ward.get(path, try #require(answer["access_token"]?.string)))
        }
    }

    private static let day = "&date=ge2020-01-01T00:00:00Z"

    static let fhir: [RefusalRow] = [
        RefusalRow("no token", .fhir(401), "no bearer token") { ward in
            Refusal(try await ward.client.send("GET", ward.base + "/Appointment/apt-1"))
        },
        RefusalRow("token is in the address", .fhir(401), "no bearer token") { ward in
            let token = try await ward.systemToken("system/Appointment.read")
            return Refusal(
                try await ward.client.send("GET", ward.base + "/Appointment/apt-1?access_token=" + token))
        },
        RefusalRow("token is invented", at: .epic, .fhir(401), "the token is not known at this base") { ward in
            Refusal(try await ward.get("Appointment/apt-1", "invented"))
        },
        RefusalRow("token ran out", .fhir(401), "the token has expired") { ward in
            let token = try await ward.systemToken("system/Appointment.read")
            ward.wire.advance(seconds: 601)
            return Refusal(try await ward.get("Appointment/apt-1", token))
        },
        RefusalRow("token ran out, at Epic", at: .epic, .fhir(401), "the token has expired") { ward in
            let token = try await ward.systemToken("system/Appointment.read")
            ward.wire.advance(seconds: 3601)
            return Refusal(try await ward.get("Appointment/apt-1", token))
        },
        RefusalRow("token is another tenant's", .fhir(401), "the token is not known at this base") { ward in
            let other = try await ward.openOther(.cerner)
            let endpoint = try await ward.endpoint("token_endpoint").replacing("T-1", with: "T-2")
            let answer = try await ward.post(
                endpoint, ["grant_type": "client_credentials", "scope": "system/Appointment.read"],
                headers: ["Authorization": "Basic " + Data("system:sys".utf8).base64EncodedString()])
            let token = try #require(try Value.parseJSON(answer.text)["access_token"]?.string)
            let headers = ["Authorization": "Bearer \(token)"]
            #expect(
                try await ward.client.send("GET", other.base + "/Appointment/apt-1", headers: headers).status == 200)
            return Refusal(try await ward.get("Appointment/apt-1", token))
        },
        RefusalRow("token's code was used twice", .fhir(401), "the token is not known at this base") { ward in
            let code = try await ward.code()
            let token = try #require(try await ward.redeem(code).1["access_token"]?.string)
            _ = try await ward.redeem(code)
            return Refusal(try await ward.get("Appointment/apt-1", token))
        },
        RefusalRow("token's refresh token was revoked", .fhir(401), "the token is not known at this base") { ward in
            let session = try await ward.session(from: .powerchart)
            _ = try await ward.exchange(
                ["token": try #require(session["refresh_token"]?.string)],
                at: try await ward.endpoint("revocation_endpoint"))
            return Refusal(try await ward.get("Appointment/apt-1", try #require(session["access_token"]?.string)))
        },
        read(
            "scope is for another type", scope: "system/Appointment.read", "Patient/fhir-ann",
            "no scope for Patient (r)"),
        read(
            "scope is for another type, at Epic", at: .epic, scope: "system/Appointment.rs", "Encounter/enc-1",
            "no scope for Encounter (r)"),
        read(
            "scope reads and does not search", scope: "system/Appointment.r", "Appointment?patient=fhir-ann" + day,
            "no scope for Appointment (s)"),
        read(
            "scope searches and does not read", scope: "system/Appointment.s", "Appointment/apt-1",
            "no scope for Appointment (r)"),
        read(
            "scope writes and does not read", scope: "system/Appointment.write", "Appointment/apt-1",
            "no scope for Appointment (r)"),
        read(
            "scope is narrowed to others", scope: "system/Appointment.rs?status=cancelled", "Appointment/apt-1",
            "the scope does not cover this Appointment"),
        session(
            "user's token and a system's scope", at: .cerner, .powerchart, by: "dr-ruiz",
            scope: "launch openid system/Appointment.read", "Appointment/apt-1", "no scope for Appointment (r)"),
        session(
            "identity scopes alone", at: .epic, .hyperspace, by: "dr-ruiz", scope: "launch openid fhirUser",
            "Practitioner/fhir-ruiz", "no scope for Practitioner (r)"),
        session(
            "another patient's record", at: .epic, .mychart, by: "ann", scope: "launch openid patient/Patient.read",
            "Patient/fhir-bob", "the scope does not cover this Patient"),
        RefusalRow("scope reads and does not write", .fhir(403), "no scope for Communication (c)") { ward in
            let token = try await ward.systemToken("system/Communication.read")
            return Refusal(
                try await ward.client.send(
                    "POST", ward.base + "/Communication",
                    headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/fhir+json"],
                    body: Data("{\"resourceType\":\"Communication\"}".utf8)))
        },
    ]
}

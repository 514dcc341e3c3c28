// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

struct HostileTests {
    private static let paths = [
        "", "metadata", "Appointment", "Appointment/apt-1", "Appointment/_search", "Patient/fhir-ann", "Encounter", "/",
        "%",
        ".well-known/smart-configuration", "Appointment/apt-1/_history/1", "Nonsense/%00/..", "Patient//",
    ]
    private static let queries = [
        "", "&&==", "patient=fhir-ann&date=ge9999-99-99", "date=ge&date=lt", "_count=-1&patient=fhir-ann",
        "identifier=|&_id=,", "date=0000-00", "patient=&date=ge2020-01-01", "_method=patch", "pageContext=x", "%=%25%",
        "ConferenceID=900001&ExternalID=user-ann&ExternalIDType=1&VendorName=&ConnectionStatus=99999999999999999999",
        "client_id=app&redirect_uri=x&launch=", "appointment=apt-1&record=-1", "appointment=apt-1&record=99",
    ]
    private static let bodies = [
        "", "{", "[]", "[{}]", "null", "grant_type=authorization_code&code=&client_assertion=a.b.c",
        "[{\"op\":\"add\",\"path\":\"/contained/0/telecom/0/value\",\"value\":5}]", "return=/x&username=&password=",
        "grant_type=refresh_token&refresh_token=x&grant_type=y", "request=&decision=accept", "{\"resourceType\":[]}",
    ]
    private static let types = [
        "application/json-patch+json", "application/x-www-form-urlencoded", "application/fhir+json", "", ";;",
    ]

    @Test(arguments: Vendor.allCases) func `whatever arrives is answered`(vendor: Vendor) async throws {
        try await Ward.with(vendor) { ward in
            var random = RunSeed(seed: 7, nonce: "").plan("hostile")
            let token = try await ward.systemToken(
                "system/Appointment.read system/Appointment.write system/Patient.read")
            let base = String(ward.base.dropFirst(ward.listener.origin.count))
            let endpoints = [
                try await ward.endpoint("authorization_endpoint"), try await ward.endpoint("token_endpoint"),
            ].map { String($0.dropFirst(ward.listener.origin.count)) }
            let others = [
                "/T-1/sign-in", "/T-1/consent", "/T-1/mychart", "/T-1/mychart/launch", "/T-1/powerchart/launch", "/T-1",
                "/T-1/api/epic/2018/Telehealth/ContextLinking/SetExternalConnectionStatus", "/", "//", "/%zz/T-1",
            ]
            let authorizations = [
                "Bearer " + token, "Bearer", "Basic " + Data("system:sys".utf8).base64EncodedString(), "Basic %%%", "",
                "Basic " + Data("svc:pw".utf8).base64EncodedString(),
                "Basic " + Data("app:s3cret".utf8).base64EncodedString(),
            ]
            for index in 0..<3000 {
                func pick(_ list: [String]) -> String { list.randomElement(using: &random) ?? "" }
                let below = pick(Self.paths)
                let path = pick([base + "/" + below, base + "/" + below, pick(endpoints), pick(others)])
                let request = MockRequest(
                    exchange: ExchangeID(rawValue: "h\(index)"),
                    method: pick(["GET", "POST", "PATCH", "PUT", "HEAD", "X"]),
                    path: path, query: pick(Self.queries),
                    headers: [
                        ("Authorization", pick(authorizations)), ("Content-Type", pick(Self.types)),
                        ("If-Match", pick(["W/\"0\"", "W/\"1\"", "*", "\""])),
                        ("Cookie", pick(["", ";;=", "a=b;a=c"])),
                        ("Epic-Client-ID", pick(["app", ""])), ("X-HTTP-Method-Override", pick(["", "PATCH", "get"])),
                    ], body: Data(pick(Self.bodies).utf8), origin: ward.listener.origin, actor: nil, remotePort: 1)
                let response = await ward.ehr.respond(to: request)
                #expect((200..<500).contains(response.status), "\(request.method) \(path)?\(request.query)")
                for event in response.events { #expect(EventVocabulary.type(event.kind) != nil) }
            }
        }
    }
}

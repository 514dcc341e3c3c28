// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

/// Three regions, each with an endpoint of its own.
struct RegionTests {
    private func ask(_ clinic: Clinic, origin: String, path: String) async -> MockResponse {
        let date = HTTPDate.text(.wall)
        let host = MicrosoftHosts.host(of: origin)
        let hash = ResourceAuthentication.contentHash(Data())
        let signature = ResourceAuthentication.signature(
            method: "GET", target: path, date: date, host: host, contentHash: hash,
            key: Data(base64Encoded: Clinic.sms.accessKey) ?? Data())
        let parts = path.split(separator: "?")
        return await clinic.mock.respond(
            to: MockRequest(
                exchange: clinic.journal.nextExchangeID(), method: "GET", path: String(parts[0]),
                query: String(parts[1]),
                headers: [
                    ("Host", host), ("x-ms-date", date), ("x-ms-content-sha256", hash),
                    (
                        "Authorization",
                        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + signature
                    ),
                ], body: Data(), origin: origin, actor: nil, remotePort: 1))
    }

    @Test(arguments: [("americas", 200), ("europe", 404), ("asia-pacific", 404)])
    func `a resource is served by its own region alone`(region: String, status: Int) async throws {
        let clinic = try await Clinic()
        let path = "/acs/\(region)/\(clinic.model.tenant)/phoneNumbers?api-version=2025-06-01"
        #expect(await ask(clinic, origin: Clinic.origin, path: path).status == status)
        #expect(clinic.events("sms.refused").count == (status == 200 ? 0 : 1))
    }

    @Test(arguments: [("unitedstates.", 200), ("europe.", 404), ("asiapacific.", 404), ("", 200)])
    func `Azure's own host names tell the region too`(word: String, status: Int) async throws {
        let clinic = try await Clinic()
        let origin = "https://\(clinic.model.tenant).\(word)communication.azure.com"
        let answer = await ask(clinic, origin: origin, path: "/phoneNumbers?api-version=2025-06-01")
        #expect(answer.status == status)
    }
}

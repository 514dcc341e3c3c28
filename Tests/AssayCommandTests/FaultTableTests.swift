// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Value

/// Each fault at each boundary of the world alone, armed by the control API in the words of a scenario, and seen on the wire.
@Suite struct FaultTableTests {
    private let client = TestClient()

    /// What is seen of a fault, beside the answer without it.
    private struct Sight {
        let plain: TestClient.Answer
        /// Nil: none came, or half of one.
        let answer: TestClient.Answer?
        let isReset: Bool

        var isPlain: Bool { answer?.status == plain.status && answer?.body.count == plain.body.count }
        func number(_ name: String) -> Int? { answer?.header(name).flatMap { Int($0) } }
    }

    private static let faults: [(members: String, isSeen: @Sendable (Sight) -> Bool)] = [
        (#""status": 429, "retry-after": 30"#, { $0.answer?.status == 429 && $0.number("Retry-After") == 30 }),
        (
            #""status": 429, "retry-after": 30, "retry-after-date": true"#,
            { $0.answer?.status == 429 && $0.answer?.header("Retry-After")?.hasSuffix("GMT") == true }
        ),
        (#""status": 503"#, { $0.answer?.status == 503 }),
        (#""latency": "5ms""#, \.isPlain), (#""delay": "uniform 1ms 5ms""#, \.isPlain),
        (#""drip": 400"#, \.isPlain), (#""hang-up": true"#, \.isPlain), (#""duplicate": true"#, \.isPlain),
        (#""reorder": "5ms""#, \.isPlain),
        (#""drop": true"#, { $0.answer == nil && !$0.isReset }),
        (#""drop": true, "after-work": true"#, { $0.answer == nil && !$0.isReset }),
        (#""reset": true"#, { $0.answer == nil && $0.isReset }),
        (#""timeout": "5ms""#, { $0.answer == nil }),
        (#""truncate": 5"#, { $0.answer?.body.count == 5 && $0.number("Content-Length") == $0.plain.body.count }),
        (#""malformed": true"#, { ($0.answer?.body.count).map { $0 > 0 } == true && !$0.isPlain }),
        (#""bad-chunks": true"#, { $0.answer?.text.contains("not-a-size") == true }),
        (#""redirect": "http://127.0.0.1:9/x""#, { $0.answer?.header("Location") == "http://127.0.0.1:9/x" }),
        (#""content-type": "image/gif""#, { $0.answer?.header("Content-Type") == "image/gif" }),
        (#""oversize": 70000"#, { $0.answer?.body.count == 70_000 + $0.plain.body.count }),
        (#""skew": "-400d""#, { $0.answer?.header("Date")?.contains(year(of: $0.plain)) == false }),
    ]

    @Test(arguments: ["ehr", "entra", "graph", "teams", "sms"])
    func `every kind is seen where it is armed`(place: String) async throws {
        let mock = try MockProcess(["--vendor", "cerner"])
        let world = mock.world(0)
        let addresses = [
            "ehr": (world["ehr"]?["fhir-base"]?.string ?? "") + "/metadata",
            "entra": world["microsoft"]?["openid-configuration"]?.string ?? "",
            "graph": (world["microsoft"]?["graph"]?.string ?? "") + "/users",
            "teams": mock.microsoft + "/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d",
            "sms": (world["sms"]?["endpoint"]?.string ?? "") + "/sms?api-version=2021-03-07",
        ]
        let address = try #require(addresses[place])
        for (members, isSeen) in Self.faults {
            let plain = try await client.send("GET", address)
            #expect(plain.body.count > 10, "\(place) answers \(plain.status) with too little to tell faults by")
            let armed = try await client.send(
                "POST", mock.ehr + "/-/faults", headers: ["Content-Type": "application/json"],
                body: Data("{\"place\": \"\(place)\", \(members)}".utf8))
            #expect(armed.status == 201, "\(members): \(armed.text)")
            let (bytes, isReset) = try await client.raw("GET", address)
            let sight = Sight(plain: plain, answer: try? TestClient.parse(bytes), isReset: isReset)
            #expect(
                isSeen(sight),
                "\(place), \(members): \(sight.answer?.status ?? 0), \(sight.answer?.headers ?? []), \(bytes.count) bytes"
            )
        }
        let left = try Value.parseJSON(try await client.send("GET", mock.ehr + "/-/faults").text)["faults"]
        #expect(left == [], "each struck once, and was used up")
        let said = try await client.send("GET", mock.ehr + "/-/exchanges")
        let struck = try Value.parseJSON(said.text)["exchanges"]?.array?.filter { $0["fault"] != nil } ?? []
        #expect(struck.count == Self.faults.count, "each is named in the list of exchanges")
    }
}

private func year(of answer: TestClient.Answer) -> String {
    answer.header("Date").map { String($0.dropFirst("Sat, 21 Nov ".count).prefix(4)) } ?? "no date"
}

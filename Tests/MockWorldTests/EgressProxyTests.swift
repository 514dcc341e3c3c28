// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Testing
import Trace
import Value

@testable import MockWorld

@Suite struct `The observed way out` {
    private func request(_ method: String, origin: String, path: String) -> MockRequest {
        MockRequest(
            exchange: ExchangeID(rawValue: "x1"), method: method, path: path, query: "", headers: [], body: Data(),
            origin: origin, actor: nil, remotePort: 1)
    }

    @Test func `lets nothing through and says where it was meant to go`() async throws {
        let response = await EgressProxy().respond(
            to: request("POST", origin: "http://telemetry.example.net:8080", path: "/collect"))
        #expect(response.status == 502)
        let event = try #require(response.events.first)
        #expect(event.kind == "egress.attempted")
        #expect(event.fields["host"] == "telemetry.example.net")
        #expect(event.fields["port"] == 8080)
        #expect(event.fields["url"] == "http://telemetry.example.net:8080/collect")
    }

    @Test func `of a tunnel it sees host and port only`() async throws {
        let response = await EgressProxy().respond(
            to: request("CONNECT", origin: "https://telemetry.example.net:443", path: "/"))
        let event = try #require(response.events.first)
        #expect(event.fields["port"] == 443)
        #expect(event.fields["scheme"] == "https")
        #expect(event.fields["url"] == nil)
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Trace
import Value
package import World

/// A request as a mock's behaviour sees it.
package struct MockRequest: Sendable {
    package let exchange: ExchangeID
    package let method: String
    /// Percent-encoded path as it arrived, without query.
    package let path: String
    /// Raw query string without `?`; empty where there is none.
    package let query: String
    package let headers: [(name: String, value: String)]
    package let body: Data
    /// Scheme, host and port the client addressed, for example `http://127.0.0.1:4431`.
    package let origin: String
    /// The person whose browser sends it (header `Assay-Actor`, which only the harness's own actors send, and only to mocks).
    package let actor: String?
    package let remotePort: Int
    package var trouble = RequestTrouble()

    package init(
        exchange: ExchangeID, method: String, path: String, query: String, headers: [(name: String, value: String)],
        body: Data, origin: String, actor: String?, remotePort: Int
    ) {
        self.exchange = exchange
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.origin = origin
        self.actor = actor
        self.remotePort = remotePort
    }

    /// First value of a header, by case-insensitive name.
    package func header(_ name: String) -> String? {
        headers.first { HeaderText.areEqual($0.name, name) }?.value
    }
}

/// A mock's answer, with the events that it means.
package struct MockResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Data { didSet { record = nil } }
    /// The record of the body, where whoever made that had it already.
    package private(set) var record: RecordedBody?
    /// The world the exchange belongs to; nil is the run-level lane.
    package var world: WorldID?
    /// The party that answered, for example `.entra` on Microsoft's shared listener.
    package var party: Party
    /// Recorded after the request and before the response, with this exchange's id and world filled in.
    package var events: [EventDraft]
    package init(
        status: Int, headers: [(name: String, value: String)] = [], body: Data = Data(), world: WorldID? = nil,
        party: Party, events: [EventDraft] = [], record: RecordedBody? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.record = record
        self.world = world
        self.party = party
        self.events = events
    }
}

/// The behaviour behind one listener. Called concurrently.
package protocol MockHandler: Sendable {
    /// Which world and party a request belongs to, before it is handled: the request is recorded with it on receipt.
    func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party)
    /// Answers a request. Never throws: what a mock refuses, it refuses as the vendor does.
    func respond(to request: MockRequest) async -> MockResponse
}

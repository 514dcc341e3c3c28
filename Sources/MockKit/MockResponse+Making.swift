// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Trace
package import Value
package import World

extension MockResponse {
    /// A JSON answer.
    package static func json(
        _ value: Value, status: Int = 200, type: String = "application/json",
        headers: [(name: String, value: String)] = [],
        world: WorldID?, party: Party, events: [EventDraft] = []
    ) -> MockResponse {
        MockResponse(
            status: status, headers: [(name: "Content-Type", value: type)] + headers, body: Data(value.jsonBytes()),
            world: world, party: party, events: events)
    }

    /// A plain text answer.
    package static func text(
        _ text: String, status: Int, headers: [(name: String, value: String)] = [], world: WorldID?, party: Party,
        events: [EventDraft] = []
    ) -> MockResponse {
        MockResponse(
            status: status, headers: [(name: "Content-Type", value: "text/plain; charset=utf-8")] + headers,
            body: Data(text.utf8), world: world, party: party, events: events)
    }

    /// A page; browsers must not keep it.
    package static func html(
        _ page: HTMLPage, status: Int = 200, headers: [(name: String, value: String)] = [], world: WorldID?,
        party: Party,
        events: [EventDraft] = []
    ) -> MockResponse {
        let standing = [
            (name: "Content-Type", value: "text/html; charset=utf-8"), (name: "Cache-Control", value: "no-store"),
        ]
        return MockResponse(
            status: status, headers: standing + headers, body: Data(page.text.utf8), world: world, party: party,
            events: events)
    }

    /// A page that is written already; browsers must not keep it.
    package static func html(
        _ markup: String, status: Int = 200, headers: [(name: String, value: String)] = [], world: WorldID?,
        party: Party
    ) -> MockResponse {
        let standing = [
            (name: "Content-Type", value: "text/html; charset=utf-8"), (name: "Cache-Control", value: "no-store"),
        ]
        return MockResponse(
            status: status, headers: standing + headers, body: Data(markup.utf8), world: world, party: party)
    }

    /// A redirect (302 unless told).
    package static func redirect(
        to url: String, status: Int = 302, headers: [(name: String, value: String)] = [], world: WorldID?, party: Party,
        events: [EventDraft] = []
    ) -> MockResponse {
        let standing = [(name: "Location", value: url), (name: "Cache-Control", value: "no-store")]
        return MockResponse(status: status, headers: standing + headers, world: world, party: party, events: events)
    }

    /// Nothing but a status.
    package static func empty(
        status: Int, headers: [(name: String, value: String)] = [], world: WorldID?, party: Party,
        events: [EventDraft] = []
    ) -> MockResponse {
        MockResponse(status: status, headers: headers, world: world, party: party, events: events)
    }
}

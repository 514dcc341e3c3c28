// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import HTTPTransport
package import Trace
package import World

/// Sees every request an actor sends, before and after. Called in order; must not block.
package protocol ExchangeRecorder: Sendable {
    /// A request is about to leave.
    func sending(_ request: HTTPRequest, from: Party, to: Party) -> ExchangeID
    /// Its answer is complete.
    func received(_ response: HTTPResponse, to exchange: ExchangeID, from: Party, to: Party)
    /// There is no answer.
    func failed(_ error: HTTPError, of exchange: ExchangeID, from: Party, to: Party)
}

/// Writes into a run's journal what the mocks do not record themselves: exchanges with the connector and with strangers.
package struct JournalRecorder: ExchangeRecorder {
    private let journal: Journal
    private let world: WorldID?

    package init(journal: Journal, world: WorldID?) {
        self.journal = journal
        self.world = world
    }

    package func sending(_ request: HTTPRequest, from: Party, to: Party) -> ExchangeID {
        let exchange = journal.nextExchangeID()
        guard Self.isRecorded(to) else { return exchange }
        journal.append(
            HTTPMessage.request(
                exchange: exchange, world: world, from: from, to: to, method: request.method, url: request.url,
                headers: journal.memory.headers(request.headers.map { (name: $0.name, value: $0.value) }),
                body: request.body.map(journal.keep)))
        return exchange
    }

    package func received(_ response: HTTPResponse, to exchange: ExchangeID, from: Party, to: Party) {
        guard Self.isRecorded(from) else { return }
        journal.append(
            HTTPMessage.response(
                exchange: exchange, world: world, from: from, to: to, status: response.status,
                headers: journal.memory.headers(response.headers.map { (name: $0.name, value: $0.value) }),
                body: response.body.isEmpty ? nil : journal.keep(response.body), duration: response.timings.total))
    }

    package func failed(_ error: HTTPError, of exchange: ExchangeID, from: Party, to: Party) {
        guard Self.isRecorded(from) else { return }
        // Status 0 stands for no answer; the reason stands where a fault would.
        journal.append(
            HTTPMessage.response(
                exchange: exchange, world: world, from: from, to: to, status: 0, headers: [], body: nil,
                duration: .zero,
                fault: error.kind.rawValue))
    }

    /// The mocks record what reaches them, with more knowledge.
    static func isRecorded(_ party: Party) -> Bool { party == .connector || party == .egress }
}

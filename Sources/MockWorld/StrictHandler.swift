// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import MockKit
internal import ProtocolRules
package import Trace
internal import Value
package import World

/// A mock that refuses what breaks a rule of the protocols, also where the vendor is known to let it pass: 400 with the
/// rule's id and sentence. Advice refuses nothing.
package struct StrictHandler: MockHandler {
    private let inner: any MockHandler
    private let journal: Journal

    package init(inner: any MockHandler, journal: Journal) {
        self.inner = inner
        self.journal = journal
    }

    package func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) {
        await inner.attribute(request)
    }

    package func respond(to request: MockRequest) async -> MockResponse {
        guard let violation = violation(of: request.exchange) else { return await inner.respond(to: request) }
        let (world, party) = await inner.attribute(request)
        var error: Members = [
            "rule": .string("protocol." + violation.rule), "message": .string(violation.message),
            "actual": .string(violation.actual),
        ]
        error["requirement"] = violation.requirement.map { .string($0) }
        return .json(
            ["error": "refused by a strict mock", "broken": .object(error)], status: 400, world: world, party: party)
    }

    /// The first rule that the request itself breaks, judged with what its world saw before.
    private func violation(of id: ExchangeID) -> Violation? {
        let recent = journal.events(after: max(0, journal.count - ExchangeList.depth))
        guard let own = recent.last(where: { $0.exchange == id }) else { return nil }
        let events = recent.filter { $0.world == own.world }
        let trace = Trace(header: [:], events: events, bodies: journal.bodies(of: events), isComplete: false)
        return ProtocolRules.violations(in: Exchange.all(in: trace), world: WorldFacts(events: events))
            .first { !$0.isAdvice && $0.evidence.contains(own.seq) }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Value
package import World

/// The ordered record of a run, as the judge reads it.
package struct Trace: Sendable {
    /// Versions, profile hash, connector fingerprint, seed, nonce.
    package let header: Members
    package let events: [TraceEvent]
    /// Bodies that do not stand in their line, by SHA-256.
    package let bodies: [String: Data]
    /// True with a valid footer: without one there is no verdict.
    package let isComplete: Bool

    package init(header: Members, events: [TraceEvent], bodies: [String: Data], isComplete: Bool) {
        self.header = header
        self.events = events
        self.bodies = bodies
        self.isComplete = isComplete
    }

    /// The events of one world, in order.
    package func events(of world: WorldID) -> [TraceEvent] { events.filter { $0.world == world } }

    /// The bytes of a message event's body; empty where it has none.
    package func body(of event: TraceEvent) -> Data {
        guard let body = RecordedBody(event["body"]) else { return Data() }
        return body.text.map { Data($0.utf8) } ?? bodies[body.sha256] ?? Data()
    }
}

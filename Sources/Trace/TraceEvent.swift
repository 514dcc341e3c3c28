// SPDX-License-Identifier: Apache-2.0

package import Value
package import World

/// Who emitted an event or sent a message: the lanes of a sequence diagram.
package struct Party: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }

    /// The system under test.
    package static let connector = Party(rawValue: "connector")
    /// The EHR: FHIR, SMART authorization, launch pages, writeback services.
    package static let ehr = Party(rawValue: "ehr")
    /// Microsoft Entra ID.
    package static let entra = Party(rawValue: "entra")
    /// Microsoft Graph.
    package static let graph = Party(rawValue: "graph")
    /// The Teams join pages, lobby and call.
    package static let teams = Party(rawValue: "teams")
    /// The SMS gateway and phone-number service.
    package static let sms = Party(rawValue: "sms")
    /// The observed way out of the connector.
    package static let egress = Party(rawValue: "egress")
    /// The harness itself.
    package static let runner = Party(rawValue: "runner")

    /// A person of the world with a browser.
    package static func actor(_ alias: String) -> Party { Party(rawValue: "actor:" + alias) }

    /// The person's alias where the party is an actor.
    package var actorAlias: String? {
        rawValue.hasPrefix("actor:") ? String(rawValue.dropFirst("actor:".count)) : nil
    }
}

/// Names one HTTP exchange of a run; its request and response are two events.
package struct ExchangeID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// One line of the trace.
///
/// A reference to what is never changed: journal, judge and reports hold the same events in many lists.
package struct TraceEvent: Sendable {
    @usableFromInline final class Line: Sendable {
        @usableFromInline let seq: Int
        @usableFromInline let at: Instant
        @usableFromInline let world: WorldID?
        @usableFromInline let clock: Instant?
        @usableFromInline let cause: String?
        @usableFromInline let kind: String
        @usableFromInline let party: Party
        @usableFromInline let exchange: ExchangeID?
        @usableFromInline let fields: Members

        init(
            seq: Int, at: Instant, world: WorldID?, clock: Instant?, cause: String?, kind: String, party: Party,
            exchange: ExchangeID?, fields: Members
        ) {
            self.seq = seq
            self.at = at
            self.world = world
            self.clock = clock
            self.cause = cause
            self.kind = kind
            self.party = party
            self.exchange = exchange
            self.fields = fields
        }
    }

    @usableFromInline let line: Line

    package init(
        seq: Int, at: Instant, world: WorldID?, clock: Instant?, cause: String?, kind: String, party: Party,
        exchange: ExchangeID?, fields: Members
    ) {
        line = Line(
            seq: seq, at: at, world: world, clock: clock, cause: cause, kind: kind, party: party, exchange: exchange,
            fields: fields)
    }

    /// 1-based place in the trace.
    @inlinable package var seq: Int { line.seq }
    /// Wall-clock time of recording.
    @inlinable package var at: Instant { line.at }
    /// The world it belongs to; nil is the run-level lane.
    @inlinable package var world: WorldID? { line.world }
    /// That world's clock at the time.
    @inlinable package var clock: Instant? { line.clock }
    /// What the world was last made to do, for example `visit.booked`, `clock`, `ann.opens`.
    @inlinable package var cause: String? { line.cause }
    /// A kind of `EventVocabulary`.
    @inlinable package var kind: String { line.kind }
    @inlinable package var party: Party { line.party }
    /// The exchange it was read off.
    @inlinable package var exchange: ExchangeID? { line.exchange }
    @inlinable package var fields: Members { line.fields }

    @inlinable package subscript(_ field: String) -> Value? { line.fields[field] }
}

extension TraceEvent: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        left.line === right.line
            || left.seq == right.seq && left.at == right.at && left.world == right.world && left.clock == right.clock
                && left.cause == right.cause && left.kind == right.kind && left.party == right.party
                && left.exchange == right.exchange && left.fields == right.fields
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(seq)
        hasher.combine(at)
        hasher.combine(kind)
    }
}

/// What a party hands to the journal; sequence, times and cause are added there.
package struct EventDraft: Sendable, Hashable {
    package var kind: String
    package var party: Party
    package var world: WorldID?
    package var exchange: ExchangeID?
    package var fields: Members

    package init(
        _ kind: String, by party: Party, world: WorldID?, exchange: ExchangeID? = nil, _ fields: Members = Members()
    ) {
        self.kind = kind
        self.party = party
        self.world = world
        self.exchange = exchange
        self.fields = fields
    }
}

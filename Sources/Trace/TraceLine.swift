// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation
package import Value
internal import World

/// The lines of `trace.ndjson`: a header, one line an event, a footer. Each line's `prev` is the SHA-256 of the line before it.
package enum TraceLine {
    /// Version of this layout; a reader refuses others.
    package static let formatVersion = 1

    static func header(_ header: Members) -> Value {
        ["type": "header", "format": Value(formatVersion), "run": .object(header)]
    }

    static func event(_ event: TraceEvent, previous: String) -> Value {
        var line: Members = [
            "type": "event", "prev": .string(previous), "seq": Value(event.seq), "at": .string(event.at.description),
        ]
        line["world"] = event.world.map { .string($0.rawValue) }
        line["clock"] = event.clock.map { .string($0.description) }
        line["cause"] = event.cause.map { .string($0) }
        line["kind"] = .string(event.kind)
        line["party"] = .string(event.party.rawValue)
        line["exchange"] = event.exchange.map { .string($0.rawValue) }
        line["fields"] = .object(event.fields)
        return .object(line)
    }

    static func footer(events: Int, previous: String) -> Value {
        ["type": "footer", "prev": .string(previous), "events": Value(events)]
    }

    /// The event of a line; nil where the line is not a whole event.
    package static func event(from line: Value) -> TraceEvent? {
        guard let seq = line["seq"]?.int, let at = line["at"]?.string.flatMap(Instant.init(rfc3339:)),
            let kind = line["kind"]?.string, let party = line["party"]?.string, let fields = line["fields"]?.members
        else { return nil }
        return TraceEvent(
            seq: seq, at: at, world: line["world"]?.string.map(WorldID.init(rawValue:)),
            clock: line["clock"]?.string.flatMap(Instant.init(rfc3339:)), cause: line["cause"]?.string, kind: kind,
            party: Party(rawValue: party), exchange: line["exchange"]?.string.map(ExchangeID.init(rawValue:)),
            fields: fields)
    }

    static func digest(_ bytes: some DataProtocol) -> String {
        Hexadecimal.text(SHA256.hash(data: bytes))
    }
}

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

    /// Writes an event's line without its end: byte for byte the JSON of its members in this order.
    static func append(_ event: TraceEvent, previous: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"type":"event","prev":""#.utf8)
        bytes.append(contentsOf: previous.utf8)
        bytes.append(contentsOf: #"","seq":"#.utf8)
        bytes.append(contentsOf: String(event.seq).utf8)
        member("at", event.at.description, &bytes)
        if let world = event.world { member("world", world.rawValue, &bytes) }
        if let clock = event.clock { member("clock", clock.description, &bytes) }
        if let cause = event.cause { member("cause", cause, &bytes) }
        member("kind", event.kind, &bytes)
        member("party", event.party.rawValue, &bytes)
        if let exchange = event.exchange { member("exchange", exchange.rawValue, &bytes) }
        bytes.append(contentsOf: #","fields":"#.utf8)
        event.fields.appendJSON(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    private static func member(_ name: StaticString, _ text: String, _ bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ","))
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        JSONWriter.write(text, into: &bytes)
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

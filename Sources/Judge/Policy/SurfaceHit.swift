// SPDX-License-Identifier: Apache-2.0

package import Trace
package import Value
package import World

/// One appearance of a canary on a surface, as a `sweep` event tells it.
///
/// A hit is an object `{canary, class, person, origin, surface, from, to, chain, form, offset, place, excerpt, level,
/// times}`:
/// `surface` is `message:<exchange>:<part>` (`request-line`, `request-headers`, `request-body`, `response-headers`,
/// `response-body`) or `<kind>:<name>` of a source of evidence (`file:…`, `log:…`, `database:…`, `stdout:…`).
package struct SurfaceHit: Sendable, Hashable {
    /// `ann.ehr.family-name`.
    package let canary: String
    /// A word of `DataClass`, or of another kind of datum (`appointment-id`).
    package let dataClass: String
    /// Alias of the person; empty for a datum of nobody.
    package let person: String
    package let origin: String
    package let surface: String
    /// Parties of a message, in the direction in which the hit travelled; nil at rest.
    package let from: Party?
    package let to: Party?
    /// Encodings from the outside in: `["gzip", "base64"]`.
    package let chain: [String]
    /// What of the value stood there: `value`, `last-four`, `sha256`, …
    package let form: String
    package let offset: Int?
    /// How sure the value can be had back: `reversible`, `hashed`.
    package let level: String
    package let world: WorldID?
    /// The sweep that found it.
    package let sweep: Int
    /// That world's clock at the sweep.
    package let clock: Instant?
    /// The place in the body, as a policy names it, where the sweep knows it: a deployment may map another gateway's.
    package var pointer: String?
    /// The place within the surface as people call it: `/message/subject`, `the header baggage`, `visit.phone`.
    package var place: String?
    /// How it looks with letters and digits masked.
    package var excerpt: String?
    /// How often it stands there; `offset` is the first one's.
    package var times = 1

    package init(
        canary: String, dataClass: String, person: String, origin: String, surface: String, from: Party? = nil,
        to: Party? = nil, chain: [String] = [], form: String = "", offset: Int? = nil, level: String = "reversible",
        world: WorldID? = nil, sweep: Int = 0, clock: Instant? = nil
    ) {
        self.canary = canary
        self.dataClass = dataClass
        self.person = person
        self.origin = origin
        self.surface = surface
        self.from = from
        self.to = to
        self.chain = chain
        self.form = form
        self.offset = offset
        self.level = level
        self.world = world
        self.sweep = sweep
        self.clock = clock
    }

    /// Every hit of a `sweep` event; a hit may name a world of its own where the source belongs to several.
    package static func all(in event: TraceEvent) -> [SurfaceHit] {
        guard event.kind == "sweep" else { return [] }
        let source = "\(event["kind"]?.string ?? "source"):\(event["source"]?.string ?? "")"
        return (event["hits"]?.array ?? []).map { hit in
            let id = hit["canary"]?.string ?? ""
            func text(_ name: String, _ part: Int) -> String {
                if let text = hit[name]?.string { return text }
                let parts = id.split(separator: ".")
                return parts.indices.contains(part) ? String(parts[part]) : ""
            }
            var found = SurfaceHit(
                canary: id, dataClass: text("class", 2), person: text("person", 0), origin: text("origin", 1),
                surface: hit["surface"]?.string ?? source, from: hit["from"]?.string.map(Party.init(rawValue:)),
                to: hit["to"]?.string.map(Party.init(rawValue:)),
                chain: (hit["chain"]?.array ?? []).compactMap(\.string),
                form: hit["form"]?.string ?? "", offset: hit["offset"]?.int,
                level: hit["level"]?.string ?? "reversible",
                world: hit["world"]?.string.map(WorldID.init(rawValue:)) ?? event.world, sweep: event.seq,
                clock: event.clock)
            found.pointer = hit["pointer"]?.string
            found.place = hit["place"]?.string
            found.excerpt = hit["excerpt"]?.string
            found.times = hit["times"]?.int ?? 1
            return found
        }
    }

    /// Whether a `sweep` event of one world has a hit that belongs to another, or to none.
    static func namesOtherWorld(_ event: TraceEvent) -> Bool {
        (event["hits"]?.array ?? []).contains { hit in
            hit["world"]?.string.map { $0 != event.world?.rawValue } ?? (event.world == nil)
        }
    }

    /// The object that stands in the `hits` of a `sweep` event; ``all(in:)`` reads it back.
    package var value: Value {
        var members: Members = [
            "canary": .string(canary), "class": .string(dataClass), "person": .string(person),
            "origin": .string(origin),
            "surface": .string(surface),
        ]
        if let from { members["from"] = .string(from.rawValue) }
        if let to { members["to"] = .string(to.rawValue) }
        members["chain"] = .array(chain.map { .string($0) })
        if !form.isEmpty { members["form"] = .string(form) }
        if let offset { members["offset"] = Value(offset) }
        if let place { members["place"] = .string(place) }
        if let excerpt { members["excerpt"] = .string(excerpt) }
        if times > 1 { members["times"] = Value(times) }
        members["level"] = .string(level)
        if let world { members["world"] = .string(world.rawValue) }
        return .object(members)
    }

    package var isMessage: Bool { surface.hasPrefix("message:") }
    /// The exchange of a message.
    package var exchange: ExchangeID? {
        let parts = surface.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 2)
        return isMessage && parts.count > 1 ? ExchangeID(rawValue: String(Substring(parts[1]))) : nil
    }
    /// `request-body`, `response-headers`, ….
    package var part: String {
        let parts = surface.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 2)
        return isMessage && parts.count > 2 ? String(Substring(parts[2])) : ""
    }

    /// `family-name of ann (ehr) in sqlite:store/visits.sqlite, within base64, at visit.note, at byte 12, masked: Xxxxx`:
    /// never the value.
    package var described: String {
        whereabouts + (offset.map { ", at byte \($0)" } ?? "") + (excerpt.map { ", masked: \($0)" } ?? "")
    }

    /// The same without the byte and what stands there.
    var whereabouts: String {
        let whose = person.isEmpty ? "" : " of \(person)"
        var text = "\(dataClass)\(whose)\(origin.isEmpty ? "" : " (\(origin))")"
        if !form.isEmpty, form != "value" { text += " as \(form)" }
        text += isMessage ? " in the \(part) from \(from?.rawValue ?? "?") to \(to?.rawValue ?? "?")" : " in \(surface)"
        if !chain.isEmpty { text += ", within " + chain.joined(separator: " > ") }
        if let place { text += ", at \(place)" }
        return text
    }
}

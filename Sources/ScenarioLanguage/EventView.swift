// SPDX-License-Identifier: Apache-2.0

package import Trace
package import Value
internal import World

/// How FHIRPath sees an event: one object of its fields, with `kind`, `cause`, `clock`, `at` and `seq` beside them.
package enum EventView {
    /// A field whose name is one of those five (the `kind` of a `sweep`) is found as `field-<name>`. FHIRPath reads a hyphen
    /// as minus, so every name with hyphens, at any depth, stands there a second time in camel case: `joinUrl`.
    package static func value(of event: TraceEvent) -> Value {
        let fields = event.fields
        // With room for the second names: of every step one or two events are looked at.
        var members = Members(room: fields.count * 2 + own.count)
        members["kind"] = .string(event.kind)
        members["cause"] = event.cause.map { .string($0) }
        members["clock"] = event.clock.map { .string($0.description) }
        members["at"] = .string(event.at.description)
        members["seq"] = Value(event.seq)
        fields.visit { name, value in
            if case .null = value { return }
            members[isOwn(name) ? "field-" + name : name] = value
        }
        return readable(.object(members))
    }

    /// `%trace`: the events in their order.
    package static func value(of events: some Sequence<TraceEvent>) -> Value { .array(events.map { value(of: $0) }) }

    /// A value whose names with hyphens can be written in expressions too.
    package static func readable(_ value: Value) -> Value { renamed(value) ?? value }

    /// Nil where there is no such name: most bodies have none, and are not copied.
    private static func renamed(_ value: Value) -> Value? {
        switch value {
        case .array(let items):
            var result: [Value]?
            for (index, item) in items.enumerated() {
                guard let item = renamed(item) else { continue }
                if result == nil { result = items }
                result?[index] = item
            }
            return result.map { .array($0) }
        case .object(let members):
            var result: Members?
            var hyphenated: [String] = []
            members.visit { name, value in
                if name.utf8.contains(UInt8(ascii: "-")) { hyphenated.append(name) }
                guard let value = renamed(value) else { return }
                if result == nil { result = members }
                result?[name] = value
            }
            guard var result = result ?? (hyphenated.isEmpty ? nil : members) else { return nil }
            for name in hyphenated {
                let other = camelCase(name)
                if result.index(of: other) == nil { result[other] = result[name] }
            }
            return .object(result)
        case .null, .bool, .number, .string: return nil
        }
    }

    /// `sign-ins` as expressions write it: `signIns`.
    package static func camelCase(_ name: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.utf8.count)
        var isStart = false
        for byte in name.utf8 {
            if byte == UInt8(ascii: "-") {
                isStart = !bytes.isEmpty
            } else {
                bytes.append(isStart && (0x61...0x7A).contains(byte) ? byte & 0xDF : byte)
                isStart = false
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The names an expression finds at the top, as they are best written there.
    static func names(of type: EventType) -> [String] {
        type.fields.map { camelCase(own.contains($0.name) ? "field-" + $0.name : $0.name) } + own.sorted()
    }

    /// Whether a field of this name stands there under it: no hyphen, and none of the event's own.
    static func isField(_ name: String) -> Bool { !own.contains(name) && !name.utf8.contains(UInt8(ascii: "-")) }

    private static func isOwn(_ name: String) -> Bool { name.utf8.count <= 5 && own.contains(name) }

    private static let own: Set<String> = ["kind", "cause", "clock", "at", "seq"]
}

// SPDX-License-Identifier: Apache-2.0

package import Trace
package import Value
internal import World

/// How FHIRPath sees an event: one object of its fields, with `kind`, `cause`, `clock`, `at` and `seq` beside them.
package enum EventView {
    /// A field whose name is one of those five (the `kind` of a `sweep`) is found as `field-<name>`. FHIRPath reads a hyphen
    /// as minus, so every name with hyphens, at any depth, stands there a second time in camel case: `joinUrl`.
    package static func value(of event: TraceEvent) -> Value {
        var members = Members()
        members["kind"] = .string(event.kind)
        members["cause"] = event.cause.map { .string($0) }
        members["clock"] = event.clock.map { .string($0.description) }
        members["at"] = .string(event.at.description)
        members["seq"] = Value(event.seq)
        for field in event.fields where !field.value.isNull {
            members[own.contains(field.name) ? "field-" + field.name : field.name] = field.value
        }
        return readable(.object(members))
    }

    /// `%trace`: the events in their order.
    package static func value(of events: some Sequence<TraceEvent>) -> Value { .array(events.map { value(of: $0) }) }

    /// A value whose names with hyphens can be written in expressions too.
    package static func readable(_ value: Value) -> Value {
        switch value {
        case .array(let items): return .array(items.map { readable($0) })
        case .object(let members):
            var result = Members(members.map { ($0.name, readable($0.value)) })
            for member in members where member.name.contains("-") {
                let name = camelCase(member.name)
                if result[name] == nil { result[name] = result[member.name] }
            }
            return .object(result)
        case .null, .bool, .number, .string: return value
        }
    }

    /// `sign-ins` as expressions write it: `signIns`.
    package static func camelCase(_ name: String) -> String {
        let parts = name.split(separator: "-")
        return (parts.first.map(String.init) ?? "")
            + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// The names an expression finds at the top, as they are best written there.
    static func names(of type: EventType) -> [String] {
        type.fields.map { camelCase(own.contains($0.name) ? "field-" + $0.name : $0.name) } + own.sorted()
    }

    private static let own: Set<String> = ["kind", "cause", "clock", "at", "seq"]
}

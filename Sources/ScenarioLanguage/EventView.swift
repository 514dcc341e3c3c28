// SPDX-License-Identifier: Apache-2.0

package import Trace
package import Value
internal import World

/// How FHIRPath sees an event: one object of its fields, with `kind`, `cause`, `clock`, `at` and `seq` beside them.
package enum EventView {
    /// A field whose name is one of those five (the `kind` of a `sweep`) is found as `field-<name>`.
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
        return .object(members)
    }

    /// `%trace`: the events in their order.
    package static func value(of events: some Sequence<TraceEvent>) -> Value { .array(events.map { value(of: $0) }) }

    private static let own: Set<String> = ["kind", "cause", "clock", "at", "seq"]
}

// SPDX-License-Identifier: Apache-2.0

package import Trace
internal import Value

/// What a rule needs to know of a world beside its messages.
package struct WorldFacts: Sendable, Hashable {
    /// FHIR base URLs, without trailing slash.
    package var bases: [String]
    /// Aliases of the people who are patients.
    package var patients: Set<String>
    /// Sequence numbers of `fault.struck`: from then on upstream trouble explains a gateway error.
    package var faults: [Int]

    package init(bases: [String] = [], patients: Set<String> = [], faults: [Int] = []) {
        self.bases = bases
        self.patients = patients
        self.faults = faults
    }

    /// Read off the events of one world: `world.opened` carries the model (lists of objects with an `alias`, or objects
    /// by alias).
    package init(events: [TraceEvent]) {
        self.init()
        for event in events {
            switch event.kind {
            case "world.opened":
                let model = event["model"]
                bases = Self.entries(model?["bases"]).compactMap { $0.value["url"]?.string }.map(Self.withoutSlash)
                patients = Set(
                    Self.entries(model?["people"]).filter { $0.value["role"]?.string == "patient" }.map(\.alias))
            case "fault.struck": faults.append(event.seq)
            default: break
            }
        }
    }

    private static func entries(_ value: Value?) -> [(alias: String, value: Value)] {
        switch value {
        case .array(let items): items.map { ($0["alias"]?.string ?? "", $0) }
        case .object(let members): members.map { ($0.name, $0.value) }
        default: []
        }
    }

    static func withoutSlash(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }
}

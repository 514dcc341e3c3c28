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

    /// Read off the events of one world: `world.opened` carries its model, an object for each thing by its name (`main:
    /// {alias, url}`, `ann: {alias, role, …}`).
    package init(events: [TraceEvent]) {
        self.init()
        for event in events {
            switch event.kind {
            case "world.opened":
                for owner in event["model"]?.members ?? Members() where owner.name != "connector" {
                    switch owner.value["role"]?.string {
                    // A person may have a `url` too: a datum of theirs.
                    case nil: if let url = owner.value["url"]?.string { bases.append(Self.withoutSlash(url)) }
                    case "patient": patients.insert(owner.name)
                    default: break
                    }
                }
            case "fault.struck": faults.append(event.seq)
            default: break
            }
        }
    }

    static func withoutSlash(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }
}

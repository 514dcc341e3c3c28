// SPDX-License-Identifier: Apache-2.0

/// The differential stage: what is the same in two runs for one patient and another in a run for a second patient
/// depends on
/// the patient, whatever its form (keyed digest, cipher, code of the connector's own).
package enum Differential {
    /// A text at a place, for example `POST graph /onlineMeetings $.subject`; the place must be the same from run to
    /// run.
    package struct Observation: Sendable, Hashable {
        package let place: String
        package let text: String

        package init(place: String, text: String) {
            self.place = place
            self.text = text
        }
    }

    /// A place whose text depends on the patient.
    package struct Dependence: Sendable, Hashable {
        package let place: String
        /// The text as the first run had it.
        package let text: String
        /// Characters that stay when the patient changes, before and after the part that depends.
        package let commonPrefix: Int
        package let commonSuffix: Int
    }

    /// Places that depend on the patient.
    /// - Parameters:
    ///   - first: run A. - again: run A′, the same patient in a new session. - other: run B, another patient.
    ///   - isAllowed: whether a text at a place is a form that the policy knows, for example the EHR user id.
    /// Pairing is by place and order of occurrence; a place missing in one run is left out (it says nothing of its
    /// content).
    package static func dependences(
        first: [Observation], again: [Observation], other: [Observation],
        isAllowed: (_ place: String, _ text: String) -> Bool = { _, _ in false }
    ) -> [Dependence] {
        let repeated = grouped(again)
        let different = grouped(other)
        var seen = Set<Dependence>()
        var found: [Dependence] = []
        for (place, texts) in grouped(first).sorted(by: { $0.key < $1.key }) {
            guard let same = repeated[place], let changed = different[place] else { continue }
            for index in texts.indices where index < same.count && index < changed.count {
                // Session noise differs between A and A′, and so says nothing.
                guard texts[index] == same[index], texts[index] != changed[index] else { continue }
                guard !isAllowed(place, texts[index]) else { continue }
                let prefix = zip(texts[index], changed[index]).prefix { $0 == $1 }.count
                let rest = (texts[index].dropFirst(prefix), changed[index].dropFirst(prefix))
                let suffix = zip(rest.0.reversed(), rest.1.reversed()).prefix { $0 == $1 }.count
                let dependence = Dependence(
                    place: place, text: texts[index], commonPrefix: prefix, commonSuffix: suffix)
                if seen.insert(dependence).inserted { found.append(dependence) }
            }
        }
        return found
    }

    private static func grouped(_ observations: [Observation]) -> [String: [String]] {
        Dictionary(grouping: observations, by: \.place).mapValues { $0.map(\.text) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import Value
import World

/// What an answer has to have, and what stands where the record has nothing (facts 5.3.3).
extension EHRBase {
    /// Refuses to show an appointment whose record lacks what the answer has to have.
    func checkComplete(_ resources: [Members]) throws(Problem) {
        guard appointments.values.contains(where: { $0.condition == .incomplete }) else { return }
        let isIncomplete = resources.contains { resource in
            resource["resourceType"] == "Appointment"
                && resource["id"]?.string.flatMap { appointment(fhirID: $0) }?.condition == .incomplete
        }
        guard isIncomplete else { return }
        throw Problem(
            .incomplete, "The response lacks a required field.", location: "/f:Appointment/f:participant/f:status")
    }

    /// The resource as a patient may know it, who is told that a datum is masked and not that it is unknown; nil where the
    /// token's user sees it as it is.
    func masked(_ resource: Members, for token: AccessToken) -> Members? {
        guard profile.forms.fillsAbsent, token.person?.role == .patient,
            case .object(let masked) = Self.masked(.object(resource))
        else { return nil }
        return masked
    }

    private static func masked(_ value: Value) -> Value {
        switch value {
        case .array(let items): return .array(items.map { masked($0) })
        case .object(let members):
            if members["url"] == "http://hl7.org/fhir/StructureDefinition/data-absent-reason" {
                return ["url": members["url"] ?? .null, "valueCode": "masked"]
            }
            return .object(Members(members.map { ($0.name, masked($0.value)) }))
        default: return value
        }
    }
}

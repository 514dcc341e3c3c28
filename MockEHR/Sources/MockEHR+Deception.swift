// SPDX-License-Identifier: Apache-2.0

package import MockKit
import Trace
import Value
package import World

/// Deliberately wrong answers, for scenarios that ask whether a connector notices.
extension MockEHR {
    /// The next launch of an appointment carries the patient of another one in its context: a mixed-up chart (F5).
    /// The appointment in `fhirContext` and in the launch parameters stays the launched one.
    package func mixUpPatient(
        nextLaunchOf alias: String, withPatientOf other: String, in id: WorldID
    ) throws(EHRError) {
        let world = try world(id)
        let plan = try world.plan(alias)
        let patient = try world.plan(other).patient
        try world.base(plan.base).mixedUpPatients[alias] = patient
    }

    /// The next id token of a base is flawed. Recorded as `fault.struck` when it is issued.
    package func tamper(_ tampering: IdentityTampering, base alias: String, in id: WorldID) throws(EHRError) {
        try world(id).base(alias).tampering = tampering
    }
}

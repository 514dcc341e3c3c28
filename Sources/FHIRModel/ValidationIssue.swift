// SPDX-License-Identifier: Apache-2.0

/// One way in which an instance is not valid FHIR R4.
package struct ValidationIssue: Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable { case error, warning }

    /// OperationOutcome issue types (a part of `issue-type`).
    package enum Code: String, Sendable {
        /// An unknown element, a wrong kind of JSON value, too many repetitions.
        case structure
        /// A mandatory element is missing.
        case required
        /// A primitive in a wrong form.
        case value
        /// A code outside of its required value set.
        case codeInvalid = "code-invalid"
        /// A constraint does not hold.
        case invariant
    }

    package let severity: Severity
    package let code: Code
    /// Where, as a FHIRPath: `Appointment.participant[1].status`.
    package let path: String
    package let message: String

    /// `error code-invalid at Appointment.status: …`.
    package var description: String { "\(severity.rawValue) \(code.rawValue) at \(path): \(message)" }
}

// SPDX-License-Identifier: Apache-2.0

import FHIRPath
import SourceText

/// One way in which an instance is not valid FHIR R4.
package struct ValidationIssue: Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable { case error, warning }

    /// What is wrong, in the terms of `issue-type`.
    package enum Code: Sendable {
        /// An unknown element, a wrong kind of JSON value, too many repetitions.
        case structure
        /// XML elements in another order than the definition's: a structure issue, too.
        case invalidOrder
        /// A mandatory element is missing.
        case required
        /// A primitive in a wrong form.
        case value
        /// A code outside of its required value set.
        case codeInvalid
        /// A constraint does not hold.
        case invariant

        /// The code of `http://hl7.org/fhir/issue-type`.
        package var rawValue: String {
            switch self {
            case .structure, .invalidOrder: "structure"
            case .required: "required"
            case .value: "value"
            case .codeInvalid: "code-invalid"
            case .invariant: "invariant"
            }
        }
    }

    package let severity: Severity
    package let code: Code
    /// Where, as a FHIRPath: `Appointment.participant[1].status`; a choice by its FHIRPath name: `Patient.deceased`.
    package let path: String
    /// The same place by JSON's names: `Patient.deceasedBoolean`.
    package let jsonPath: String
    package let message: String

    /// `place` is a path in which ``ElementDescription/place(of:)`` marked the choices.
    init(severity: Severity, code: Code, place: String, message: String) {
        self.severity = severity
        self.code = code
        self.message = message
        guard place.utf8.contains(ElementDescription.choiceMark) else {
            path = place
            jsonPath = place
            return
        }
        var isSuffix = false
        var path: [UInt8] = []
        for byte in place.utf8 {
            if byte == ElementDescription.choiceMark {
                isSuffix = true
            } else {
                if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[") { isSuffix = false }
                if !isSuffix { path.append(byte) }
            }
        }
        self.path = String(decoding: path, as: UTF8.self)
        jsonPath = String(decoding: place.utf8.filter { $0 != ElementDescription.choiceMark }, as: UTF8.self)
    }

    /// `error code-invalid at Appointment.status: …`.
    package var description: String { "\(severity.rawValue) \(code.rawValue) at \(path): \(message)" }
}

extension ElementDescription {
    /// Stands between a choice's name and its type in places under construction; it occurs in no name.
    static let choiceMark = UInt8(ascii: "^")

    /// The step of a place: `status`, or `deceased^Boolean` for a choice.
    func place(of form: Form) -> String {
        form.jsonName == name ? name : "\(name)^\(form.jsonName.dropFirst(name.count))"
    }
}

extension TypeDescription {
    /// The element name nearest to a misspelt one.
    func nearestElement(to name: String) -> String? {
        nearestWord(to: name, in: elements.flatMap { $0.forms.map(\.jsonName) })
    }
}

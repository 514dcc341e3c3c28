// SPDX-License-Identifier: Apache-2.0

package import Value

extension ValidationIssue {
    /// `OperationOutcome.issue`: the place as a FHIRPath, beside it by JSON's name where that is another.
    package var outcomeIssue: Value {
        let places: [Value] = path == jsonPath ? [.string(path)] : [.string(path), .string(jsonPath)]
        return [
            "severity": .string(severity.rawValue), "code": .string(code.rawValue),
            "details": ["text": .string(message)], "diagnostics": .string("\(path): \(message)"),
            "expression": .array(places),
        ]
    }
}

extension [ValidationIssue] {
    /// An OperationOutcome of these issues; of none it says so, since an outcome holds at least one.
    package var outcome: Value {
        let nothing: Value = [
            "severity": "information", "code": "informational", "details": ["text": "No issue found: valid FHIR R4."],
        ]
        return ["resourceType": "OperationOutcome", "issue": .array(isEmpty ? [nothing] : map(\.outcomeIssue))]
    }
}

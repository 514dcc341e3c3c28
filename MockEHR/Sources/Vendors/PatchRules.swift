// SPDX-License-Identifier: Apache-2.0

/// What may be patched on an appointment beside the links of its rooms, and in which company.
struct PatchRules: Sendable {
    /// An operation that has to stand in the same patch.
    struct Companion: Sendable {
        let name: String
        let path: String
        /// Nil: any value.
        let value: String?
    }

    /// What the value of an operation has to be.
    enum Shape: Sendable {
        /// A status the appointment can move to.
        case status
        /// One reference to this resource type, alone or in an array of one.
        case reference(String)
        /// A CodeableConcept with a text, alone or in an array of one.
        case textConcept
        /// A CodeableConcept with one coding.
        case oneCoding
        case text
        /// Extensions with these addresses alone.
        case extensions([String])
        /// This word, while the appointment is booked and the patient tentative.
        case patientStatus(String)
    }

    struct Rule: Sendable {
        let name: String
        let path: String
        let shape: Shape
        let companion: Companion?

        init(_ name: String, _ path: String, _ shape: Shape, with companion: Companion? = nil) {
            self.name = name
            self.path = path
            self.shape = shape
            self.companion = companion
        }
    }

    /// Where each status may go.
    let moves: [String: [String]]
    /// What a move to a status needs beside it.
    let company: [String: Companion]
    let rules: [Rule]
}

extension PatchRules {
    /// Facts 5.3.4, status moves and PATCH table.
    static let cerner: PatchRules = {
        let booked = Companion(name: "replace", path: "/status", value: "booked")
        let cancelled = Companion(name: "replace", path: "/status", value: "cancelled")
        let extensions = ["action-comment", "reschedule-reason"].map {
            "https://fhir-ehr.cerner.com/r4/StructureDefinition/" + $0
        }
        return PatchRules(
            moves: [
                "proposed": ["booked", "cancelled"], "booked": ["arrived", "checked-in", "cancelled"],
                "arrived": ["checked-in", "cancelled"], "checked-in": ["fulfilled", "cancelled"],
            ],
            company: ["booked": Companion(name: "add", path: "/slot", value: nil)],
            rules: [
                Rule("replace", "/status", .status), Rule("add", "/slot", .reference("Slot"), with: booked),
                Rule("replace", "/slot", .reference("Slot")),
                Rule("add", "/reasonCode", .textConcept, with: booked),
                Rule("add", "/cancelationReason", .oneCoding, with: cancelled),
                Rule("replace", "/comment", .text, with: Companion(name: "replace", path: "/slot", value: nil)),
                Rule("replace", "/patient-status", .patientStatus("accepted")),
                Rule("add", "/extension", .extensions(extensions)),
                Rule("replace", "/extension", .extensions(extensions)),
            ])
    }()
}

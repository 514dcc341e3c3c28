// SPDX-License-Identifier: Apache-2.0

extension VendorProfile {
    /// Facts 5.4.2: a search names one of the main parameters; all others are post-filters.
    static let epicTypes: [String: TypeRules] = [
        "Appointment": TypeRules(search: SearchRule(.official, anyOf: ["_id", "identifier", "patient"])),
        "Encounter": TypeRules(
            search: SearchRule(.official, anyOf: ["_id", "identifier", "patient", "subject", "appointment"])),
        "Patient": TypeRules(
            search: SearchRule(
                .official, anyOf: ["_id", "identifier", "birthdate", "name", "given", "family", "phone", "email"],
                limit: 100), create: true, match: true),
        "Endpoint": TypeRules(search: SearchRule(.official, anyOf: ["_id", "identifier"])),
        "Task": TypeRules(search: SearchRule(.official, anyOf: ["_id", "patient", "subject"]), update: true),
        "Practitioner": TypeRules(search: SearchRule(.official, anyOf: ["_id", "identifier", "name", "family"])),
        "PractitionerRole": TypeRules(search: SearchRule(.official, anyOf: ["_id", "practitioner"])),
        "Location": TypeRules(search: SearchRule(.official, anyOf: ["_id", "identifier"])),
        "Organization": TypeRules(search: SearchRule(.official, anyOf: ["_id", "identifier"])),
        "Communication": TypeRules(
            search: SearchRule(.official, anyOf: ["_id", "patient", "recipient"]), create: true),
        "DocumentReference": TypeRules(
            search: SearchRule(.official, anyOf: ["_id", "patient"]), create: true, update: true),
        "Observation": .chart, "Condition": .chart, "AllergyIntolerance": .chart, "MedicationRequest": .chart,
        "Coverage": .chart, "DiagnosticReport": .chart, "Procedure": .chart,
    ]
}

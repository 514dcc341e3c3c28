// SPDX-License-Identifier: Apache-2.0

import FHIRModel

extension VendorProfile {
    static let cernerTypes: [String: TypeRules] = [
        // Facts 5.3.4.
        "Appointment": TypeRules(
            search: SearchRule(
                .only(["_id", "patient", "practitioner", "location", "date", "status"]), own: requestedPeriod,
                exactlyOneOf: ["_id", "patient", "practitioner", "location"],
                needDate: (["patient", "practitioner", "location"], ["date", "-date-or-req-period"])), create: true),
        // Facts 5.3.5.
        "Encounter": TypeRules(
            search: SearchRule(
                .only(["_id", "patient", "subject", "account", "identifier", "date", "status", "_lastUpdated"]),
                anyOf: ["_id", "patient", "subject", "account", "identifier"]), create: true),
        "Patient": TypeRules(
            search: SearchRule(
                .only([
                    "_id", "identifier", "birthdate", "name", "given", "family", "address-postalcode", "phone",
                    "email", "gender",
                ]),
                anyOf: [
                    "_id", "identifier", "birthdate", "name", "given", "family", "address-postalcode", "phone", "email",
                ], limit: 1000)),
        // The vendor's lists for the rest are not among the facts [unv]: what R4 defines, by one of these.
        "Practitioner": TypeRules(search: SearchRule(.official, anyOf: ["_id", "identifier", "name", "family"])),
        "PractitionerRole": TypeRules(search: SearchRule(.official, anyOf: ["_id", "practitioner"])),
        "Location": TypeRules(search: SearchRule(.official, anyOf: ["_id", "identifier"])),
        "Organization": TypeRules(search: SearchRule(.official, anyOf: ["_id", "identifier"])),
        "Communication": TypeRules(
            search: SearchRule(.only(["_id", "category", "recipient"]), anyOf: ["_id", "category", "recipient"]),
            create: true),
        "DocumentReference": TypeRules(search: SearchRule(.official, anyOf: ["_id", "patient"]), create: true),
        "Observation": .chart, "Condition": .chart, "AllergyIntolerance": .chart, "MedicationRequest": .chart,
        "Coverage": .chart, "DiagnosticReport": .chart, "Procedure": .chart,
    ]

    /// Facts 5.3.4: `date` leaves proposed appointments out, this one finds them by the period asked for.
    private static let requestedPeriod: [SearchDefinition] = [
        try? SearchDefinition("-date-or-req-period", .date, "Appointment.start | Appointment.requestedPeriod")
    ].compactMap { $0 }
}

extension TypeRules {
    /// Parts of the chart that no visit needs: empty here, so that reading them shows.
    static let chart = TypeRules(search: SearchRule(.official, anyOf: ["_id", "patient", "subject"]))
}

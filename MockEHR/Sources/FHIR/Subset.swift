// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import MockKit
import Value

/// The part of a resource that `_elements` or `_summary` asks for (FHIR R4, 3.1.1.5.8 and 3.1.1.5.9): marked as such, and
/// with everything that R4 demands.
enum Subset: Sendable, Hashable {
    case elements(Set<String>)
    /// `_summary=true`: what R4 marks as of a summary.
    case summary
    case text
    case data
    /// How many there are; only of searches.
    case count

    /// Nil where the whole is wanted. Refuses words that R4 does not know, and both parameters together.
    init?(_ query: Form) throws(Problem) {
        let elements = query.all("_elements").flatMap { $0.split(separator: ",").map(String.init) }
        guard let word = query["_summary"], word != "false" else {
            guard !elements.isEmpty else { return nil }
            self = .elements(Set(elements))
            return
        }
        guard elements.isEmpty else {
            throw Problem(.parameterCombination, "_summary and _elements exclude each other")
        }
        switch word {
        case "true": self = .summary
        case "text": self = .text
        case "data": self = .data
        case "count": self = .count
        default: throw Problem(.parameterInvalid, "_summary is none of true, text, data, count, false")
        }
    }

    func applied(to resource: Members) -> Members {
        let type = resource["resourceType"]?.string ?? ""
        let always = ["resourceType", "id", "meta", "implicitRules"]
        let mandatory = FHIRTypeModel.r4.mandatoryElements(of: type)
        var part = Members()
        for (name, value) in resource {
            // What stands beside a primitive goes with it.
            let element = name.hasPrefix("_") ? String(name.dropFirst()) : name
            let isKept =
                switch self {
                case .elements(let wanted): wanted.contains(element)
                case .summary: Self.summaries[type]?.contains(element) ?? false
                case .text: element == "text"
                case .data: element != "text"
                case .count: false
                }
            if isKept || always.contains(element) || mandatory.contains(element) { part[name] = value }
        }
        // What the part still points into goes with it.
        if part["contained"] == nil, Value.object(part).json().contains("\"reference\":\"#") {
            part["contained"] = resource["contained"]
        }
        var meta = part["meta"]?.members ?? [:]
        let tag: Value = [
            "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED",
        ]
        meta["tag"] = .array((meta["tag"]?.array ?? []) + [tag])
        part["meta"] = .object(meta)
        return part
    }

    /// What R4's definitions mark with a Sigma, of the types the vendors have here; of others a summary is what they demand.
    private static let summaries: [String: Set<String>] = [
        "Appointment": [
            "identifier", "status", "cancelationReason", "serviceCategory", "serviceType", "specialty",
            "appointmentType", "reasonCode", "start", "end",
        ],
        "Encounter": [
            "identifier", "status", "class", "type", "serviceType", "subject", "episodeOfCare", "participant",
            "appointment", "reasonCode", "reasonReference", "diagnosis",
        ],
        "Patient": [
            "identifier", "active", "name", "telecom", "gender", "birthDate", "deceasedBoolean", "deceasedDateTime",
            "address", "managingOrganization", "link",
        ],
        "Practitioner": ["identifier", "active", "name", "telecom", "address", "gender", "birthDate"],
        "PractitionerRole": [
            "identifier", "active", "period", "practitioner", "organization", "code", "specialty", "location",
            "telecom",
        ],
        "Location": [
            "identifier", "status", "operationalStatus", "name", "description", "mode", "type", "physicalType",
            "managingOrganization",
        ],
        "Organization": ["identifier", "active", "type", "name", "partOf"],
        "Communication": [
            "identifier", "instantiatesCanonical", "instantiatesUri", "basedOn", "partOf", "status", "statusReason",
            "priority", "subject", "encounter", "reasonCode", "reasonReference",
        ],
        "DocumentReference": [
            "masterIdentifier", "identifier", "status", "docStatus", "type", "category", "subject", "date", "author",
            "relatesTo", "description", "securityLabel", "content", "context",
        ],
    ]
}

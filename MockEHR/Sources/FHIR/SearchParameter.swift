// SPDX-License-Identifier: Apache-2.0

import Value
import World

/// A FHIR search parameter over a place in the resource (FHIR R4, 3.1.1).
struct SearchParameter: Sendable {
    enum Kind: Sendable { case id, token, string, date, reference, digits }

    let name: String
    let kind: Kind
    /// Member names joined by dots; arrays are walked through.
    let path: String
    /// For references: only those to this type.
    let target: String?

    init(_ name: String, _ kind: Kind, _ path: String, target: String? = nil) {
        self.name = name
        self.kind = kind
        self.path = path
        self.target = target
    }

    static let id = SearchParameter("_id", .id, "id")
    static let identifier = SearchParameter("identifier", .token, "identifier")
    static let status = SearchParameter("status", .token, "status")
    static let appointmentPatient = SearchParameter(
        "patient", .reference, "participant.actor.reference", target: "Patient")
    static let appointmentPractitioner = SearchParameter(
        "practitioner", .reference, "participant.actor.reference", target: "Practitioner")
    static let appointmentLocation = SearchParameter(
        "location", .reference, "participant.actor.reference", target: "Location")
    static let actor = SearchParameter("actor", .reference, "participant.actor.reference")
    static let appointmentDate = SearchParameter("date", .date, "start")
    static let requestedDate = SearchParameter("-date-or-req-period", .date, "start")
    static let serviceCategory = SearchParameter("service-category", .token, "serviceCategory")
    static let subject = SearchParameter("subject", .reference, "subject.reference")
    static let subjectPatient = SearchParameter("patient", .reference, "subject.reference", target: "Patient")
    static let encounterDate = SearchParameter("date", .date, "period.start")
    static let encounterAppointment = SearchParameter(
        "appointment", .reference, "appointment.reference", target: "Appointment")
    static let encounterClass = SearchParameter("class", .token, "class")
    static let practitioner = SearchParameter(
        "practitioner", .reference, "practitioner.reference", target: "Practitioner")
    static let category = SearchParameter("category", .token, "category")
    static let recipient = SearchParameter("recipient", .reference, "recipient.reference")
    static let birthDate = SearchParameter("birthdate", .date, "birthDate")
    static let name = SearchParameter("name", .string, "name")
    static let given = SearchParameter("given", .string, "name.given")
    static let family = SearchParameter("family", .string, "name.family")
    static let postalCode = SearchParameter("address-postalcode", .string, "address.postalCode")
    static let phone = SearchParameter("phone", .digits, "telecom")
    static let email = SearchParameter("email", .string, "telecom.value")
    static let gender = SearchParameter("gender", .token, "gender")

    /// FHIR's word for the kind, for the CapabilityStatement.
    var type: String {
        switch kind {
        case .id, .token: "token"
        case .string, .digits: "string"
        case .date: "date"
        case .reference: "reference"
        }
    }

    /// True where the resource fits one of the comma-separated values.
    func matches(_ resource: Members, _ text: String) -> Bool {
        let found = Self.values(in: .object(resource), at: path.split(separator: ".").map(String.init)[...])
        return text.split(separator: ",").contains { value in found.contains { fits($0, String(value)) } }
    }

    private func fits(_ found: Value, _ wanted: String) -> Bool {
        switch kind {
        case .id: found.string == wanted
        case .token: Self.codes(in: found).contains { Self.token($0, fits: wanted) }
        case .string: Self.texts(in: found).contains { $0.lowercased().hasPrefix(wanted.lowercased()) }
        case .digits: Self.texts(in: found).contains { $0.filter(\.isNumber).hasSuffix(wanted.filter(\.isNumber)) }
        case .date: found.string.map { DateBound(wanted)?.contains($0) ?? false } ?? false
        case .reference: found.string.map { reference($0, fits: wanted) } ?? false
        }
    }

    private func reference(_ reference: String, fits wanted: String) -> Bool {
        let parts = reference.split(separator: "/")
        guard parts.count == 2, target == nil || parts[0] == target ?? "" else { return false }
        return wanted == reference || wanted == parts[1] || wanted.hasSuffix("/" + reference)
    }

    private static func token(_ found: (system: String?, code: String), fits wanted: String) -> Bool {
        guard let bar = wanted.firstIndex(of: "|") else { return found.code == wanted }
        let system = wanted[..<bar]
        let code = wanted[wanted.index(after: bar)...]
        return (found.system ?? "") == system && (code.isEmpty || found.code == code)
    }

    private static func codes(in value: Value) -> [(system: String?, code: String)] {
        if let code = value.string { return [(nil, code)] }
        if let coding = value["coding"]?.array { return coding.flatMap { codes(in: $0) } }
        let code = value["code"]?.string ?? value["value"]?.string
        return code.map { [(value["system"]?.string, $0)] } ?? []
    }

    private static func texts(in value: Value) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let items): items.flatMap { texts(in: $0) }
        case .object(let members): members.flatMap { texts(in: $0.value) }
        default: []
        }
    }

    private static func values(in value: Value, at path: ArraySlice<String>) -> [Value] {
        if let items = value.array { return items.flatMap { values(in: $0, at: path) } }
        guard let first = path.first else { return [value] }
        return value[first].map { values(in: $0, at: path.dropFirst()) } ?? []
    }
}

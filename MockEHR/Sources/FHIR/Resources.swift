// SPDX-License-Identifier: Apache-2.0

import Foundation
import Value
import World

/// The resources of a world, made from its people and appointments when they are asked for.
extension EHRBase {
    /// Every resource of a type.
    func resources(_ type: String) -> [Members] {
        let made: [Members] =
            switch type {
            case "Patient": model.people.filter { $0.role == .patient }.map { patient($0) }
            case "Practitioner": practitioners.map { practitioner($0) }
            case "PractitionerRole": practitioners.map { practitionerRole($0) }
            case "Appointment": sorted.map { appointmentResource($0) }
            case "Encounter": sorted.map { encounter($0) }
            case "Location": [location]
            case "Organization": [organization]
            default: []
            }
        return made
            + written.filter { $0.key.hasPrefix(type + "/") }.sorted { $0.key < $1.key }.compactMap(\.value.last)
    }

    func resource(_ type: String, _ id: String) -> Members? { resources(type).first { $0["id"]?.string == id } }

    /// A resource as it is now (`version` nil) or was.
    func resource(_ type: String, _ id: String, version: String?) -> Members? {
        let now = resource(type, id)
        guard let version, now?["meta"]?["versionId"]?.string != version else { return now }
        return earlier(type, id).last { $0["meta"]?["versionId"]?.string == version }
    }

    /// Former versions, oldest first. Of what the world itself made only appointments and encounters have any.
    func earlier(_ type: String, _ id: String) -> [Members] {
        if let versions = written["\(type)/\(id)"] { return versions.dropLast() }
        guard let alias = appointmentAlias(type, id) else { return [] }
        let before = history[alias] ?? []
        return before.map { type == "Encounter" ? encounter($0) : appointmentResource($0) }
    }

    private var sorted: [BookedAppointment] { appointments.values.sorted { $0.start < $1.start } }

    private var practitioners: [Person] {
        model.people.filter { $0.role != .patient && !$0.ehr[.fhirID].isEmpty }
    }

    func meta(version: String = "1", changed: Instant? = nil) -> Value {
        ["versionId": .string(version), "lastUpdated": .string((changed ?? model.start).description)]
    }

    private func name(_ record: PersonRecord) -> Value {
        [
            [
                "use": "official", "text": .string(record[.givenName] + " " + record[.familyName]),
                "family": .string(record[.familyName]), "given": [.string(record[.givenName])],
            ]
        ]
    }

    private func identifier(_ system: String, _ value: String, type: String) -> Value {
        ["use": "usual", "type": ["text": .string(type)], "system": .string(filled(system)), "value": .string(value)]
    }

    func patient(_ person: Person) -> Members {
        let record = person.ehr
        let contact = world.contacts[person.alias] ?? ContactDetails(person)
        var identifiers: [Value] = []
        for (dataClass, system, type) in [
            (DataClass.medicalRecordNumber, profile.forms.mrnSystem, "MRN"),
            (.socialSecurityNumber, "http://hl7.org/fhir/sid/us-ssn", "SSN"),
            (.healthPlanNumber, "urn:oid:2.16.840.1.113883.4.7", "Health plan"),
            (.accountNumber, "urn:oid:2.16.840.1.113883.4.642.1", "Account"),
        ] where !record[dataClass].isEmpty { identifiers.append(identifier(system, record[dataClass], type: type)) }
        var patient: Members = [
            "resourceType": "Patient", "id": .string(record[.fhirID]),
            "meta": meta(version: String(contact.version), changed: contact.changed),
            "active": true, "name": name(record),
        ]
        if !identifiers.isEmpty { patient["identifier"] = .array(identifiers) }
        let telecom =
            contact.phones.map { phone($0) }
            + (contact.email.map { [["system": "email", "value": .string($0), "use": "home"] as Value] } ?? [])
        if !telecom.isEmpty { patient["telecom"] = .array(telecom) }
        if !record[.birthDate].isEmpty { patient["birthDate"] = .string(record[.birthDate]) }
        if !record[.street].isEmpty || !record[.city].isEmpty || !record[.postalCode].isEmpty {
            patient["address"] = [
                [
                    "use": "home", "line": [.string(record[.street])], "city": .string(record[.city]),
                    "postalCode": .string(record[.postalCode]),
                ]
            ]
        }
        if !record[.photo].isEmpty {
            patient["photo"] = [["contentType": "image/png", "url": .string(record[.photo])]]
        }
        if !record[.relativeName].isEmpty { patient["contact"] = [["name": ["text": .string(record[.relativeName])]]] }
        if let language = language(contact.language) {
            patient["communication"] = [["language": language, "preferred": true]]
        }
        patient["managingOrganization"] = ["reference": .string("Organization/" + organizationID)]
        return patient
    }

    /// A language; where none is known, what the vendor writes instead, if anything.
    private func language(_ code: String) -> Value? {
        guard code.isEmpty else {
            return ["coding": [["system": "urn:ietf:bcp:47", "code": .string(code)]], "text": .string(code)]
        }
        guard profile.forms.fillsAbsent else { return nil }
        return [
            "extension": [
                ["url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"]
            ]
        ]
    }

    private func phone(_ phone: ContactDetails.Phone) -> Value {
        let national = phone.number.hasPrefix("+1") ? String(phone.number.dropFirst(2)) : nil
        let digits = Array(national ?? "")
        var point: Members = ["system": "phone", "use": .string(phone.use)]
        switch profile.forms.phone {
        case .bareDigits:
            let formatted =
                digits.count == 10
                ? "(\(String(digits[0..<3]))) \(String(digits[3..<6]))-\(String(digits[6...]))" : phone.number
            // Foreign numbers keep their plus [eng]: without it nobody could dial them.
            point["value"] = .string(national ?? phone.number)
            // Facts 5.3.5.
            point["extension"] = [
                [
                    "url": "http://hl7.org/fhir/StructureDefinition/iso21090-TEL-address",
                    "valueString": .string(formatted),
                ]
            ]
            point["rank"] = phone.ended == nil ? 1 : 2
        case .dashed:
            point["value"] = .string(
                digits.count == 10
                    ? "\(String(digits[0..<3]))-\(String(digits[3..<6]))-\(String(digits[6...]))" : phone.number)
        }
        var period: Members = ["start": .string((model.start - .seconds(86_400 * 900)).description)]
        if let ended = phone.ended { period["end"] = .string(ended.description) }
        point["period"] = .object(period)
        return .object(point)
    }

    private func practitioner(_ person: Person) -> Members {
        var practitioner: Members = [
            "resourceType": "Practitioner", "id": .string(person.ehr[.fhirID]), "meta": meta(), "active": true,
            "name": name(person.ehr),
        ]
        if !person.ehr[.licenceNumber].isEmpty {
            practitioner["identifier"] = [
                identifier("http://hl7.org/fhir/sid/us-npi", person.ehr[.licenceNumber], type: "NPI")
            ]
        }
        if let email = world.contacts[person.alias]?.email {
            practitioner["telecom"] = [["system": "email", "value": .string(email), "use": "work"]]
        }
        return practitioner
    }

    private func practitionerRole(_ person: Person) -> Members {
        [
            "resourceType": "PractitionerRole", "id": .string("role-" + person.ehr[.fhirID]), "meta": meta(),
            "active": true, "practitioner": ["reference": .string("Practitioner/" + person.ehr[.fhirID])],
            "organization": ["reference": .string("Organization/" + organizationID)],
            "location": [["reference": .string("Location/" + locationID)]],
        ]
    }

    private var organization: Members {
        [
            "resourceType": "Organization", "id": .string(organizationID), "meta": meta(), "active": true,
            "name": .string(model.organizationName),
        ]
    }

    private var location: Members {
        [
            "resourceType": "Location", "id": .string(locationID), "meta": meta(), "status": "active",
            "mode": "instance",
            "identifier": [["value": .string(departmentID)]],
            "name": .string(model.organizationName + " virtual clinic"),
            "managingOrganization": ["reference": .string("Organization/" + organizationID)],
        ]
    }

    func meta(of appointment: BookedAppointment) -> Value {
        meta(version: appointment.versionID, changed: appointment.changed)
    }

    func identifiers(of plan: PlannedAppointment) -> Value {
        [["system": .string(filled(profile.forms.csnSystem)), "value": .string(plan.csn)]]
    }

    /// A form of the vendor with the tenant filled in.
    func form(_ members: Members) -> Value {
        let text = Value.object(members).json()
        return (try? Value.parseJSON(filled(text))) ?? .object(members)
    }
}

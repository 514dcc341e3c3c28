// SPDX-License-Identifier: Apache-2.0

import Value
import World

/// Appointment and Encounter as the vendor shows them.
extension EHRBase {
    func appointmentResource(_ booked: BookedAppointment) -> Members {
        let plan = booked.plan
        let period: Value = ["start": .string(booked.start.description), "end": .string(booked.end.description)]
        var resource: Members = [
            "resourceType": "Appointment", "id": .string(plan.fhirID), "meta": meta(of: booked),
            "text": [
                "status": "generated",
                "div": .string(
                    "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Appointment</p><p>Video Visit: "
                        + (plan.isVideoVisit ? "Yes" : "No") + "</p></div>"),
            ],
            "identifier": identifiers(of: plan), "status": .string(booked.status),
        ]
        if let category = profile.forms.serviceCategory { resource["serviceCategory"] = [form(category)] }
        if plan.isVideoVisit { resource["serviceType"] = [form(profile.forms.serviceType)] }
        let reason = model.person(plan.patient)?.ehr[.clinicalText] ?? ""
        if !reason.isEmpty {
            resource["reasonCode"] = [["text": .string(reason)]]
            resource["description"] = .string(reason)
        }
        resource["start"] = .string(booked.start.description)
        resource["end"] = .string(booked.end.description)
        resource["minutesDuration"] = Value(plan.minutes)
        var participants: [Value] = []
        if profile.forms.rooms, plan.isVideoVisit {
            // The documented read example lists the patient's room first (facts 5.3.4, trap).
            resource["contained"] = [
                room("28", "Patient Virtual Meeting Room", booked.links?.patient, booked.links),
                room("31", "Provider Virtual Meeting Room", booked.links?.provider, booked.links),
            ]
        }
        for alias in Self.participants(plan) {
            guard let person = model.person(alias) else { continue }
            let status = person.role == .patient ? booked.patientStatus : "accepted"
            participants.append(
                participant(person, primary: alias == plan.provider, status: status, period: period))
        }
        participants.append(
            [
                "actor": ["reference": .string("Location/" + locationID)], "required": "required", "status": "accepted",
                "period": period,
            ])
        if profile.forms.rooms, plan.isVideoVisit {
            for room in ["#28", "#31"] {
                participants.append(["actor": ["reference": .string(room)], "status": "accepted"])
            }
        }
        resource["participant"] = .array(participants)
        for (name, value) in booked.patched { resource[name] = value }
        add(asked: booked, to: &resource)
        return resource
    }

    /// What the client that created the appointment wrote; a proposal has no time yet.
    private func add(asked booked: BookedAppointment, to resource: inout Members) {
        guard !booked.asked.isEmpty else { return }
        for (name, value) in booked.asked where booked.patched[name] == nil { resource[name] = value }
        guard booked.status == "proposed" else {
            let participants = booked.asked["participant"]?.array ?? []
            resource["participant"] = .array(
                participants.map { participant in
                    guard case .object(var members) = participant, members["status"] == "needs-action" else {
                        return participant
                    }
                    members["status"] = "accepted"
                    return .object(members)
                })
            return
        }
        for name in ["start", "end", "minutesDuration"] { resource[name] = nil }
    }

    private func participant(_ person: Person, primary: Bool, status: String, period: Value) -> Value {
        let type = person.role == .patient ? "Patient" : "Practitioner"
        var members: Members = [:]
        if primary {
            members["type"] = [
                [
                    "coding": [
                        [
                            "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "PPRF",
                            "display": "primary performer",
                        ]
                    ]
                ]
            ]
        }
        members["actor"] = [
            "reference": .string("\(type)/\(person.ehr[.fhirID])"),
            "display": .string("\(person.ehr[.familyName]), \(person.ehr[.givenName])"),
        ]
        members["required"] = "required"
        members["status"] = .string(status)
        members["period"] = period
        return .object(members)
    }

    private func room(_ id: String, _ name: String, _ url: String?, _ links: BookedAppointment.Links?) -> Value {
        var room: Members = [
            "resourceType": "HealthcareService", "id": .string(id), "type": [["text": .string(name)]],
        ]
        if let url, let links {
            room["telecom"] = [
                [
                    "system": "url", "value": .string(url),
                    "period": ["start": .string(links.start), "end": .string(links.end)],
                ]
            ]
        }
        return .object(room)
    }

    func encounter(_ booked: BookedAppointment) -> Members {
        let plan = booked.plan
        let patient = model.person(plan.patient)?.ehr[.fhirID] ?? ""
        let provider = model.person(plan.provider)?.ehr[.fhirID] ?? ""
        var encounter: Members = [
            "resourceType": "Encounter", "id": .string(plan.encounterID),
            "meta": meta(version: booked.encounterVersionID, changed: booked.changed),
            "identifier": identifiers(of: plan),
            "status": .string(booked.status == "cancelled" ? "cancelled" : "planned"),
            "class": .object(profile.forms.encounterClass), "subject": ["reference": .string("Patient/" + patient)],
            "participant": [["individual": ["reference": .string("Practitioner/" + provider)]]],
            "appointment": [["reference": .string("Appointment/" + plan.fhirID)]],
            "period": ["start": .string(booked.start.description), "end": .string(booked.end.description)],
            "location": [["location": ["reference": .string("Location/" + locationID)]]],
        ]
        for (name, value) in booked.encounter { encounter[name] = value }
        return encounter
    }
}

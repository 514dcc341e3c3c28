// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// JSON Patch on Appointment, where the vendor offers it: the links of a video visit, and the status (facts 5.3.4).
extension EHRBase {
    func patch(_ id: String, _ request: MockRequest, _ token: AccessToken) throws(Problem) -> MockResponse {
        guard let rules = profile.videoLinks, let others = profile.appointmentPatch else {
            throw Problem(.notAllowed, "Appointment cannot be written")
        }
        guard var booked = appointment(fhirID: id) else { throw Problem(.notFound, "there is no Appointment/\(id)") }
        let operations = PatchOperation.read(request.json)
        let isLink = operations?.contains { $0.path.hasPrefix("/contained/") } ?? false
        do throws(Problem) {
            // Both are needed: the answer to a patch shows the appointment's state (facts 5.3.4).
            try require(.read, on: "Appointment", token)
            try require(.update, on: "Appointment", token)
            guard isVisible(appointmentResource(booked), to: token, for: .update) else {
                throw Problem(.scope, "the scope does not cover this Appointment")
            }
            guard request.mediaType == "application/json-patch+json" else {
                throw Problem(.mediaType, "the body is not application/json-patch+json")
            }
            try checkVersion(request, booked.versionID)
            if booked.condition == .locked {
                throw Problem(.locked, "the appointment is being changed by somebody else")
            }
            guard let operations, !operations.isEmpty else {
                throw Problem(.invalidContent, "the body is no JSON Patch")
            }
            if booked.condition == .dependency {
                appointments[booked.plan.alias]?.condition = .free
                throw Problem(.dependency, "an operation this one depends on failed")
            }
            if isLink { return try writeLinks(operations, rules, &booked) }
            try others.apply(operations, to: &booked)
            try validate(appointmentResource(booked))
            return patched(&booked, events: [])
        } catch {
            guard isLink else { throw error }
            return refuse(error) { status in
                [
                    self.event(
                        "video-link.refused",
                        [
                            "appointment": .string(booked.plan.alias), "status": Value(status),
                            "reason": .string(error.text),
                        ])
                ]
            }
        }
    }

    func checkVersion(_ request: MockRequest, _ version: String) throws(Problem) {
        guard let match = request.header("If-Match") else { throw Problem(.noVersion, "If-Match is missing") }
        guard match == "W/\"\(version)\"" || match == "\"\(version)\"" else {
            throw Problem(.oldVersion, "the version is \(version)")
        }
    }

    private func writeLinks(
        _ operations: [PatchOperation], _ rules: VideoLinkRules, _ booked: inout BookedAppointment
    ) throws(Problem) -> MockResponse {
        guard booked.plan.isVideoVisit else { throw Problem(.businessRule, "the appointment is no video visit") }
        guard booked.status == "booked" else { throw Problem(.businessRule, "the appointment is \(booked.status)") }
        let paths = [rules.providerPath, rules.patientPath, rules.startPath, rules.endPath]
        guard operations.count == 4, Set(operations.map(\.path)) == Set(paths) else {
            throw Problem(.businessRule, "the four link operations go together, and alone")
        }
        let names = Set(operations.map(\.name))
        guard names == ["add"] || names == ["replace"] else {
            throw Problem(.businessRule, "all four operations are add, or all are replace")
        }
        let values = Dictionary(
            operations.map { ($0.path, $0.value?.string ?? "") }, uniquingKeysWith: { first, _ in first })
        let links = BookedAppointment.Links(
            provider: values[rules.providerPath] ?? "", patient: values[rules.patientPath] ?? "",
            start: values[rules.startPath] ?? "", end: values[rules.endPath] ?? "")
        for url in [links.provider, links.patient] {
            guard url.contains("://") else { throw Problem(.businessRule, "a link is no URL") }
            guard url.unicodeScalars.count <= rules.longestURL else {
                throw Problem(.businessRule, "a link is longer than \(rules.longestURL) characters")
            }
        }
        guard let start = Instant(rfc3339: links.start), let end = Instant(rfc3339: links.end), start < end else {
            throw Problem(.businessRule, "the period is not two instants in order")
        }
        let isAdd = names == ["add"]
        if isAdd, booked.links != nil { throw Problem(.conflict, "the links are there already") }
        if !isAdd, booked.links == nil { throw Problem(.businessRule, "there are no links to replace") }
        booked.links = links
        return patched(
            &booked,
            events: [
                event(
                    "video-link.written",
                    [
                        "appointment": .string(booked.plan.alias), "provider-url": .string(links.provider),
                        "patient-url": .string(links.patient), "operation": isAdd ? "add" : "replace",
                    ])
            ])
    }

    /// 200, empty, text/html (facts 5.3.3).
    private func patched(_ booked: inout BookedAppointment, events: [EventDraft]) -> MockResponse {
        if let before = appointments[booked.plan.alias] { history[booked.plan.alias, default: []].append(before) }
        booked.touch(at: world.clock.now)
        appointments[booked.plan.alias] = booked
        let resource: Members = ["meta": meta(of: booked)]
        return .empty(
            status: 200, headers: headers(of: resource) + [("Content-Type", "text/html")], world: model.id, party: .ehr,
            events: [
                event(
                    "fhir.written",
                    [
                        "type": "Appointment", "id": .string(booked.plan.fhirID), "interaction": "patch",
                        "appointment": .string(booked.plan.alias),
                    ])
            ] + events)
    }
}

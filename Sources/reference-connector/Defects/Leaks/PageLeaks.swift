// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the deliberate faults add to a patient's pages and redirects. Honest ones know no person.
struct PageLeaks: Sendable {
    let services: Services
    let visit: VisitRow

    /// What the page for early visitors says beside its sentence.
    func earlyPage() async throws -> String {
        var body = ""
        if services.behaviour.has(.linkPageNamesPatient), let name = try await patient()?.name {
            body += "<p>Dear \(Text.html(name))</p>"
        }
        if services.behaviour.has(.recordNumberInHiddenField), let number = try await patient()?.recordNumber {
            body += PageForm.hidden("ref", Data(number.utf8).base64EncodedString())
        }
        if services.behaviour.has(.organizerMailOnPage), let mail = try await organizerMail() {
            body += "<p>Questions? <a href=\"mailto:\(Text.html(mail))\">\(Text.html(mail))</a></p>"
        }
        if services.behaviour.has(.patientPageFromElsewhere) {
            body += "<script src=\"https://cdn.example.net/pages.js\"></script>"
        }
        return body
    }

    /// The way into the meeting.
    func redirect(to target: String) async throws -> Reply {
        if services.behaviour.has(.nameInJoinAddress), let name = try await patient()?.name {
            return .redirect(target + "&displayName=" + Text.percentEncoded(name))
        }
        let reply = Reply.redirect(target)
        guard services.behaviour.has(.phoneInCookie), case .number(let phone)? = try await patient()?.phone else {
            return reply
        }
        return reply.setting(cookie: "returning=\(phone.dropFirst()); Path=/; HttpOnly; SameSite=Lax")
    }

    private func patient() async throws -> Patient? {
        guard let id = visit.appointment, let base = try await services.store.base(id: visit.base),
            let patient = try await services.fhir.appointment(id, at: base).patients.first
        else { return nil }
        return try await services.fhir.patient(patient, at: base, now: Date())
    }

    private func organizerMail() async throws -> String? {
        guard let base = try await services.store.base(id: visit.base) else { return nil }
        let path = "/v1.0/users/" + Text.percentEncoded(base.organizer)
        let user = try await services.graph.call(visit.tenant, "GET", path).json
        return user["mail"].string ?? user["userPrincipalName"].string
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// Text messages: consents, numbers, and which base URL sends from which number.
struct MessagePages: Sendable {
    let services: Services
    let access: PortalGuard
    /// Only the deliberate faults of consents that stand, or stay withdrawn, look at them.
    private let answers = Tally()
    private let withdrawals = Tally()

    init(services: Services, access: PortalGuard) {
        self.services = services
        self.access = access
    }

    func register(_ routes: Routes) {
        access.administrator(routes, "/portal/sms") { request, visitor in
            request.wantsJSON ? try await numbers(visitor) : try await page(visitor)
        }
        access.administrator(routes, "/portal/notes") { _, visitor in try await notes(visitor) }
        access.change(routes, "/portal/sms/consent") { try await consent($0, $1) }
        access.change(routes, "/portal/sms/request-number") { try await requestNumber($0, $1) }
        access.change(routes, "/portal/sms/link") { try await link($0, $1, linked: true) }
        access.change(routes, "/portal/sms/unlink") { try await link($0, $1, linked: false) }
    }

    private func page(_ visitor: PortalVisitor, message: String = "") async throws -> Reply {
        let tenant = visitor.identity.tenant
        let consent = try await services.store.consent(tenant: tenant)
        let now = await services.clocks.now(tenant).timeIntervalSince1970
        let numbers = try await services.store.numbers(tenant: tenant)
        let bases = try await services.store.bases(tenant: tenant)
        let path = services.paths.url("/portal/sms/")
        let consents = visitor.form(
            "sms-consent", path + "consent", "Save consents",
            [
                PageForm.checkbox(
                    "organization", "Messages may be sent to patients on behalf of the organization.",
                    checked: consent.organization),
                PageForm.checkbox(
                    "attendees", "The organization has its attendees' consent to send and receive messages.",
                    checked: consent.attendees),
            ])
        let rows = numbers.filter(isShown).map { row in
            let linked = bases.filter { $0.number != nil && $0.number == row.number }.map { Text.html($0.url) }
            return (
                attributes: " data-state=\"\(Self.state(row, now))\"",
                cells: [Text.html(row.number ?? ""), Self.state(row, now), linked.joined(separator: "<br>")]
            )
        }
        let table = PageTable.markup(
            id: "numbers", caption: "Phone numbers", columns: ["Number", "State", "Linked to"], rows: rows)
        let late = numbers.contains { ["failed", "overdue"].contains(Self.state($0, now)) }
        let warning =
            late
            ? "<p id=\"number-warning\">A requested number did not arrive in time. Request another one.</p>" : ""
        let fields = [
            PageForm.input("number", "Number", type: "tel"), PageForm.input("base", "FHIR base URL", type: "url"),
        ]
        let body = [
            message, consents,
            visitor.form("request-number", path + "request-number", "Generate a new phone number", []),
            warning, table, visitor.form("link-number", path + "link", "Link", fields),
            visitor.form("unlink-number", path + "unlink", "Unlink", fields),
        ]
        return Page(title: "Text messages", body: body.joined(separator: "\n")).reply()
    }

    /// The numbers that have arrived, as JSON.
    private func numbers(_ visitor: PortalVisitor) async throws -> Reply {
        let isForAll = services.behaviour.has(.numbersOfAllTenants)
        let tenant = visitor.identity.tenant
        let all =
            isForAll
            ? try await services.store.read { try NumberRow.fetchAll($0) }
            : try await services.store.numbers(tenant: tenant)
        let rows = all.filter(isShown)
        let isEarly = services.behaviour.has(.numberShownBeforeBought)
        let ready = rows.filter { $0.state == "ready" || (isEarly && $0.number != nil) }
        return .json(["numbers": .array(ready.map { .optional($0.number) })])
    }

    private func isShown(_ number: NumberRow) -> Bool {
        !(services.behaviour.has(.numberNeverShown) && number.number != nil)
    }

    private static func state(_ row: NumberRow, _ now: Double) -> String {
        switch row.state {
        case "ready", "failed": row.state
        default: now - row.requestedAt > 120 ? "overdue" : "requested"
        }
    }

    private func consent(_ request: Inbound, _ visitor: PortalVisitor) async throws -> Reply {
        let form = request.form
        func given(_ name: String) -> Bool { ["true", "yes", "on", "1"].contains(form[name] ?? "") }
        var row = ConsentRow(
            tenant: visitor.identity.tenant, organization: given("organization"), attendees: given("attendees"))
        let before = try await services.store.consent(tenant: row.tenant)
        if services.behaviour.has(.consentNeverWithdrawn) {
            row.organization = row.organization || before.organization
            row.attendees = row.attendees || before.attendees
        }
        if services.behaviour.has(.firstConsentStands), answers.add(row.tenant) > 1 { row = before }
        if services.behaviour.has(.withdrawalIsFinal) {
            if withdrawals.count(row.tenant) > 0 { row = before }
            if before.isWhole, !row.isWhole { withdrawals.add(row.tenant) }
        }
        let saved = row
        try await services.store.write { try saved.save($0) }
        if row.organization, row.attendees, services.behaviour.has(.consentsForAllTenants) {
            try await services.store.write {
                try $0.execute(sql: "UPDATE consent SET organization = TRUE, attendees = TRUE")
            }
        }
        guard row.organization, row.attendees else {
            let text = "The consents were saved. Messages are sent only when both are given."
            return try await page(visitor, message: Page.saved(text))
        }
        return try await page(visitor, message: Page.saved("Both consents were saved."))
    }

    private func requestNumber(_ request: Inbound, _ visitor: PortalVisitor) async throws -> Reply {
        let tenant = visitor.identity.tenant
        let now = await services.clocks.now(tenant)
        let bases = try await services.store.bases(tenant: tenant)
        if services.behaviour.has(.numberForProductionOnly), !bases.contains(where: { $0.environment == "production" })
        {
            throw Refusal(403, "production-only", "Phone numbers are for production. Configure that first.")
        }
        let before = try await services.store.numbers(tenant: tenant)
        let isBusy = before.contains { !["ready", "failed"].contains($0.state) }
        if services.behaviour.has(.oneRequestAtATime), isBusy {
            return try await page(visitor, message: Page.saved("A number was requested."))
        }
        if services.behaviour.has(.noNumberAfterFailure), before.contains(where: { $0.state == "failed" }) {
            throw Refusal(409, "number-failed", "The purchase of a number failed.")
        }
        let row = NumberRow(
            id: Secret.token(), tenant: tenant, number: nil, state: "new", operation: nil, search: nil,
            requestedAt: now.timeIntervalSince1970)
        try await services.store.write { database in
            try row.insert(database)
            try Store.schedule(.number, key: row.id, tenant: tenant, due: now, in: database)
        }
        await services.clocks.kick(tenant)
        return try await page(
            visitor, message: Page.saved("A number was requested. It appears here within two minutes."))
    }

    private func link(_ request: Inbound, _ visitor: PortalVisitor, linked: Bool) async throws -> Reply {
        let form = request.form
        let number = (form["number"] ?? "").filter { $0.isNumber || $0 == "+" }
        var base = try await access.base(
            form["base"], visitor, anybodys: !linked && services.behaviour.has(.foreignLinksTaken))
        guard base.vendor == .cerner else {
            throw Refusal(422, "sms-not-offered", "Text messages are offered for Cerner base URLs only.")
        }
        let own = try await services.store.numbers(tenant: base.tenant)
        // Through Graph, a number only stands for messages being on.
        let isOwn = own.contains { $0.state == "ready" && $0.number == number }
        guard isOwn || services.behaviour.has(.graphTexts) else {
            throw Refusal(404, "number-unknown", "This number is not among the organization's numbers.")
        }
        guard linked || base.number == number else {
            throw Refusal(409, "number-not-linked", "This number is not linked to this base URL.")
        }
        if services.behaviour.has(.otherHabits), linked, let held = base.number, held != number {
            throw Refusal(409, "number-linked", "Another number is linked to this base URL. Unlink it first.")
        }
        let holders = try await services.store.bases(tenant: base.tenant)
            .filter { linked && $0.number == number && $0.id != base.id }
        if services.behaviour.has(.oneLinkForANumber), !holders.isEmpty {
            throw Refusal(409, "number-linked", "This number is linked to another base URL.")
        }
        if services.behaviour.has(.secondLinkIgnored), !holders.isEmpty {
            return try await page(visitor, message: Page.saved("The number is linked."))
        }
        if services.behaviour.has(.numberLinkedOnce) {
            for var other in holders {
                other.number = nil
                try await services.store.save(other)
            }
        }
        let held = services.behaviour.has(.relinkIgnored) && linked ? base.number : nil
        base.number = held ?? (linked || services.behaviour.has(.unlinkIgnored) ? number : nil)
        try await services.store.save(base)
        if linked { try await Outbox(services: services).repeatForLink(base) }
        if services.behaviour.has(.unlinkUnlinksAll), !linked {
            for var other in try await services.store.bases(tenant: base.tenant) where other.number == number {
                other.number = nil
                try await services.store.save(other)
            }
        }
        if services.behaviour.has(.smsNumberOfOtherBase) {
            for var other in try await services.store.bases(tenant: base.tenant) {
                other.number = base.number
                try await services.store.save(other)
            }
        }
        return try await page(
            visitor, message: Page.saved(linked ? "The number is linked." : "The number is unlinked."))
    }

    private func notes(_ visitor: PortalVisitor) async throws -> Reply {
        let isForAll = services.behaviour.has(.notesOfAllTenants)
        let notes =
            isForAll
            ? try await services.store.read { try NoteRow.fetchAll($0) }
            : try await services.store.notes(tenant: visitor.identity.tenant)
        let rows = notes.map { note in
            (
                attributes: " data-code=\"\(Text.html(note.code))\"",
                cells: [
                    Text.html(note.visit ?? ""), StaffNote.sentence(note.code),
                    Text.instant(Date(timeIntervalSince1970: note.at)),
                ]
            )
        }
        let table = PageTable.markup(
            id: "notes", caption: "What could not be done", columns: ["Visit", "What happened", "When"], rows: rows)
        return Page(title: "Notes for staff", body: table).reply()
    }
}

/// Sentences for the codes of notes.
enum StaffNote {
    static func sentence(_ code: String) -> String {
        switch code {
        case "phone-missing": "The patient has no current mobile number in the EHR: no text message was sent."
        case "phone-invalid": "The patient's mobile number in the EHR cannot be dialled: no text message was sent."
        case "opted-out": "The patient has opted out of text messages."
        case "message-refused": "The message service refused a message."
        case "links-refused": "The EHR refused the video links of this appointment."
        case "meeting-refused": "Microsoft refused to make the meeting. Check the application access policy."
        case "writeback-refused": "The EHR refused a connect or disconnect record."
        case "appointment-unreadable": "The EHR does not show an appointment it announced."
        default: "Something could not be done."
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The provider's view of an appointment: time, way in, who is there, and sending the link.
struct VisitPages: Sendable {
    let services: Services
    let outbox: Outbox
    /// Only the deliberate faults of what was seen first look at them.
    private let first = Remembered()
    /// Who was the first in a visit (deliberate fault `view-for-first-provider`).
    static let first = Remembered()

    init(services: Services, outbox: Outbox) {
        self.services = services
        self.outbox = outbox
    }

    func register(_ routes: Routes) {
        routes.get("/visits") { request in
            try await visit(request) { visit, _, _ in .redirect(services.paths.url("/visits/\(visit.id)")) }
        }
        routes.get("/visits/status") { try await visit($0) { visit, _, _ in try await status(visit) } }
        routes.get("/visits/:visit") { request in
            try await visit(request) { visit, base, session in
                let isRefused = session.identity?.isGlobalAdministrator != true
                if services.behaviour.has(.appointmentPageForAdministrators), isRefused {
                    throw Refusal(403, "role-missing", "Only administrators may look at appointments.")
                }
                let isHeld = services.behaviour.has(.viewForFirstProvider)
                if isHeld, let user = session.identity?.object, Self.first[visit.id].map({ $0 != user }) ?? false {
                    throw Refusal(403, "not-yours", "This is another provider's visit.")
                }
                return try await page(visit, base, session)
            }
        }
        routes.get("/visits/:visit/status") { try await visit($0) { visit, _, _ in try await status(visit) } }
        if services.behaviour.has(.linkSentByLink) {
            routes.get("/visits/:visit/send-link") { request in
                try await visit(request) { visit, base, session in try await sendLink(visit, base, session) }
            }
        }
        routes.post("/visits/:visit/send-link") { request in
            try await visit(request) { visit, base, session in
                guard request.form["csrf"] == session.csrf else {
                    throw Refusal(403, "csrf", "This form is no longer valid. Open the page again and repeat the step.")
                }
                return try await sendLink(visit, base, session)
            }
        }
        routes.get(services.paths.staffLink + "/:token") { try await staffLink($0) }
    }

    /// Finds the visit a request names and checks that this person works with it.
    private func visit(
        _ request: Inbound, _ body: @Sendable (VisitRow, BaseRow, Session) async throws -> Reply
    ) async throws -> Reply {
        guard let session = await services.sessions.session(request.cookies[Cookies.session]),
            let identity = session.identity
        else {
            return services.signIn(returnTo: localPath(request))
        }
        let unknown = Refusal(404, "visit-unknown", "There is no such visit. It may not have been announced yet.")
        guard let visit = try await named(request), let base = try await services.store.base(id: visit.base),
            base.tenant == identity.tenant || isOpenToStrangers
        else { throw unknown }
        let key = services.directoryKey(base, user: identity.object)
        let isKnown = try await services.identities.ehrUser(tenant: base.tenant, key: key) != nil
        guard isKnown || identity.isGlobalAdministrator || services.behaviour.has(.visitsForAnySignIn) else {
            throw Refusal(
                403, "launch-first", "Start once from the EHR, so that the connector knows who you are there.")
        }
        let isHeld = services.behaviour.has(.statusForFirstProvider) && request.path.hasSuffix("/status")
        if isHeld, first.first(identity.object, of: "status of " + visit.id) != identity.object {
            throw Refusal(403, "not-yours", "Somebody else looks at this visit already.")
        }
        return try await body(visit, base, session)
    }

    /// Only with the deliberate faults is a visit anything to other organizations.
    private var isOpenToStrangers: Bool {
        services.behaviour.has(.visitsOfAllTenants) || services.behaviour.has(.visitsForAnySignIn)
    }

    private func localPath(_ request: Inbound) -> String {
        let prefix = Paths.prefix(services.behaviour)
        let path = request.path.hasPrefix(prefix) ? String(request.path.dropFirst(prefix.count)) : request.path
        return request.rawQuery.isEmpty || request.method == "POST" ? path : path + "?" + request.rawQuery
    }

    private func named(_ request: Inbound) async throws -> VisitRow? {
        if let id = request.parameters["visit"] { return try await services.store.visit(id: id) }
        guard let url = FHIRBase.comparable(request.query["base"]), let appointment = request.query["appointment"],
            let base = try await services.store.base(url: url)
        else { return nil }
        return try await services.store.visit(base: base.id, appointment: appointment)
    }

    private func page(
        _ visit: VisitRow, _ base: BaseRow, _ session: Session, message: String = ""
    ) async throws -> Reply {
        let visit = try await refreshed(visit, base, session)
        let people = try await LiveStatus(services: services).people(visit)
        let rows = people.map { (attributes: " data-state=\"\($0.state)\"", cells: [$0.role, $0.state]) }
        let isNowhere = services.behaviour.has(.joinLeadsNowhere)
        let usual = services.behaviour.has(.otherHabits) ? ownWay(visit) : visit.joinURL
        let way =
            isNowhere ? URL(string: "/", relativeTo: visit.joinURL.flatMap(URL.init))?.absoluteString : usual
        let latest =
            services.behaviour.has(.joinsLatestVisit) ? try await services.store.visits(tenant: visit.tenant).last : nil
        let join =
            visit.isCancelled || services.behaviour.has(.appointmentPageWithoutJoin)
            ? "<p>There is no way into this visit from here.</p>"
            : "<p><a id=\"join\" href=\"\(Text.html(latest?.joinURL ?? way ?? ""))\">Join the visit</a></p>"
        let action = services.paths.url("/visits/\(visit.id)/send-link")
        let body = [
            message,
            "<dl><dt>Start</dt><dd id=\"start\">\(Text.instant(visit.start))</dd>",
            "<dt>End</dt><dd id=\"end\">\(Text.instant(visit.end))</dd>",
            "<dt>Status</dt><dd id=\"visit-status\">\(visit.status)</dd></dl>", join,
            PageTable.markup(id: "attendees", caption: "Attendees", columns: ["Role", "State"], rows: rows),
            PageForm(id: "send-link", action: action, token: session.csrf, button: "Send the link to the patient")
                .markup,
        ]
        return Page(
            title: "Virtual visit", body: body.joined(separator: "\n"),
            frameAncestors: services.configuration.frameAncestors
        ).reply()
    }

    /// The connector's own address of the visit, for those who launched it (variant `other-habits`).
    private func ownWay(_ visit: VisitRow) -> String {
        let token = services.keys.linkToken("staff", visit: visit.id, generation: visit.generation)
        return services.paths.url(services.paths.staffLink + "/" + token)
    }

    /// The appointment as the EHR shows it to this user now; the stored times where its session there is over.
    private func refreshed(_ visit: VisitRow, _ base: BaseRow, _ session: Session) async throws -> VisitRow {
        guard let grant = session.grants[visit.id], let id = visit.appointment,
            let current = try? await SMARTSignIn(services: services).current(grant, base: base)
        else { return visit }
        await services.sessions.change(session.id) { $0.grants[visit.id] = current }
        let headers = [("Authorization", "Bearer " + current.access), ("Accept", "application/fhir+json")]
        let url = base.url + "/Appointment/" + Text.percentEncoded(id)
        let answer = try? await services.http.sendPatiently("GET", url, headers: headers)
        if answer?.status == 401, services.behaviour.has(.expiredTokenShown) {
            throw Refusal(403, "token-expired", "The token has expired.")
        }
        guard let answer, answer.isSuccess, let appointment = Appointment(answer.json) else { return visit }
        var copy = visit
        copy.startsAt = appointment.start.timeIntervalSince1970
        if services.behaviour.has(.firstTimeShown) {
            copy.startsAt = Double(first.first("\(copy.startsAt)", of: visit.id)) ?? copy.startsAt
        }
        copy.endsAt = appointment.end.timeIntervalSince1970
        return copy
    }

    private func status(_ visit: VisitRow) async throws -> Reply {
        if services.behaviour.has(.subscribesLate) {
            _ = try await CallEventSubscription(services: services).create(visit)
        }
        let people = try await LiveStatus(services: services).people(visit)
        return .json(["attendees": .array(people.map { ["role": .string($0.role), "state": .string($0.state)] })])
    }

    private func sendLink(_ visit: VisitRow, _ base: BaseRow, _ session: Session) async throws -> Reply {
        guard !visit.isCancelled else { throw Refusal(410, "visit-cancelled", services.words.cancelled) }
        if services.behaviour.has(.sendLinkOnce) {
            throw Refusal(409, "link-sent", "The patient has been sent the link already.")
        }
        let isUnasked = services.behaviour.has(.sendLinkWithoutConsent)
        let number = isUnasked ? base.number : try await SenderPolicy(services: services).number(for: base)
        if number == nil, services.behaviour.has(.sendLinkNeedsNumber) {
            throw Refusal(409, "number-missing", "Link a phone number first, then send the link again.")
        }
        let isText = number != nil || services.behaviour.has(.sendLinkFromAnyNumber)
        let channel = isText ? "sms" : "mail"
        try await outbox.sendLink(visit, channel: channel)
        return try await page(visit, base, session, message: Page.saved("The link is on its way to the patient."))
    }

    /// The provider's link in the chart: signed in, licensed, then straight into the meeting.
    private func staffLink(_ request: Inbound) async throws -> Reply {
        let digest = Secret.sha256(request.parameters["token"] ?? "")
        guard let visit = try await services.store.visit(staffLink: digest),
            let base = try await services.store.base(id: visit.base)
        else { throw Refusal(404, "link-unknown", services.words.unknownLink) }
        guard !visit.isCancelled else { throw Refusal(410, "visit-cancelled", services.words.cancelled) }
        let entry = ProviderEntry(services: services)
        if services.behaviour.has(.chartLinkOpen) { return try entry.join(visit) }
        guard let identity = await services.sessions.session(request.cookies[Cookies.session])?.identity else {
            return services.signIn(returnTo: localPath(request))
        }
        let user = services.directoryKey(base, user: identity.object)
        if services.behaviour.has(.otherHabits),
            try await services.identities.ehrUser(tenant: base.tenant, key: user) == nil
        {
            throw Refusal(
                403, "launch-first", "Start once from the EHR, so that the connector knows who you are there.")
        }
        let isUnasked = services.behaviour.has(.chartLinkUnlicensed) && identity.tenant == base.tenant
        if !isUnasked { try await entry.admit(identity, to: base) }
        return try entry.join(visit)
    }
}

/// Who is in a visit now: one entry per person, by role, without names.
struct LiveStatus: Sendable {
    struct Person: Sendable {
        let role: String
        let state: String
    }

    let services: Services

    func people(_ visit: VisitRow) async throws -> [Person] {
        if services.behaviour.has(.liveStatusFrozen) { return [] }
        let all = try await attendees(visit)
        let patients = all.filter { $0.role == "patient" && $0.participant != AttendeeRow.linkOpened }
        let isFirstShown = services.behaviour.has(.returnUnseen)
        let kept = isFirstShown ? all.filter { $0.role != "patient" } + patients.prefix(1) : all
        let rows = kept.filter {
            $0.participant != AttendeeRow.linkOpened
                && (!services.behaviour.has(.statusPatientsOnly) || $0.role == "patient")
        }
        func latest(_ row: AttendeeRow) -> Double { max(row.lobbyAt ?? 0, row.joinedAt ?? 0, row.leftAt ?? 0) }
        var current: [String: AttendeeRow] = [:]
        for row in rows where current[row.person].map({ latest($0) <= latest(row) }) ?? true {
            current[row.person] = row
        }
        let people = current.values.sorted { ($0.role, latest($0)) < ($1.role, latest($1)) }
            .map { Person(role: $0.role, state: shown($0)) }
        if services.behaviour.has(.oneProviderShown) {
            return people.filter { $0.role == "patient" } + people.filter { $0.role == "provider" }.prefix(1)
        }
        let hasPatient = people.contains { $0.role == "patient" }
        guard services.behaviour.has(.invitedCountAsPresent), !hasPatient else { return people }
        return people + [Person(role: "patient", state: "connected")]
    }

    /// The visit's own attendees, and with a deliberate fault everybody's.
    private func attendees(_ visit: VisitRow) async throws -> [AttendeeRow] {
        guard services.behaviour.has(.statusOfAllVisits) else {
            return try await services.store.attendees(visit: visit.id)
        }
        var all: [AttendeeRow] = []
        for other in try await services.store.visits(tenant: visit.tenant) {
            all += try await services.store.attendees(visit: other.id)
        }
        return all
    }

    private func shown(_ row: AttendeeRow) -> String {
        let isKept = services.behaviour.has(.providersStayShown) && row.role == "provider"
        let isShown = isKept || services.behaviour.has(.whoLeftStays)
        return isShown && row.state == "disconnected" ? "connected" : row.state
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// The patient's way into the visit: one redirect to the meeting in the browser.
struct PatientEntry: Sendable {
    let services: Services

    /// Only the deliberate faults of a second coming look at them.
    private static let openings = Tally()
    /// The visit each browser launched first (deliberate fault `patient-launch-kept`); empty without it.
    private static let firstVisits = Remembered()

    private static let earliest = 30.0 * 60
    private static let latest = 30.0 * 60

    func register(_ routes: Routes) {
        routes.get(services.paths.visitLink + "/:token") { request in
            let whole = request.parameters["token"] ?? ""
            let token = services.behaviour.has(.linkFoundByBeginning) ? String(whole.prefix(22)) : whole
            guard let visit = try await services.store.visit(patientLink: Secret.sha256(token)) else {
                if services.behaviour.has(.malformedInputBreaks), token.count != 22 { throw MalformedLink() }
                if services.behaviour.has(.unknownLinkFromElsewhere) {
                    let image = "<img src=\"https://cdn.example.net/sorry.png\" alt=\"\">"
                    let words = Page.alert("link-unknown", services.words.unknownLink)
                    return Page(title: "Unknown link", body: words + image, status: 404).reply()
                }
                throw Refusal(404, "link-unknown", services.words.unknownLink)
            }
            if services.behaviour.has(.linksForTestOnly),
                try await services.store.base(id: visit.base)?.environment == "production"
            {
                throw Refusal(404, "link-unknown", services.words.unknownLink)
            }
            if services.behaviour.has(.linkWorksOnce) {
                try await services.store.update(visit: visit.id) { $0.patientLink = "used-" + Secret.token() }
            }
            return try await enter(try await destination(visit), request)
        }
    }

    /// Opening changes nothing: previews and second visits find the same.
    func enter(_ visit: VisitRow, _ request: Inbound) async throws -> Reply {
        let now = await services.clocks.now(visit.tenant)
        try services.refuseIfCancelled(visit, isPatient: true, isLaunch: request.query["code"] != nil)
        guard now <= visit.end.addingTimeInterval(Self.latest) || services.behaviour.has(.linkOutlivesVisit) else {
            if services.behaviour.has(.endedLinkBreaks) { throw MalformedLink() }
            throw Refusal(410, "visit-ended", services.words.ended)
        }
        if Attendance.ended.count(visit.id) > 0 { throw Refusal(410, "visit-ended", services.words.ended) }
        if services.behaviour.has(.linkClosesSoon), now > visit.start.addingTimeInterval(600) {
            throw Refusal(410, "too-late", "You are too late for this visit. Call the practice.")
        }
        if services.behaviour.has(.linkDiesAtMidnight), let base = try await services.store.base(id: visit.base),
            now > visit.start, !services.calendar(of: base).isDate(now, inSameDayAs: visit.start)
        {
            throw Refusal(410, "visit-ended", services.words.ended)
        }
        if now < opening(visit) { return try await tooEarly(visit, isLaunch: request.query["code"] != nil) }
        if services.behaviour.has(.patientMustSignIn),
            await services.sessions.session(request.cookies[Cookies.session])?.identity == nil
        {
            return services.signIn(returnTo: "\(services.paths.visitLink)/\(token(visit))")
        }
        if services.behaviour.has(.unreachablePatientTurnedAway), try await isUnreachable(visit) {
            throw Refusal(409, "phone-missing", "Your mobile number is missing. Call the practice before the visit.")
        }
        let visit = try await withMeeting(try await kept(visit, by: request))
        guard let url = visit.browserURL else { throw Refusal.unavailable }
        if services.behaviour.has(.olderCallEvents) { try await noteWaiting(visit, since: now) }
        var target = Self.target(url, services.behaviour)
        let isReturn = Self.openings.add(visit.id) > 1
        let isPhone = request.header("user-agent")?.contains("Mobile") == true
        let isApp = request.query["code"] != nil && services.behaviour.has(.myChartPhonesGetAppLink)
        if isPhone, isApp || services.behaviour.has(.phonesGetAppLink) { target = "msteams:" + url }
        let isUntested = services.behaviour.has(.myChartReturnsUntested) && request.query["code"] != nil
        if try await isUntestedByFault(visit, request, isPhone: isPhone) { target += "&skipDeviceTest=true" }
        if isReturn, isUntested || services.behaviour.has(.deviceTestOnce) { target += "&skipDeviceTest=true" }
        if isReturn, services.behaviour.has(.clickOnReturn) {
            let way = "<p><a id=\"start\" href=\"\(Text.html(target))\">Go on</a></p>"
            return Page(title: "Welcome back", body: way).reply()
        }
        if services.behaviour.has(.patientExtraClick) {
            return Page(title: "Your visit", body: "<p><a id=\"start\" href=\"\(Text.html(target))\">Start</a></p>")
                .reply()
        }
        if services.behaviour.has(.linkPages) {
            let words = "<p>Your visit is about to begin.</p>"
            return Page(title: "Your visit", body: words, leadsTo: target).reply()
        }
        var reply = try await PageLeaks(services: services, visit: visit).redirect(to: target)
        if services.behaviour.has(.linkKeptByBrowsers) {
            reply.status = 301
            reply.headers.removeAll { $0.0 == "Cache-Control" }
        }
        reply.headers.append(("Referrer-Policy", "no-referrer"))
        reply.headers.append(("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"))
        return reply
    }

    /// The visit with its meeting, which the variant `meetings-when-needed` makes only now.
    private func withMeeting(_ visit: VisitRow) async throws -> VisitRow {
        guard visit.meeting == nil, let id = visit.appointment,
            let base = try await services.store.base(id: visit.base)
        else { return visit }
        let appointment = try await services.fhir.appointment(id, at: base)
        return try await Meetings(services: services).meeting(for: visit, at: base, appointment: appointment)
    }

    /// The join address as it is, but for the deliberate faults.
    private static func target(_ url: String, _ behaviour: Behaviour) -> String {
        if behaviour.has(.deviceTestSkipped) { return url + "&skipDeviceTest=true" }
        return behaviour.has(.patientGetsAppLink) ? url + "&directDl=true" : url
    }

    /// The visit, but for the deliberate fault of a browser that keeps the one it launched first.
    private func kept(_ visit: VisitRow, by request: Inbound) async throws -> VisitRow {
        guard services.behaviour.has(.patientLaunchKept), request.query["code"] != nil,
            let browser = request.cookies[Cookies.browser]
        else { return visit }
        return try await services.store.visit(id: Self.firstVisits.first(visit.id, of: browser)) ?? visit
    }

    /// The deliberate faults of a test that is not offered everywhere.
    private func isUntestedByFault(_ visit: VisitRow, _ request: Inbound, isPhone: Bool) async throws -> Bool {
        if isPhone, services.behaviour.has(.phonesUntested) { return true }
        if request.query["from"] == "mail", services.behaviour.has(.mailLinkUntested) { return true }
        guard services.behaviour.has(.productionUntested) else { return false }
        return try await services.store.base(id: visit.base)?.environment == "production"
    }

    private func isUnreachable(_ visit: VisitRow) async throws -> Bool {
        try await services.store.notes(tenant: visit.tenant)
            .contains { $0.visit == visit.id && $0.code.hasPrefix("phone-") }
    }

    /// Older call events do not show the lobby: who opens the link waits from then on.
    private func noteWaiting(_ visit: VisitRow, since now: Date) async throws {
        let row = AttendeeRow(
            visit: visit.id, participant: AttendeeRow.linkOpened, role: "patient", person: "", identity: nil,
            state: "waiting", lobbyAt: now.timeIntervalSince1970, joinedAt: nil, leftAt: nil)
        try await services.store.write { try row.insert($0, onConflict: .ignore) }
    }

    private func opening(_ visit: VisitRow) -> Date {
        if services.behaviour.has(.linkOpensEarly) { return .distantPast }
        if services.behaviour.has(.opensAtOldTime), let first = Meetings.firstStarts[visit.id].flatMap(Double.init) {
            return Date(timeIntervalSince1970: min(first, visit.startsAt)).addingTimeInterval(-Self.earliest)
        }
        return services.behaviour.has(.linkNeverStarts) ? visit.end : visit.start.addingTimeInterval(-Self.earliest)
    }

    private func tooEarly(_ visit: VisitRow, isLaunch: Bool) async throws -> Reply {
        if services.behaviour.has(.earlyPageBlank) { return Page(title: "", body: "").reply() }
        var leaks = try await PageLeaks(services: services, visit: visit).earlyPage()
        if services.behaviour.has(.launchPageFromElsewhere), isLaunch {
            leaks += "<script src=\"https://cdn.example.net/launch.js\"></script>"
        }
        return Page(title: "Too early", body: Page.alert("too-early", services.words.tooEarly) + leaks).reply()
    }

    /// The visit of the link, and no other.
    private func destination(_ visit: VisitRow) async throws -> VisitRow {
        let now = await services.clocks.now(visit.tenant)
        guard services.behaviour.has(.linkLeadsToNextVisit), now > visit.end else { return visit }
        return try await services.store.visits(tenant: visit.tenant).first { $0.end > now } ?? visit
    }

    private func token(_ visit: VisitRow) -> String {
        services.keys.linkToken("patient", visit: visit.id, generation: visit.generation)
    }
}

extension Store {
    func visit(patientLink digest: String) async throws -> VisitRow? {
        try await read { try Self.rows("patientLink = ?", [digest]).fetchOne($0) }
    }

    func visit(staffLink digest: String) async throws -> VisitRow? {
        try await read { try Self.rows("staffLink = ?", [digest]).fetchOne($0) }
    }
}

/// What the deliberate faults of links throw: an error nobody foresaw.
struct MalformedLink: Error {}

extension Services {
    /// Refuses whoever comes to a visit that was cancelled: by a link, or launched from the EHR.
    func refuseIfCancelled(_ visit: VisitRow, isPatient: Bool, isLaunch: Bool) throws {
        guard visit.isCancelled, !behaviour.has(.cancelledVisitStarts) else { return }
        if isPatient, isLaunch, behaviour.has(.cancelledVisitFromMyChart) { return }
        if isPatient, behaviour.has(.cancelledLinkBreaks) { throw MalformedLink() }
        throw Refusal(410, "visit-cancelled", words.cancelled)
    }
}

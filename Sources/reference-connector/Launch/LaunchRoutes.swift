// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Launches out of the EHR, by providers and by patients, and the end of the approver's Epic sign-in.
struct LaunchRoutes: Sendable {
    let services: Services
    let meetings: Meetings
    /// Only the deliberate fault of a second sign-in looks at them.
    private let confirmations = Tally()
    /// The visit each provider launched first (deliberate fault `provider-launch-kept`); empty without it.
    private static let firstVisits = Remembered()

    init(services: Services, meetings: Meetings) {
        self.services = services
        self.meetings = meetings
    }

    func register(_ routes: Routes) {
        routes.get("/launch/provider/:record") { try await begin($0, .provider) }
        routes.get("/launch/patient/:record") { try await begin($0, .patient) }
        routes.get("/launch/callback") { try await callback($0) }
        routes.get("/launch/continue/:launch") { try await continueLaunch($0) }
    }

    private func begin(_ request: Inbound, _ role: LaunchRequest.Role) async throws -> Reply {
        if services.behaviour.has(.oddLaunchBreaks), FHIRBase.comparable(request.query["iss"]) == nil {
            throw Passing(code: "odd-launch")
        }
        let base = try await LaunchContext(services: services).base(
            record: request.parameters["record"] ?? "", issuer: request.query["iss"], role: role)
        let isForTest = services.behaviour.has(.patientLaunchForTestOnly) && role == .patient
        if isForTest, base.environment == "production" { throw Refusal.notFound }
        guard let launch = request.query["launch"], !launch.isEmpty, launch.count <= 4096 else {
            throw Refusal(400, "launch-missing", "This address only works from inside the EHR. Start the visit there.")
        }
        if services.behaviour.has(.firstLaunchFails), role == .provider, confirmations.add("launches " + base.id) == 1 {
            throw Refusal(409, "not-ready", "The visit is being prepared. Start it again from the EHR.")
        }
        if let known = await services.sessions.remembered(launch) { return .redirect(known) }
        let browser = request.cookies[Cookies.browser] ?? Secret.token()
        let details = LaunchRequest(
            base: base.id, role: role, launch: launch, contact: request.query["sessionId"],
            department: request.query["departmentId"].flatMap { $0.isEmpty ? nil : String($0.prefix(64)) })
        let flow = Flow(kind: .launch(details), browser: browser)
        let state = await services.sessions.begin(flow)
        let sign = SMARTSignIn(services: services)
        let url = try await sign.authorizeURL(
            base: base, flow: flow, state: state, scope: sign.scope(role, base.vendor), launch: launch)
        return Reply.redirect(url).setting(cookie: services.cookies.browser(browser))
    }

    private func callback(_ request: Inbound) async throws -> Reply {
        let key = "answer " + (request.query["state"] ?? "")
        if services.behaviour.has(.oddAnswerBreaks), request.query["state"]?.count != 43 { throw Passing(code: "odd") }
        if let known = await services.sessions.remembered(key) { return .redirect(known) }
        let flow = try await services.sessions.take(
            request.query["state"] ?? "", browser: request.cookies[Cookies.browser])
        guard let code = request.query["code"], request.query["error"] == nil else {
            throw Refusal(403, "ehr-sign-in-failed", "The EHR did not allow the sign-in. Start again from the EHR.")
        }
        switch flow.kind {
        case .launch(let details):
            guard let base = try await services.store.base(id: details.base) else { throw Refusal.notFound }
            let token = try await SMARTSignIn(services: services).redeem(code: code, flow: flow, base: base)
            services.log.event("launched", tenant: base.tenant, request: request.id, ehrUser: token.user)
            return try await services.clocks.counting(base.tenant) {
                try await enter(request, details, token, base)
            }
        case .approval(let id):
            guard let base = try await services.store.base(id: id) else { throw Refusal.notFound }
            return try await EpicApproval(services: services).finish(request, code: code, flow: flow, base: base)
        case .microsoft:
            throw Refusal(400, "state-invalid", "This answer belongs to another sign-in. Start again.")
        }
    }

    private func enter(
        _ request: Inbound, _ details: LaunchRequest, _ token: LaunchToken, _ base: BaseRow
    ) async throws -> Reply {
        let appointment = try await LaunchContext(services: services).appointment(details, token, base: base)
        guard await !meetings.isPast(appointment, tenant: base.tenant) else {
            throw Refusal(410, "visit-ended", services.words.ended)
        }
        if services.behaviour.has(.onlyBookedStarts), appointment.status != "booked" {
            throw Refusal(410, "visit-cancelled", services.words.cancelled)
        }
        var visit = try await meetings.visit(for: appointment, at: base, contact: details.contact)
        try services.refuseIfCancelled(visit, isPatient: details.role == .patient, isLaunch: true)
        visit = try await meetings.meeting(for: visit, at: base, appointment: appointment, launched: true)
        await services.sessions.remember(details.launch, visit.joinURL, by: .launchRemembered)
        let way = details.role == .patient ? visit.browserURL : visit.joinURL
        await services.sessions.remember("answer " + (request.query["state"] ?? ""), way, by: .answersRemembered)
        if let patient = token.patient, let contact = visit.contact, services.behaviour.has(.contactOfFirstVisit) {
            Writeback.contacts[visit.id] = Writeback.contacts.first(contact, of: base.id + patient)
        }
        switch details.role {
        case .patient:
            // Some EHRs use the patient's FHIR id as user id: that one is not kept.
            if token.user != token.patient {
                let key = services.patientKey(visit)
                try await services.identities.remember(token.user, tenant: visit.tenant, key: key)
            }
            return try await PatientEntry(services: services).enter(visit, request)
        case .provider:
            let isLate = await services.clocks.now(visit.tenant) > visit.start.addingTimeInterval(600)
            if isLate, services.behaviour.has(.lateProviderTurnedAway) {
                throw Refusal(410, "too-late", "This visit has begun without you. Book another one.")
            }
            if services.behaviour.has(.oneProviderOnly), confirmations.add("\(visit.id) \(token.user)") == 1,
                confirmations.add("provider of " + visit.id) > 1
            {
                throw Refusal(409, "visit-taken", "Another provider is in this visit already.")
            }
            if let department = details.department {
                visit = try await services.store.update(visit: visit.id) { $0.department = department }
            }
            return try await provider(request, visit, base, token)
        }
    }

    private func provider(
        _ request: Inbound, _ visit: VisitRow, _ base: BaseRow, _ token: LaunchToken
    ) async throws -> Reply {
        var session = await services.sessions.session(request.cookies[Cookies.session]) ?? Session()
        let launch = services.behaviour.has(.oneLaunchAtATime) ? "current" : Secret.token()
        session.launches[launch] = FinishedLaunch(visit: visit.id, base: base.id, ehrUser: token.user)
        session.ehrUsers[base.id] = token.user
        session.grants[visit.id] = token.grant
        await services.sessions.save(session)
        let next = "/launch/continue/\(launch)"
        let isAskedAnew = services.behaviour.has(.otherHabits) && base.vendor == .cerner
        let needsSignIn =
            session.identity == nil || isAskedAnew || services.behaviour.has(.providerSignsInTwice)
        let reply = needsSignIn ? services.signIn(returnTo: next) : try await finish(launch, session)
        return reply.setting(cookie: services.cookies.session(session.id))
    }

    private func continueLaunch(_ request: Inbound) async throws -> Reply {
        guard let session = await services.sessions.session(request.cookies[Cookies.session]), session.identity != nil
        else {
            throw Refusal(403, "session-missing", "The sign-in is over. Start the visit again from the EHR.")
        }
        if services.behaviour.has(.signInConfirmedAgain), confirmations.add(request.parameters["launch"] ?? "") == 1 {
            return services.signIn(returnTo: "/launch/continue/" + (request.parameters["launch"] ?? ""))
        }
        return try await finish(request.parameters["launch"] ?? "", session)
    }

    private func finish(_ launch: String, _ session: Session) async throws -> Reply {
        guard let finished = await services.sessions.takeLaunch(launch, session: session.id),
            let identity = session.identity, let visit = try await services.store.visit(id: finished.visit),
            let base = try await services.store.base(id: finished.base)
        else { throw Refusal(410, "launch-over", "This launch has been used. Start the visit again from the EHR.") }
        let entry = ProviderEntry(services: services)
        let known = confirmations.count("first of " + visit.id)
        let isSecond = known > 0 && confirmations.count("first of \(visit.id) \(identity.object)") == 0
        if !isSecond || !services.behaviour.has(.secondLicenceUnasked) { try await entry.admit(identity, to: base) }
        if !isSecond {
            confirmations.add("first of " + visit.id)
            confirmations.add("first of \(visit.id) \(identity.object)")
        }
        if isSecond { try await Meetings(services: services).consulted(visit, at: base) }
        let isPerVisit = services.behaviour.has(.epicSignInPerVisit) && base.vendor == .epic
        if isPerVisit || services.behaviour.has(.signInPerVisit),
            confirmations.add("signed in \(visit.id) \(identity.object)") == 1,
            confirmations.add("signed in " + identity.object) > 1
        {
            await services.sessions.change(session.id) { $0.launches[launch] = finished }
            return services.signIn(returnTo: "/launch/continue/" + launch)
        }
        try await entry.remember(finished.ehrUser, identity, base)
        if services.behaviour.has(.providerLaunchKept),
            let first = try await services.store.visit(id: Self.firstVisits.first(visit.id, of: identity.object))
        {
            return try entry.join(first)
        }
        if services.behaviour.has(.viewForFirstProvider) { VisitPages.first.first(identity.object, of: visit.id) }
        if services.behaviour.has(.smsRequired), base.number == nil {
            throw Refusal(409, "sms-required", "Visits need a linked phone number.")
        }
        await services.sessions.remember("/launch/continue/" + launch, visit.joinURL, by: .answersRemembered)
        return try entry.join(visit)
    }
}

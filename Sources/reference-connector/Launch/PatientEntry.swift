// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// The patient's way into the visit: one redirect to the meeting in the browser.
struct PatientEntry: Sendable {
    let services: Services

    private static let earliest = 30.0 * 60
    private static let latest = 30.0 * 60

    func register(_ routes: Routes) {
        routes.get(services.paths.visitLink + "/:token") { request in
            let digest = Secret.sha256(request.parameters["token"] ?? "")
            guard let visit = try await services.store.visit(patientLink: digest) else {
                throw Refusal(404, "link-unknown", services.words.unknownLink)
            }
            return try await enter(visit, request)
        }
    }

    /// Opening changes nothing: previews and second visits find the same.
    func enter(_ visit: VisitRow, _ request: Inbound) async throws -> Reply {
        let now = await services.clocks.now(visit.tenant)
        guard !visit.isCancelled else { throw Refusal(410, "visit-cancelled", services.words.cancelled) }
        guard now <= visit.end.addingTimeInterval(Self.latest) else {
            throw Refusal(410, "visit-ended", services.words.ended)
        }
        let opens =
            services.behaviour.has(.linkNeverStarts) ? visit.end : visit.start.addingTimeInterval(-Self.earliest)
        guard now >= opens else {
            return Page(title: "Too early", body: Page.alert("too-early", services.words.tooEarly)).reply()
        }
        if services.behaviour.has(.patientMustSignIn),
            await services.sessions.session(request.cookies[Cookies.session])?.identity == nil
        {
            return services.signIn(returnTo: "\(services.paths.visitLink)/\(token(visit))")
        }
        guard let url = visit.browserURL else { throw Refusal.unavailable }
        let target = services.behaviour.has(.deviceTestSkipped) ? url + "&skipDeviceTest=true" : url
        if services.behaviour.has(.patientExtraClick) {
            return Page(title: "Your visit", body: "<p><a id=\"start\" href=\"\(Text.html(target))\">Start</a></p>")
                .reply()
        }
        var reply = Reply.redirect(target)
        reply.headers.append(("Referrer-Policy", "no-referrer"))
        reply.headers.append(("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"))
        return reply
    }

    private func token(_ visit: VisitRow) -> String {
        services.keys.linkToken("patient", visit: visit.id, generation: visit.generation)
    }
}

extension Store {
    func visit(patientLink digest: String) async throws -> VisitRow? {
        try await read { try VisitRow.filter(sql: "patientLink = ?", arguments: [digest]).fetchOne($0) }
    }

    func visit(staffLink digest: String) async throws -> VisitRow? {
        try await read { try VisitRow.filter(sql: "staffLink = ?", arguments: [digest]).fetchOne($0) }
    }
}

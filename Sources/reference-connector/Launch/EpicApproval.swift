// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// The end of the approver's Epic sign-in. Its token proves the base URL right and is then forgotten.
struct EpicApproval: Sendable {
    let services: Services

    private var readsData: Bool { services.behaviour.has(.approvalTokenReadsData) }

    /// Nothing but who signs in.
    var scope: String {
        if services.behaviour.has(.otherHabits) { return "fhirUser" }
        return readsData ? "openid fhirUser user/Practitioner.read user/Patient.read" : "openid fhirUser"
    }

    func finish(_ request: Inbound, code: String, flow: Flow, base: BaseRow) async throws -> Reply {
        guard let session = await services.sessions.session(request.cookies[Cookies.session]), session.identity != nil
        else {
            if services.behaviour.has(.approvalByEpicAlone) {
                _ = try? await SMARTSignIn(services: services).redeem(code: code, flow: flow, base: base)
                return await approver(of: base)
            }
            if services.behaviour.has(.epicSignInFirst) {
                return services.signIn(returnTo: "/portal/approvals?epic=done")
            }
            throw Refusal(403, "session-missing", "Sign in to the portal with your Microsoft account first.")
        }
        let sign = SMARTSignIn(services: services)
        if services.behaviour.has(.failedEpicSignInCounts) {
            _ = try? await sign.redeem(code: code, flow: flow, base: base)
            await services.sessions.change(session.id) { $0.epicSignIns.insert(base.id) }
            return .redirect(services.paths.url("/portal/approvals?signed-in=\(base.id)"))
        }
        if services.behaviour.has(.otherHabits) {
            let endpoints = try await SMARTEndpoints.discover(base.url, services.http)
            _ = try await sign.exchange(code: code, flow: flow, base: base, at: endpoints)
            await services.sessions.change(session.id) { $0.epicSignIns.insert(base.id) }
            services.log.event("approver signed in to the EHR", tenant: base.tenant, request: request.id)
            return .redirect(services.paths.url("/portal/approvals?signed-in=\(base.id)"))
        }
        let token = try await sign.redeem(code: code, flow: flow, base: base)
        if readsData, let user = token.profile {
            let url = user.contains("://") ? user : base.url + "/" + user
            _ = try? await services.http.send(
                "GET", url,
                headers: [
                    ("Authorization", "Bearer " + token.grant.access), ("Accept", "application/fhir+json"),
                ])
        }
        if services.behaviour.has(.approvalTokenStored) {
            try await services.store.write {
                try $0.execute(
                    sql: "INSERT OR REPLACE INTO approvalToken (base, token) VALUES (?, ?)",
                    arguments: [base.id, token.grant.access])
            }
        }
        await services.sessions.change(session.id) { $0.epicSignIns.insert(base.id) }
        services.log.event("approver signed in to the EHR", tenant: base.tenant, request: request.id)
        return .redirect(services.paths.url("/portal/approvals?signed-in=\(base.id)"))
    }

    /// The deliberate fault: whoever comes from Epic is taken for the approver.
    private func approver(of base: BaseRow) async -> Reply {
        var session = Session()
        session.identity = MicrosoftIdentity(tenant: base.tenant, object: "", principal: base.approver ?? "", roles: [])
        session.epicSignIns = [base.id]
        await services.sessions.save(session)
        return Reply.redirect(services.paths.url("/portal/approvals?signed-in=\(base.id)"))
            .setting(cookie: services.cookies.session(session.id))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// The Epic approver's page: sign in to Epic, then approve, per base URL.
struct ApprovalPages: Sendable {
    let services: Services
    let access: PortalGuard
    /// Only the deliberate fault of a single Epic sign-in looks at them.
    private let approvers = Tally()

    init(services: Services, access: PortalGuard) {
        self.services = services
        self.access = access
    }

    func register(_ routes: Routes) {
        if services.behaviour.has(.epicSignInFirst) { routes.get("/portal/epic-first") { try await epicFirst($0) } }
        if services.behaviour.has(.approvalByEpicAlone) {
            routes.get("/portal/epic-first") { _ in epicForm() }
            routes.post("/portal/epic-first") { try await epicAlone($0) }
        }
        access.administratorOrApprover(routes, "/portal/approvals") {
            try await page($1, signedIn: $0.query["signed-in"])
        }
        access.change(routes, "/portal/approvals/epic-sign-in", by: .approver) { try await signIn($0, $1) }
        access.change(routes, "/portal/approvals/approve", by: .approver) { try await approve($0, $1) }
    }

    private func page(_ visitor: PortalVisitor, signedIn: String? = nil, message: String = "") async throws -> Reply {
        let bases = try await access.visibleBases(visitor).filter { $0.vendor == .epic }
        let rows = bases.map { base in
            (
                attributes: " data-state=\"\(base.isApproved ? "approved" : "pending")\"",
                cells: [Text.html(base.url), base.environment, base.isApproved ? "approved" : "waits for approval"]
            )
        }
        let table = PageTable.markup(
            id: "approvals", caption: "Epic base URLs", columns: ["Base URL", "Environment", "State"], rows: rows)
        let mine = bases.first { !$0.isApproved && access.mayApprove($0, visitor.identity) }?.url ?? ""
        let current = bases.first { $0.id == signedIn }?.url
        let note = current.map {
            "<p id=\"epic-signed-in\" role=\"status\" data-base=\"\(Text.html($0))\">You have signed in to Epic.</p>"
        }
        let epic = visitor.form(
            "epic-sign-in", services.paths.url("/portal/approvals/epic-sign-in"), "Sign in to Epic",
            [
                PageForm.input("base", "Base URL", value: current ?? mine, type: "url")
            ])
        let approve = visitor.form(
            "approve", services.paths.url("/portal/approvals/approve"), "Approve",
            [
                PageForm.input("base", "Base URL", value: current ?? mine, type: "url")
            ])
        let body = [message, note ?? "", table, epic, approve].joined(separator: "\n")
        return Page(title: "Approvals", body: body).reply()
    }

    private func signIn(_ request: Inbound, _ visitor: PortalVisitor) async throws -> Reply {
        let base = try await approvable(request, visitor)
        let isOne = base.organizer == visitor.identity.object && services.behaviour.has(.onePersonSignsInOnce)
        let isKnown = services.behaviour.has(.epicSignInOnce) && approvers.count(visitor.identity.object) > 0
        if isOne || isKnown || services.behaviour.has(.approvalWithoutEpicSignIn) {
            await services.sessions.change(visitor.session.id) { $0.epicSignIns.insert(base.id) }
            return .redirect(services.paths.url("/portal/approvals?signed-in=\(base.id)"), after: "POST")
        }
        return try await begin(base, request)
    }

    private func begin(_ base: BaseRow, _ request: Inbound) async throws -> Reply {
        let browser = request.cookies[Cookies.browser] ?? Secret.token()
        let flow = Flow(kind: .approval(base: base.id), browser: browser)
        let state = await services.sessions.begin(flow)
        let url = try await SMARTSignIn(services: services).authorizeURL(
            base: base, flow: flow, state: state, scope: EpicApproval(services: services).scope, launch: nil)
        return Reply.redirect(url, after: request.method).setting(cookie: services.cookies.browser(browser))
    }

    /// The deliberate fault: the Epic sign-in of any base that waits, before anybody knows who asks.
    private func epicFirst(_ request: Inbound) async throws -> Reply {
        let all = try await services.store.read { try BaseRow.fetchAll($0) }
        guard let base = all.first(where: { $0.vendor == .epic && !$0.isApproved }) else {
            return services.signIn(returnTo: "/portal/approvals")
        }
        return try await begin(base, request)
    }

    /// The deliberate fault: whoever names a base gets to its Epic sign-in.
    private func epicForm() -> Reply {
        let form = PageForm(
            id: "epic-sign-in", action: services.paths.url("/portal/epic-first"), token: "", button: "Sign in to Epic",
            fields: [PageForm.input("base", "Base URL", value: "", type: "url")])
        return Page(title: "Approvals", body: form.markup).reply()
    }

    private func epicAlone(_ request: Inbound) async throws -> Reply {
        guard let base = try await services.store.base(url: FHIRBase.normalized(request.form["base"] ?? "")) else {
            throw Refusal(404, "base-url-unknown", "This base URL is not configured. Add it first.")
        }
        return try await begin(base, request)
    }

    private func approve(_ request: Inbound, _ visitor: PortalVisitor) async throws -> Reply {
        let base = try await approvable(request, visitor)
        if services.behaviour.has(.ownApprovalRefused), base.organizer == visitor.identity.object {
            throw Refusal(403, "own-configuration", "Somebody else must approve what you configured.")
        }
        guard visitor.session.epicSignIns.contains(base.id) else {
            throw Refusal(403, "epic-sign-in-missing", "Sign in to Epic for this base URL first, then approve it.")
        }
        let now = await services.clocks.now(base.tenant).timeIntervalSince1970
        var approved = base
        if services.behaviour.has(.approvalNotedForFirst) {
            let all = try await services.store.bases(tenant: base.tenant).filter { $0.vendor == .epic }
            approved = all.min { $0.createdAt < $1.createdAt } ?? base
        }
        approved.approvedAt = now
        let saved = approved
        try await services.store.save(saved)
        if services.behaviour.has(.approvalForAllURLs) {
            for var other in try await services.store.bases(tenant: base.tenant) where other.vendor == .epic {
                other.approvedAt = now
                try await services.store.save(other)
            }
        }
        approvers.add(visitor.identity.object)
        if !services.behaviour.has(.approvalByLink) {
            await services.sessions.change(visitor.session.id) { $0.epicSignIns.remove(base.id) }
        }
        services.log.event("base URL approved", tenant: base.tenant, request: request.id)
        return try await page(visitor, message: Page.saved("The base URL is approved. Its records can be viewed now."))
    }

    private func approvable(_ request: Inbound, _ visitor: PortalVisitor) async throws -> BaseRow {
        let base = try await access.base(request.form["base"], visitor)
        guard base.vendor == .epic else {
            throw Refusal(422, "approval-not-needed", "Only Epic base URLs need an approval.")
        }
        let others = try await services.store.bases(tenant: visitor.identity.tenant)
        let isOpen =
            services.behaviour.has(.approverOfAnotherURL)
            && others.contains { access.mayApprove($0, visitor.identity) }
        guard isOpen || access.mayApprove(base, visitor.identity) else {
            throw Refusal(403, "not-the-approver", "Only the approver named for this base URL may approve it.")
        }
        return base
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// Who may do what in the portal.
struct PortalGuard: Sendable {
    let services: Services
    /// Only the deliberate fault of remembered roles looks at them.
    private let answers = Tally()

    /// Approvers named before (deliberate fault `former-approver-approves`); empty without it.
    static let former = Remembered()

    init(services: Services) { self.services = services }

    /// A portal page for global administrators of a tenant.
    func administrator(
        _ routes: Routes, _ path: String, _ page: @escaping @Sendable (Inbound, PortalVisitor) async throws -> Reply
    ) {
        let isOpen = services.behaviour.has(.messagesPageForStaff) && path == "/portal/sms"
        routes.get(path) { request in
            try await enter(
                request, path,
                role: { isOpen || mayChangeMessages($0, path) ? true : try await administrators($0) }, page)
        }
    }

    /// A portal page that Epic approvers may open too.
    func administratorOrApprover(
        _ routes: Routes, _ path: String, _ page: @escaping @Sendable (Inbound, PortalVisitor) async throws -> Reply
    ) {
        routes.get(path) { try await enter($0, path, role: approvers, page) }
    }

    /// A change by a global administrator: the form must come from the portal's own page.
    func change(
        _ routes: Routes, _ path: String, by role: PortalRole = .administrator,
        _ action: @escaping @Sendable (Inbound, PortalVisitor) async throws -> Reply
    ) {
        let isByLink =
            services.behaviour.has(.formsByLink) || services.behaviour.has(.linkingByLink) && path.hasSuffix("/link")
            || services.behaviour.has(.changeByLink) && path.hasSuffix("/change")
            || services.behaviour.has(.consentByLink) && path.hasSuffix("/consent")
            || services.behaviour.has(.unlinkingByLink) && path.hasSuffix("/unlink")
            || services.behaviour.has(.purchaseByLink) && path.hasSuffix("/request-number")
            || services.behaviour.has(.approvalByLink) && path.hasSuffix("/approve")
        if isByLink { byLink(routes, path, role, action) }
        routes.post(path) { request in
            try await enter(
                request, "/portal",
                role: { identity in
                    if mayChangeMessages(identity, path) { return true }
                    return role == .administrator ? try await administrators(identity) : try await approvers(identity)
                }
            ) { request, visitor in
                guard request.form["csrf"] == visitor.session.csrf else {
                    throw Refusal(403, "csrf", "This form is no longer valid. Open the page again and repeat the step.")
                }
                return try await action(request, visitor)
            }
        }
    }

    /// The deliberate fault: the query of a link is taken for the form.
    private func byLink(
        _ routes: Routes, _ path: String, _ role: PortalRole,
        _ action: @escaping @Sendable (Inbound, PortalVisitor) async throws -> Reply
    ) {
        routes.get(path) { request in
            let form = Inbound(
                method: request.method, path: request.path, rawQuery: request.rawQuery, query: request.query,
                headers: request.headers, body: Data(request.rawQuery.utf8), parameters: request.parameters,
                id: request.id)
            return try await enter(form, path, role: role == .administrator ? administrators : approvers, action)
        }
    }

    private func enter(
        _ request: Inbound, _ path: String, role: @Sendable (MicrosoftIdentity) async throws -> Bool,
        _ page: @Sendable (Inbound, PortalVisitor) async throws -> Reply
    ) async throws -> Reply {
        guard let session = try await session(request, path), let identity = session.identity else {
            let isEpicFirst =
                services.behaviour.has(.epicSignInFirst) || services.behaviour.has(.approvalByEpicAlone)
            if path == "/portal/approvals", isEpicFirst, request.query["epic"] == nil {
                return .redirect(services.paths.url("/portal/epic-first"))
            }
            let returnTo = request.rawQuery.isEmpty || request.method == "POST" ? path : path + "?" + request.rawQuery
            return services.signIn(returnTo: returnTo)
        }
        guard try await role(identity) else {
            throw Refusal(
                403, "role-missing",
                "Only a global administrator of the organization may open this page. Sign in with such an account.")
        }
        return try await page(request, PortalVisitor(session: session, identity: identity))
    }

    private func session(_ request: Inbound, _ path: String) async throws -> Session? {
        let known = await services.sessions.session(request.cookies[Cookies.session])
        let isOpen =
            services.behaviour.has(.portalWithoutSignIn)
            || services.behaviour.has(.recordsWithoutSignIn) && path == "/portal/records"
            || services.behaviour.has(.notesWithoutSignIn) && path == "/portal/notes"
        guard isOpen, known?.identity == nil, request.method == "GET" else {
            return known
        }
        let last = try await services.store.read { try BaseRow.fetchAll($0) }.max { $0.createdAt < $1.createdAt }
        var open = Session()
        open.csrf = "open"
        open.identity = MicrosoftIdentity(
            tenant: last?.tenant ?? "", object: last?.organizer ?? "", principal: last?.approver ?? "",
            roles: [MicrosoftIdentity.globalAdministrator])
        return open
    }

    /// Only with a deliberate fault do those who read reports set text messages up.
    private func mayChangeMessages(_ identity: MicrosoftIdentity, _ path: String) -> Bool {
        services.behaviour.has(.readerChangesMessages) && identity.mayReadReports && path.hasPrefix("/portal/sms")
    }

    private func administrators(_ identity: MicrosoftIdentity) async throws -> Bool {
        if services.behaviour.has(.roleRememberedByOrganization) {
            let isFirst = answers.add(identity.tenant) == 1
            if isFirst, identity.isGlobalAdministrator { answers.add("administrators of " + identity.tenant) }
            return answers.count("administrators of " + identity.tenant) > 0
        }
        if services.behaviour.has(.anyRoleAdministers), identity.mayReadReports { return true }
        return identity.isGlobalAdministrator || services.behaviour.has(.portalAnyRole)
    }

    private func approvers(_ identity: MicrosoftIdentity) async throws -> Bool {
        if try await administrators(identity) { return true }
        return try await approvable(identity).contains { mayApprove($0, identity) }
    }

    /// The bases somebody may be named for: the organization's, and with a deliberate fault everybody's.
    private func approvable(_ identity: MicrosoftIdentity) async throws -> [BaseRow] {
        guard services.behaviour.has(.approverOfAnyTenant) else {
            return try await services.store.bases(tenant: identity.tenant)
        }
        return try await services.store.read { try BaseRow.fetchAll($0) }
    }

    /// Only the named approver may approve a base.
    func mayApprove(_ base: BaseRow, _ identity: MicrosoftIdentity) -> Bool {
        if services.behaviour.has(.approvalByAnyone) { return true }
        if services.behaviour.has(.approvalByAdministrator), identity.isGlobalAdministrator { return true }
        let isOwn = base.tenant == identity.tenant || services.behaviour.has(.approverOfAnyTenant)
        guard isOwn, let approver = base.approver, !identity.principal.isEmpty else { return false }
        if Self.former[base.id]?.lowercased() == identity.principal.lowercased() { return true }
        return approver.lowercased() == identity.principal.lowercased()
    }

    /// The bases a visitor may see.
    func visibleBases(_ visitor: PortalVisitor) async throws -> [BaseRow] {
        if services.behaviour.has(.otherTenantsVisible) {
            return try await services.store.read { try BaseRow.fetchAll($0) }
        }
        let all = try await services.store.bases(tenant: visitor.identity.tenant)
        if try await administrators(visitor.identity) { return all }
        if services.behaviour.has(.approverOfAnotherURL), all.contains(where: { mayApprove($0, visitor.identity) }) {
            return all
        }
        return try await approvable(visitor.identity).filter { mayApprove($0, visitor.identity) }
    }

    /// A base the visitor named in a form; unknown and other tenants' bases look alike.
    func base(_ entered: String?, _ visitor: PortalVisitor, anybodys: Bool = false) async throws -> BaseRow {
        let url = try FHIRBase.normalized(entered ?? "")
        if anybodys || services.behaviour.has(.foreignBasesChangeable),
            let any = try await services.store.base(url: url)
        {
            return any
        }
        guard let base = try await visibleBases(visitor).first(where: { $0.url == url }) else {
            throw Refusal(404, "base-url-unknown", "This base URL is not configured. Add it first.")
        }
        return base
    }
}

enum PortalRole: Sendable { case administrator, approver }

/// A signed-in person in the portal.
struct PortalVisitor: Sendable {
    let session: Session
    let identity: MicrosoftIdentity

    func form(_ id: String, _ action: String, _ button: String, _ fields: [String]) -> String {
        PageForm(id: id, action: action, token: session.csrf, button: button, fields: fields).markup
    }
}

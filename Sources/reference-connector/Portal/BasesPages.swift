// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The FHIR base URLs: adding, changing, listing.
struct BasesPages: Sendable {
    let services: Services
    let access: PortalGuard
    /// Only the deliberate fault of a lock-out looks at them.
    private let refusals = Tally()

    init(services: Services, access: PortalGuard) {
        self.services = services
        self.access = access
    }

    func register(_ routes: Routes) {
        access.administratorOrApprover(routes, "/portal") { _, visitor in overview(visitor) }
        access.administratorOrApprover(routes, "/portal/bases") { _, visitor in try await page(visitor) }
        access.change(routes, "/portal/bases/add") { try await add($0, $1) }
        access.change(routes, "/portal/bases/change", by: .approver) { try await change($0, $1) }
    }

    private func overview(_ visitor: PortalVisitor) -> Reply {
        let pages = [
            ("bases", "FHIR base URLs"), ("approvals", "Approvals (Epic)"), ("records", "Integration records"),
            ("sms", "Text messages"), ("notes", "Notes for staff"),
        ]
        let links = pages.map { "<li><a href=\"\(services.paths.url("/portal/" + $0.0))\">\($0.1)</a></li>" }
        let out = visitor.form("sign-out", services.paths.url("/auth/sign-out"), "Sign out", [])
        return Page(title: services.words.portal, body: "<ul id=\"menu\">\(links.joined())</ul>\n" + out).reply()
    }

    private func page(_ visitor: PortalVisitor, message: String = "") async throws -> Reply {
        let rows = try await access.visibleBases(visitor).map { base in
            (
                attributes: " data-environment=\"\(base.environment)\" data-vendor=\"\(base.vendor.rawValue)\"",
                cells: [
                    Text.html(base.url), base.environment, base.vendor.rawValue, Text.html(base.approver ?? ""),
                    base.isApproved ? "ready" : "waits for approval",
                ]
            )
        }
        let table = PageTable.markup(
            id: "bases", caption: "Configured base URLs",
            columns: ["Base URL", "Environment", "EHR", "Approver", "State"], rows: rows)
        let add = visitor.form(
            "add-base", services.paths.url("/portal/bases/add"), "Validate and add",
            [
                PageForm.input("url", "FHIR base URL", type: "url"),
                PageForm.choice("environment", "Environment", ["test", "production"]),
                PageForm.input("approver", "Approver (Epic: principal name)"),
                PageForm.input("zone", "Time zone (for example America/Chicago)"),
            ])
        let change = visitor.form(
            "change-base", services.paths.url("/portal/bases/change"), "Change",
            [
                PageForm.input("base", "Configured base URL", type: "url"),
                PageForm.input("new-url", "New base URL (empty: unchanged)", type: "url"),
                PageForm.choice("environment", "Environment", ["", "test", "production"]),
                PageForm.input("approver", "Approver (empty: unchanged)"),
            ])
        return Page(title: "FHIR base URLs", body: [message, table, add, change].joined(separator: "\n")).reply()
    }

    private func add(_ request: Inbound, _ visitor: PortalVisitor) async throws -> Reply {
        let form = request.form
        let isAnywhere = services.behaviour.has(.baseURLAnywhere) || services.behaviour.has(.refusedAddressAsked)
        let isOdd = services.behaviour.has(.dottedAddressesOnly) && !FHIRBase.isDotted(form["url"])
        let isHalf = services.behaviour.has(.privateRangesHalf) && FHIRBase.isInSmallerRange(form["url"])
        let isNewer = services.behaviour.has(.ipv6RangesUnknown) && FHIRBase.isInOwnIPv6Range(form["url"])
        let url = try FHIRBase.normalized(form["url"] ?? "", anywhere: isAnywhere || isOdd || isHalf || isNewer)
        let tenant = visitor.identity.tenant
        let isKept = services.behaviour.has(.trailingSlashCounts) || services.behaviour.has(.slashKeptAsTyped)
        let stored = isKept ? form["url"] ?? url : url
        let other = stored.hasSuffix("/") ? url : url + "/"
        if services.behaviour.has(.slashKeptAsTyped), try await services.store.base(url: other) != nil {
            throw Refusal(409, "base-url-taken", "This base URL is configured already.")
        }
        if var taken = try await services.store.base(url: stored) {
            if services.behaviour.has(.foreignEntryTakesOver), taken.tenant != tenant {
                taken.tenant = tenant
                try await services.store.save(taken)
                return try await page(visitor, message: Page.saved("The base URL is yours now."))
            }
            throw Refusal(409, "base-url-taken", "This base URL is configured already.")
        }
        if services.behaviour.has(.refusedEntriesLockOut), refusals.count(tenant) >= 2 {
            throw Refusal(429, "locked-out", "Too many base URLs were refused. Try again tomorrow.")
        }
        let known = try await services.store.bases(tenant: tenant).count
        let most = services.behaviour.has(.threeBasesAtMost) ? 3 : services.behaviour.has(.fiveBasesAtMost) ? 5 : .max
        if known >= most { throw Refusal(422, "most-base-urls", "No more base URLs can be configured.") }
        if services.behaviour.has(.oneBaseURLOnly), known > 0 {
            throw Refusal(422, "one-base-url", "Only one base URL can be configured.")
        }
        let vendor: Vendor
        do {
            vendor = try await BaseValidation(http: services.http, behaviour: services.behaviour).vendor(of: url)
        } catch let refusal as Refusal {
            throw try await refused(refusal, stored, visitor)
        }
        let environment = try await environment(form["environment"], vendor: vendor, tenant: tenant)
        let approver = try approver(form["approver"], vendor: vendor, existing: nil, visitor)
        let zone = form["zone"].flatMap { $0.isEmpty ? nil : $0 }
        if let zone, TimeZone(identifier: zone) == nil {
            throw Refusal(422, "time-zone-unknown", "This time zone is not known. Use a name such as America/Chicago.")
        }
        let now = await services.clocks.now(tenant).timeIntervalSince1970
        try await services.store.save(
            BaseRow(
                id: Secret.token(), tenant: tenant, url: stored, vendor: vendor, environment: environment,
                approver: approver,
                approvedAt: services.behaviour.has(.approvalSkipped) ? now : nil, organizer: visitor.identity.object,
                zone: zone, providerRecord: Secret.token(), patientRecord: Secret.token(),
                number: try await inheritedNumber(vendor, tenant), createdAt: now))
        Self.entered.add(stored)
        try await touchOthers(but: stored, tenant)
        services.log.event("base URL added", tenant: tenant, request: request.id)
        let next = vendor == .epic ? " It now waits for its approver." : ""
        return try await page(visitor, message: Page.saved("The base URL was validated and added." + next))
    }

    /// Base URLs that this process has seen entered; only the deliberate fault of records kept in memory asks.
    static let entered = Tally()

    /// None, but for the deliberate fault: numbers are linked by hand, each to each base.
    private func inheritedNumber(_ vendor: Vendor, _ tenant: String) async throws -> String? {
        guard services.behaviour.has(.entryLinksItself), vendor == .cerner else { return nil }
        return try await services.store.numbers(tenant: tenant).first { $0.state == "ready" }?.number
    }

    /// The deliberate faults of an entry that changes what was there.
    private func touchOthers(but url: String, _ tenant: String) async throws {
        let (closes, unlinks) = (
            services.behaviour.has(.entryClosesOthers), services.behaviour.has(.entryUnlinksOthers)
        )
        guard closes || unlinks else { return }
        for var other in try await services.store.bases(tenant: tenant) where other.url != url {
            if closes { other.approvedAt = nil }
            if unlinks { other.number = nil }
            try await services.store.save(other)
        }
    }

    /// What a base URL that does not pass is answered with; nothing is kept of it, but for the deliberate faults.
    private func refused(_ refusal: Refusal, _ url: String, _ visitor: PortalVisitor) async throws -> Refusal {
        refusals.add(visitor.identity.tenant)
        if services.behaviour.has(.refusedURLKept) {
            try await services.store.save(
                BaseRow(
                    id: Secret.token(), tenant: visitor.identity.tenant, url: url, vendor: .cerner, environment: "test",
                    approver: nil, approvedAt: nil, organizer: visitor.identity.object, zone: nil,
                    providerRecord: Secret.token(), patientRecord: Secret.token(), number: nil, createdAt: 0))
        }
        return services.behaviour.has(.refusalUnexplained) ? Refusal(refusal.status, refusal.code, "E422") : refusal
    }

    private func change(_ request: Inbound, _ visitor: PortalVisitor) async throws -> Reply {
        let form = request.form
        // Epic's analysts change what names them as approver.
        if !visitor.identity.isGlobalAdministrator, services.behaviour.has(.analystMayNotChange) {
            throw Refusal(403, "role-missing", "Only administrators may change base URLs.")
        }
        var base = try await access.base(form["base"], visitor)
        let before = base
        if services.behaviour.has(.approvedIsFinal), base.vendor == .epic, base.isApproved {
            throw Refusal(409, "base-url-approved", "This base URL has been approved and stays as it is.")
        }
        if services.behaviour.has(.changeByCreatorOnly), base.organizer != visitor.identity.object {
            throw Refusal(403, "not-yours", "Only who entered a base URL may change it.")
        }
        if services.behaviour.has(.pendingIsFinal), base.vendor == .epic, !base.isApproved {
            throw Refusal(409, "approval-pending", "This base URL waits for its approver and stays as it is.")
        }
        let age = await services.clocks.now(base.tenant).timeIntervalSince1970 - base.createdAt
        if services.behaviour.has(.settingsFinalAfterAWeek), age > 7 * 86_400 {
            throw Refusal(409, "settings-final", "Settings can be changed for a week.")
        }
        if let entered = form["new-url"], !entered.isEmpty {
            let isTrusted = services.behaviour.has(.changeAnywhere)
            base.url = try FHIRBase.normalized(entered, anywhere: isTrusted)
            if base.url != before.url {
                if try await services.store.base(url: base.url) != nil {
                    throw Refusal(409, "base-url-taken", "This base URL is configured already.")
                }
                let isAsked = !isTrusted || Outbound.isLoopback(base.url)
                if isAsked, !services.behaviour.has(.changeUnvalidated) {
                    let isAny = services.behaviour.has(.oldReleaseByChange)
                    base.vendor = try await BaseValidation(
                        http: services.http, behaviour: services.behaviour, takesAnyRelease: isAny
                    ).vendor(of: base.url)
                }
                if services.behaviour.has(.slashKeptOnChange) { base.url = entered }
            }
        }
        if let chosen = form["environment"], !chosen.isEmpty {
            if services.behaviour.has(.changeSavedFirst) {
                base.environment = chosen
                try await services.store.save(base)
            }
            base.environment =
                services.behaviour.has(.productionByChange)
                ? chosen : try await environment(chosen, vendor: base.vendor, tenant: base.tenant)
        }
        if services.behaviour.has(.formerApproverApproves) { PortalGuard.former[base.id] = base.approver }
        base.approver = try approver(form["approver"], vendor: base.vendor, existing: base.approver, visitor)
        // The administrator who changes a base answers for it: its meetings are organized in this name from now on.
        if visitor.identity.isGlobalAdministrator { base.organizer = visitor.identity.object }
        if services.behaviour.has(.newRecordsOnChange), base.url != before.url {
            base.providerRecord = Secret.token()
            base.patientRecord = Secret.token()
        }
        let keepsApproval = services.behaviour.has(.changeKeepsApproval)
        if base.url != before.url || base.approver != before.approver, !keepsApproval { base.approvedAt = nil }
        if services.behaviour.has(.correctionLost) { base.url = before.url }
        let isAlone = base.url == before.url && base.environment == before.environment
        if isAlone, services.behaviour.has(.approverAloneIgnored) { base.approver = before.approver }
        if services.behaviour.has(.environmentLostByCorrection), base.url != before.url { base.environment = "test" }
        if services.behaviour.has(.secondChangeLost), refusals.add("change " + base.id) > 1 { base = before }
        if services.behaviour.has(.approvalRemembered) {
            if before.isApproved { refusals.add("approved " + before.url) }
            if refusals.count("approved " + base.url) > 0 { base.approvedAt = base.approvedAt ?? base.createdAt }
        }
        if services.behaviour.has(.approverLostAtChange) { base.approver = "" }
        if base.vendor != .cerner { base.number = nil }
        if services.behaviour.has(.recordsNameOldURL) { RecordsPage.firstURLs.first(before.url, of: base.id) }
        try await services.store.save(base)
        if services.behaviour.has(.changeClosesOthers) {
            for var other in try await services.store.bases(tenant: base.tenant) where other.id != base.id {
                other.approvedAt = nil
                try await services.store.save(other)
            }
        }
        if services.behaviour.has(.changeUnlinksOthers) {
            for var other in try await services.store.bases(tenant: base.tenant) where other.id != base.id {
                other.number = nil
                try await services.store.save(other)
            }
        }
        if services.behaviour.has(.changeTouchesAll) {
            for var other in try await services.store.bases(tenant: base.tenant) {
                other.environment = base.environment
                try await services.store.save(other)
            }
        }
        services.log.event("base URL changed", tenant: base.tenant, request: request.id)
        let next = base.isApproved ? "" : " It now waits for its approver."
        return try await page(visitor, message: Page.saved("The change was saved." + next))
    }

    private func approver(
        _ entered: String?, vendor: Vendor, existing: String?, _ visitor: PortalVisitor
    ) throws -> String? {
        guard vendor == .epic else { return nil }
        let name = (entered ?? "").trimmingCharacters(in: .whitespaces)
        if services.behaviour.has(.approverMustBeAnother), name.lowercased() == visitor.identity.principal.lowercased()
        {
            throw Refusal(422, "approver-is-administrator", "The approver must be somebody else.")
        }
        if services.behaviour.has(.approverIsFinal), let existing { return existing }
        if !name.isEmpty { return name }
        if services.behaviour.has(.approverMissingAccepted) { return existing ?? visitor.identity.principal }
        guard let existing else {
            throw Refusal(422, "approver-missing", "An Epic base URL needs the principal name of its approver.")
        }
        return existing
    }

    private func environment(_ chosen: String?, vendor: Vendor, tenant: String) async throws -> String {
        guard let chosen, ["test", "production"].contains(chosen) else {
            throw Refusal(422, "environment-missing", "Choose an environment: test or production.")
        }
        let environment = services.behaviour.has(.environmentIgnored) ? "test" : chosen
        guard needsSubscription(environment, vendor: vendor) else { return environment }
        let isRefused = services.behaviour.has(.subscriptionAnswerKept) && refusals.count("subscription " + tenant) > 0
        let isNarrow = services.behaviour.has(.healthcareCloudUnknown) && vendor == .epic
        guard !isRefused, try await services.graph.hasSubscription(tenant, standaloneOnly: isNarrow) else {
            refusals.add("subscription " + tenant)
            throw Refusal(
                403, "subscription-missing",
                "The \(environment) environment needs an active subscription: Microsoft Cloud for Healthcare or the "
                    + "Teams EHR connector. Ask your licence administrator, then add the base URL again.")
        }
        return environment
    }

    /// Which environments the subscription is enforced for, by edition of the set-up pages.
    private func needsSubscription(_ environment: String, vendor: Vendor) -> Bool {
        if services.behaviour.has(.productionWithoutSubscription) { return false }
        if environment == "production" || services.behaviour.has(.subscriptionForTestToo) { return true }
        return vendor == .cerner && services.configuration.edition == .june
    }
}

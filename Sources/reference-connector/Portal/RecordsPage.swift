// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The integration records: what has to be entered at the EHR.
struct RecordsPage: Sendable {
    let services: Services
    let access: PortalGuard
    private let shown = ShownOnce()
    /// What base URLs were when they were entered (deliberate fault `records-name-old-url`); empty without it.
    static let firstURLs = Remembered()

    init(services: Services, access: PortalGuard) {
        self.services = services
        self.access = access
    }

    func register(_ routes: Routes) {
        access.administratorOrApprover(routes, "/portal/records") { _, visitor in
            if services.behaviour.has(.recordsForAdministratorsOnly), !visitor.identity.isGlobalAdministrator {
                throw Refusal(403, "role-missing", "Only administrators may see the integration records.")
            }
            let bases = try await access.visibleBases(visitor).filter { base in
                let isEarly = services.behaviour.has(.approverSeesRecordsEarly)
                return isReady(base) || isEarly && !visitor.identity.isGlobalAdministrator
            }
            if services.behaviour.has(.recordsForADay) {
                let now = await services.clocks.now(visitor.identity.tenant).timeIntervalSince1970
                if bases.contains(where: { now - $0.createdAt >= 86_400 }) {
                    throw Refusal(410, "records-over", "The integration records have been shown already.")
                }
            }
            let rows = bases.flatMap(rows)
            if services.behaviour.has(.recordsOnlyOnce), !shown.first(visitor.identity.tenant, rows: rows.count) {
                throw Refusal(410, "records-shown", "The integration records have been shown already.")
            }
            let table = PageTable.markup(
                id: "records", caption: "Enter these at the EHR",
                columns: ["Base URL", "Launch", "Launch URL", "Parameters"],
                rows: rows)
            return Page(title: "Integration records", body: table).reply()
        }
    }

    /// Epic's records appear once the approver has approved.
    private func isReady(_ base: BaseRow) -> Bool { base.isApproved || services.behaviour.has(.recordsBeforeApproval) }

    private func rows(_ base: BaseRow) -> [(attributes: String, cells: [String])] {
        let session = base.vendor == .epic ? "sessionId=%CSN%" : ""
        let department = base.vendor == .epic ? "&departmentId=%PERFDEPID;;; ; ;;NONE;%" : ""
        let provider = row(base, "provider", base.providerRecord, session + department)
        let patient = row(base, "patient", base.patientRecord, session)
        let isMissing =
            services.behaviour.has(.recordsMissingPatient)
            || services.behaviour.has(.productionWithoutPatients) && base.environment == "production"
        // One each for Hyperspace, Haiku and Canto.
        if services.behaviour.has(.otherHabits), !isMissing { return [provider, provider, provider, patient] }
        return isMissing ? [provider] : [provider, patient]
    }

    private func row(
        _ base: BaseRow, _ role: String, _ record: String, _ parameters: String
    ) -> (attributes: String, cells: [String]) {
        let entry = services.behaviour.has(.oneLaunchAddress) ? Paths.anyRecord : record
        return (
            " data-role=\"\(role)\"",
            [
                Text.html(Self.firstURLs[base.id] ?? base.url), role,
                Text.html(services.paths.url("/launch/\(role)/\(entry)")),
                Text.html(parameters),
            ]
        )
    }
}

/// Tells the first showing of records from later ones (deliberate fault `records-only-once`).
private final class ShownOnce: Sendable {
    private let tenants = Mutex<Set<String>>([])

    func first(_ tenant: String, rows: Int) -> Bool {
        guard rows > 0 else { return true }
        return tenants.withLock { $0.insert(tenant).inserted }
    }
}

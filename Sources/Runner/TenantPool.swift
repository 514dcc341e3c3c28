// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import ScenarioLanguage
internal import World

/// Tenants that were set up in advance: one scenario at a time has one, and none gets it back unless it was emptied.
actor TenantPool {
    private let settings: WorldSettings
    private var taken: Set<String> = []
    /// Tenants that a scenario used and nothing empties.
    private var spent: [String: String] = [:]
    private var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    private var nextWaiter = 0

    init(_ settings: WorldSettings) { self.settings = settings }

    /// Waits for a tenant that fits. Nil where worlds are fresh. Throws a `StepFailure` where none fits, or none can be
    /// emptied for another use.
    func lease(for scenario: Scenario) async throws -> ProvisionedTenant? {
        guard settings.mode != .fresh else { return nil }
        var fitting = settings.tenants.filter { Self.fits($0, scenario.world) }
        guard !fitting.isEmpty else {
            throw StepFailure(message: Self.noneFits(scenario.world, settings), isBinding: true)
        }
        if settings.mode == .fixed { fitting = [fitting[0]] }
        while true {
            try Task.checkCancellation()
            let usable = fitting.filter { spent[$0.tenant] == nil }
            if usable.isEmpty, let first = fitting.first {
                throw StepFailure(
                    message:
                        "the tenant \(first.name) was used by \(spent[first.tenant] ?? "another scenario") and nothing empties it: declare worlds.reset",
                    isBinding: true)
            }
            if let free = usable.first(where: { !taken.contains($0.tenant) }) {
                taken.insert(free.tenant)
                return free
            }
            await next()
        }
    }

    /// The scenario is over.
    func giveBack(_ tenant: ProvisionedTenant, from scenario: String) {
        taken.remove(tenant.tenant)
        if settings.reset == nil { spent[tenant.tenant] = scenario }
        let all = waiters.values
        waiters = [:]
        for waiter in all { waiter.resume() }
    }

    /// Returns when a tenant was given back, or the task is cancelled.
    private func next() async {
        nextWaiter += 1
        let id = nextWaiter
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { continuation.resume() } else { waiters[id] = continuation }
            }
        } onCancel: {
            Task { await self.giveUp(id) }
        }
    }

    private func giveUp(_ id: Int) { waiters.removeValue(forKey: id)?.resume() }

    private static func fits(_ tenant: ProvisionedTenant, _ spec: WorldSpec) -> Bool {
        guard tenant.vendor == spec.vendor else { return false }
        return FHIREnvironment.allCases.allSatisfy { environment in
            spec.bases.count { $0.environment == environment }
                <= tenant.bases.count { $0.environment == environment }
        }
    }

    private static func noneFits(_ spec: WorldSpec, _ settings: WorldSettings) -> String {
        let wanted = FHIREnvironment.allCases.compactMap { environment -> String? in
            let count = spec.bases.count { $0.environment == environment }
            return count == 0 ? nil : "\(count) \(environment.rawValue) base\(count == 1 ? "" : "s")"
        }.joined(separator: " and ")
        return
            "no tenant under worlds.tenants fits: \(spec.vendor.rawValue) with \(wanted) is needed; there are \(settings.tenants.map(\.name).joined(separator: ", "))"
    }
}

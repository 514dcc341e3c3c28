// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging

/// One clock per tenant, frozen between advances, and the work that runs by it.
///
/// Jobs of a tenant run one after the other in order of their due time, each seeing its own due time as now.
actor TenantClocks {
    typealias Handler = @Sendable (JobRow) async -> JobOutcome

    struct State: Sendable {
        let now: Date
        let next: Date?
        let pending: Int
    }

    private let store: Store
    private let log: Logger
    private var handler: Handler?
    private var times: [String: Date]
    /// What time it was for the tenants known at the start of the process.
    let atStart: [String: Date]
    private var pending: [String: Int] = [:]
    private var running: Set<String> = []
    private var kicked: Set<String> = []
    private var waiters: [String: [CheckedContinuation<Void, Never>]] = [:]

    /// Variant `other-order`: what is due together is done in another order.
    private let backwards: Bool

    init(store: Store, times: [String: Date], log: Logger, backwards: Bool) {
        self.store = store
        self.backwards = backwards
        self.times = times
        atStart = times
        self.log = log
    }

    /// Begins to run jobs, first those a former process left due.
    func start(_ handler: @escaping Handler) async throws {
        self.handler = handler
        for tenant in try await store.tenantsWithJobs() { kick(tenant) }
    }

    /// The tenant's time; a tenant not seen before begins at real now.
    func now(_ tenant: String) async -> Date {
        if let time = times[tenant] { return time }
        let time = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
        times[tenant] = time
        try? await store.save(now: time, tenant: tenant)
        return times[tenant] ?? time
    }

    func state(_ tenant: String) async throws -> State {
        let now = await now(tenant)
        let next = try await store.nextJob(tenant: tenant, backwards: backwards).map {
            Date(timeIntervalSince1970: $0.due)
        }
        return State(now: now, next: next, pending: pending[tenant] ?? 0)
    }

    /// Moves the tenant's clock to `to`; returns once every job due until then has run and its work has ended.
    func advance(_ tenant: String, to: Date) async throws -> State {
        if times[tenant] == nil { times[tenant] = to }
        await idle(tenant)
        while let job = try await store.nextJob(tenant: tenant, backwards: backwards),
            job.due <= to.timeIntervalSince1970
        {
            move(tenant, to: Date(timeIntervalSince1970: job.due))
            kick(tenant)
            await idle(tenant)
        }
        move(tenant, to: to)
        try await store.save(now: times[tenant] ?? to, tenant: tenant)
        return try await state(tenant)
    }

    private func move(_ tenant: String, to time: Date) {
        times[tenant] = max(times[tenant] ?? time, time)
    }

    /// Runs what is due now, in the background.
    func kick(_ tenant: String) {
        guard handler != nil else { return }
        guard running.insert(tenant).inserted else {
            kicked.insert(tenant)
            return
        }
        begin(tenant)
        Task {
            await self.runDue(tenant)
            self.stopped(tenant)
        }
    }

    private func stopped(_ tenant: String) {
        running.remove(tenant)
        // A kick that came while the last look at the queue was under way must not be lost.
        if kicked.remove(tenant) != nil { kick(tenant) }
        end(tenant)
    }

    private func runDue(_ tenant: String) async {
        while let handler {
            let now = await now(tenant)
            do {
                guard let job = try await store.nextJob(tenant: tenant, backwards: backwards),
                    job.due <= now.timeIntervalSince1970
                else {
                    return
                }
                switch await handler(job) {
                case .done: try await store.finish(job, again: nil)
                case .again(let seconds):
                    let after = await self.now(tenant)
                    try await store.finish(job, again: after.addingTimeInterval(max(1, seconds)))
                }
            } catch {
                log.event("queue unreadable: \(type(of: error))", tenant: tenant, code: "queue")
                return
            }
        }
    }

    /// Counts work of the tenant as in flight while `body` runs.
    func counting<T: Sendable>(_ tenant: String, _ body: @Sendable () async throws -> T) async rethrows -> T {
        begin(tenant)
        defer { end(tenant) }
        return try await body()
    }

    private func begin(_ tenant: String) { pending[tenant, default: 0] += 1 }

    private func end(_ tenant: String) {
        pending[tenant, default: 1] -= 1
        guard pending[tenant] == 0 else { return }
        for waiter in waiters.removeValue(forKey: tenant) ?? [] { waiter.resume() }
    }

    private func idle(_ tenant: String) async {
        while (pending[tenant] ?? 0) > 0 {
            await withCheckedContinuation { waiters[tenant, default: []].append($0) }
        }
    }
}

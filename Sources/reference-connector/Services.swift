// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging

/// What every part of the connector works with; made once at start.
struct Services: Sendable {
    let configuration: Configuration
    let behaviour: Behaviour
    let paths: Paths
    let cookies: Cookies
    let store: Store
    let identities: Identities
    let keys: Keys
    let http: Outbound
    let verifier: TokenVerifier
    let entra: Entra
    let graph: Graph
    let fhir: FHIRClient
    let clocks: TenantClocks
    let sessions: Sessions
    let locks: KeyedLocks
    let log: Logger

    /// The wall calendar where a base lies; only deliberate faults ask what day or hour it is there.
    func calendar(of base: BaseRow) -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = base.zone.flatMap(TimeZone.init(identifier:)) ?? configuration.timeZone
        return calendar
    }

    /// Queues work for now and lets it begin.
    func enqueue(_ kind: JobKind, key: String, tenant: String) async throws {
        try await store.schedule(kind, key: key, tenant: tenant, due: await clocks.now(tenant))
        await clocks.kick(tenant)
    }
}

/// Lets one task at a time work on a named thing.
actor KeyedLocks {
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    /// Runs `body` when nobody else holds `key`; first come, first served.
    func holding<T: Sendable>(_ key: String, _ body: @Sendable () async throws -> T) async rethrows -> T {
        if waiting[key] == nil {
            waiting[key] = []
        } else {
            await withCheckedContinuation { waiting[key, default: []].append($0) }
        }
        defer { release(key) }
        return try await body()
    }

    private func release(_ key: String) {
        guard var queue = waiting[key], !queue.isEmpty else {
            waiting[key] = nil
            return
        }
        let next = queue.removeFirst()
        waiting[key] = queue
        next.resume()
    }
}

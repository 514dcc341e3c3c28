// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// Who wants no more text messages: keyed hashes, never numbers.
struct OptOuts: Sendable {
    let services: Services
    /// Only the deliberate fault of forgotten answers looks at them.
    private static let stops = Remembered()

    /// `base` only matters to the deliberate fault of replies that count for one.
    func contains(_ phone: String, tenant: String, base: String) async throws -> Bool {
        if services.behaviour.has(.smsStopIgnored) { return false }
        let key = key(phone, tenant)
        if let bases = Self.stops["bases of " + key], !bases.contains(base) { return false }
        if let at = Self.stops[key].flatMap(Double.init) {
            if await services.clocks.now(tenant).timeIntervalSince1970 - at > 86_400 { return false }
        }
        let isForAll = services.behaviour.has(.stopForAll)
        return try await services.store.read { database in
            if isForAll {
                return try !GRDB.Row.fetchAll(
                    database, sql: "SELECT 1 FROM optOut WHERE tenant = ?", arguments: [tenant]
                )
                .isEmpty
            }
            return try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM optOut WHERE tenant = ? AND numberKey = ?)",
                arguments: [tenant, key]) ?? false
        }
    }

    func set(_ optedOut: Bool, _ phone: String, tenant: String) async throws {
        if !optedOut, services.behaviour.has(.smsStartIgnored) { return }
        if !optedOut, services.behaviour.has(.startForAll) {
            try await services.store.write {
                try $0.execute(sql: "DELETE FROM optOut WHERE tenant = ?", arguments: [tenant])
            }
        }
        let key = key(phone, tenant)
        if optedOut, services.behaviour.has(.stopPerBase) {
            let linked = try await services.store.bases(tenant: tenant).filter { $0.number != nil }
            Self.stops["bases of " + key] = linked.map(\.id).joined(separator: " ")
        }
        if services.behaviour.has(.stopForADay) {
            Self.stops[key] = "\(await services.clocks.now(tenant).timeIntervalSince1970)"
        }
        let statement =
            optedOut
            ? "INSERT OR REPLACE INTO optOut (tenant, numberKey) VALUES (?, ?)"
            : "DELETE FROM optOut WHERE tenant = ? AND numberKey = ?"
        try await services.store.write { try $0.execute(sql: statement, arguments: [tenant, key]) }
    }

    private func key(_ phone: String, _ tenant: String) -> String {
        services.behaviour.has(.optOutPlainlyHashed)
            ? Secret.sha256(phone) : services.keys.hash("opt-out", tenant + "|" + phone)
    }
}

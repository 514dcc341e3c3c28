// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// The EHR users' ids: the one datum kept of people, each tenant's in a database of the tenant's own region.
///
/// Everything else refers to them by keyed hashes.
actor Identities {
    private let folder: URL
    private let fallback: String
    private let behaviour: Behaviour
    private let entra: Entra
    private let store: Store
    private var databases: [String: DatabaseQueue] = [:]

    init(configuration: Configuration, behaviour: Behaviour, entra: Entra, store: Store) {
        folder = configuration.data
        fallback = configuration.region
        self.behaviour = behaviour
        self.entra = entra
        self.store = store
    }

    /// The EHR user's id behind a key, if it is known.
    func ehrUser(tenant: String, key: String) async throws -> String? {
        try await database(tenant).read { database in
            try String.fetchOne(database, sql: "SELECT ehrUser FROM identity WHERE key = ?", arguments: [key])
        }
    }

    func remember(_ ehrUser: String, tenant: String, key: String) async throws {
        try await database(tenant).write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO identity (ehrUser, key) VALUES (?, ?)", arguments: [ehrUser, key])
        }
    }

    func forget(tenant: String, key: String) async throws {
        try await database(tenant).write { database in
            try database.execute(sql: "DELETE FROM identity WHERE key = ?", arguments: [key])
        }
    }

    private func database(_ tenant: String) async throws -> DatabaseQueue {
        let region = try await region(tenant)
        if let open = databases[region] { return open }
        // Without a suspension between the look and the entry: two first uses at once would open the file twice.
        let database = try open(folder.appending(path: region))
        databases[region] = database
        return database
    }

    private func open(_ place: URL) throws -> DatabaseQueue {
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(5)
        let database = try DatabaseQueue(
            path: place.appending(path: "identities.sqlite").path, configuration: configuration)
        try database.write {
            try $0.execute(
                sql: """
                    PRAGMA secure_delete = ON;
                    CREATE TABLE IF NOT EXISTS identity (ehrUser TEXT NOT NULL, key TEXT PRIMARY KEY);
                    """)
        }
        return database
    }

    /// The tenant's region as Microsoft publishes it, remembered from its first use on.
    private func region(_ tenant: String) async throws -> String {
        if behaviour.has(.ehrIDWrongRegion) { return Configuration.regions[0] }
        let known = try await store.read { database in
            try String.fetchOne(database, sql: "SELECT region FROM tenant WHERE id = ?", arguments: [tenant])
        }
        if let known { return known }
        let region: String
        switch try await entra.regionScope(tenant: tenant) {
        case "NA", "SA": region = "americas"
        case "EU", "AF": region = "europe"
        case "AS", "OC": region = "asia-pacific"
        default: region = fallback
        }
        try await store.write {
            try $0.execute(sql: "INSERT OR IGNORE INTO tenant (id, region) VALUES (?, ?)", arguments: [tenant, region])
        }
        return region
    }
}

extension Services {
    /// Key of a Microsoft account at a base.
    func directoryKey(_ base: BaseRow, user: String) -> String {
        "/directory/" + keys.hash("directory", "\(base.id)|\(user)")
    }

    /// Key of the patient of a visit.
    func patientKey(_ visit: VisitRow) -> String { "/patient/" + keys.hash("patient", visit.id) }
}

// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The database's shape. No honest use of it names a patient: `message.phone` and `approvalToken` serve deliberate
/// faults only.
enum Schema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: configuration)
            try database.execute(sql: visits)
            try database.execute(sql: queues)
        }
        migrator.registerMigration("2") { database in
            try database.execute(
                sql: "CREATE TABLE pause (tenant TEXT NOT NULL, service TEXT NOT NULL, until DOUBLE NOT NULL, "
                    + "PRIMARY KEY (tenant, service))")
        }
        return migrator
    }()

    private static let configuration = """
        CREATE TABLE base (
          id TEXT PRIMARY KEY, tenant TEXT NOT NULL, url TEXT NOT NULL UNIQUE, vendor TEXT NOT NULL,
          environment TEXT NOT NULL, approver TEXT, approvedAt DOUBLE, organizer TEXT NOT NULL,
          zone TEXT, providerRecord TEXT NOT NULL UNIQUE, patientRecord TEXT NOT NULL UNIQUE, number TEXT,
          createdAt DOUBLE NOT NULL);
        CREATE INDEX baseTenant ON base (tenant);
        CREATE TABLE consent (tenant TEXT PRIMARY KEY, organization BOOLEAN NOT NULL, attendees BOOLEAN NOT NULL);
        CREATE TABLE number (
          id TEXT PRIMARY KEY, tenant TEXT NOT NULL, number TEXT, state TEXT NOT NULL, operation TEXT, search TEXT,
          requestedAt DOUBLE NOT NULL);
        CREATE TABLE tenant (id TEXT PRIMARY KEY, region TEXT NOT NULL);
        CREATE TABLE optOut (tenant TEXT NOT NULL, numberKey TEXT NOT NULL, PRIMARY KEY (tenant, numberKey));
        CREATE TABLE note (
          id INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, visit TEXT, code TEXT NOT NULL,
          at DOUBLE NOT NULL);
        """

    private static let visits = """
        CREATE TABLE visit (
          id TEXT PRIMARY KEY, tenant TEXT NOT NULL, base TEXT NOT NULL, appointment TEXT, contact TEXT,
          startsAt DOUBLE NOT NULL, endsAt DOUBLE NOT NULL, status TEXT NOT NULL, generation INTEGER NOT NULL,
          patientLink TEXT NOT NULL UNIQUE, staffLink TEXT NOT NULL UNIQUE, meeting TEXT, joinURL TEXT, browserURL TEXT,
          subscription TEXT, clientState TEXT, department TEXT, linksFor TEXT,
          UNIQUE (base, appointment));
        CREATE TABLE attendee (
          visit TEXT NOT NULL, participant TEXT NOT NULL, role TEXT NOT NULL, person TEXT NOT NULL, identity TEXT,
          state TEXT NOT NULL, lobbyAt DOUBLE, joinedAt DOUBLE, leftAt DOUBLE, PRIMARY KEY (visit, participant));
        CREATE TABLE seen (visit TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (visit, event));
        """

    private static let queues = """
        CREATE TABLE clock (tenant TEXT PRIMARY KEY, now DOUBLE NOT NULL);
        CREATE TABLE job (
          tenant TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, due DOUBLE NOT NULL, attempts INTEGER NOT NULL,
          revision TEXT NOT NULL, PRIMARY KEY (tenant, kind, key));
        CREATE INDEX jobDue ON job (tenant, due);
        CREATE TABLE message (
          id TEXT PRIMARY KEY, visit TEXT NOT NULL, kind TEXT NOT NULL, startsAt DOUBLE NOT NULL, channel TEXT NOT NULL,
          repeatability TEXT NOT NULL, firstSent TEXT NOT NULL, state TEXT NOT NULL, phone TEXT,
          UNIQUE (visit, kind, startsAt, channel));
        CREATE TABLE writeback (
          id INTEGER PRIMARY KEY AUTOINCREMENT, visit TEXT NOT NULL, participant TEXT NOT NULL, role TEXT NOT NULL,
          kind TEXT NOT NULL, occurrence TEXT NOT NULL, at DOUBLE NOT NULL, identity TEXT, state TEXT NOT NULL,
          UNIQUE (visit, participant, kind, occurrence));
        CREATE TABLE approvalToken (base TEXT PRIMARY KEY, token TEXT NOT NULL);
        """
}

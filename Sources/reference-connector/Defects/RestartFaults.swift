// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// The deliberate faults of a start: what an honest connector finds in its queue is lost, or done again.
struct RestartFaults: Sendable {
    let behaviour: Behaviour
    let store: Store

    /// What is done to the stored rows, by the fault that does it.
    private static let statements: [(fault: Defect, sql: String)] = [
        (.writebackLostAtRestart, "UPDATE writeback SET state = 'lost' WHERE state = 'pending'"),
        (.messagesLostAtRestart, "UPDATE message SET state = 'lost' WHERE state = 'pending'"),
        (.approvalsInMemory, "UPDATE base SET approvedAt = NULL"),
        (.linksDieAtRestart, "UPDATE visit SET patientLink = 'gone-' || id"),
        (.attendeesNamelessAfterRestart, "UPDATE attendee SET identity = NULL"),
        (.statusLostAtRestart, "DELETE FROM attendee"),
        (.remindersLostAtRestart, "DELETE FROM job WHERE kind = 'reminder'"),
        (.stopForgottenAtRestart, "DELETE FROM optOut"),
    ]

    func apply() async throws {
        for (fault, sql) in Self.statements where behaviour.has(fault) {
            try await store.write { try $0.execute(sql: sql) }
        }
        if behaviour.has(.messagesRepeatedAtRestart) { try await repeatMessages() }
        if behaviour.has(.repeatabilityInMemory) {
            try await store.write { database in
                for var message in try MessageRow.fetchAll(database) where message.state == "pending" {
                    message.repeatability = UUID().uuidString.lowercased()
                    try message.update(database)
                }
            }
        }
        if behaviour.has(.writebackRepeatedAtRestart) {
            try await store.write { database in
                try database.execute(sql: "UPDATE writeback SET state = 'pending'")
                for visit in try VisitRow.fetchAll(database) {
                    try Store.schedule(
                        .writeback, key: visit.id, tenant: visit.tenant, due: Date(timeIntervalSince1970: 0),
                        in: database)
                }
            }
        }
    }

    private func repeatMessages() async throws {
        try await store.write { database in
            for var message in try MessageRow.fetchAll(database) where message.state == "sent" {
                message.state = "pending"
                message.repeatability = UUID().uuidString.lowercased()
                try message.update(database)
                guard let visit = try VisitRow.fetchOne(database, key: message.visit) else { continue }
                try Store.schedule(
                    .message, key: message.id, tenant: visit.tenant, due: Date(timeIntervalSince1970: 0), in: database)
            }
        }
    }
}

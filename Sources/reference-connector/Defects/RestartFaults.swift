// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// The deliberate faults of a start: what an honest connector finds in its queue is lost, or done again.
struct RestartFaults: Sendable {
    let behaviour: Behaviour
    let store: Store

    func apply() async throws {
        if behaviour.has(.writebackLostAtRestart) {
            _ = try await store.write { database in
                try database.execute(sql: "UPDATE writeback SET state = 'lost' WHERE state = 'pending'")
            }
        }
        if behaviour.has(.messagesLostAtRestart) {
            try await store.write { try $0.execute(sql: "UPDATE message SET state = 'lost' WHERE state = 'pending'") }
        }
        if behaviour.has(.approvalsInMemory) {
            try await store.write { try $0.execute(sql: "UPDATE base SET approvedAt = NULL") }
        }
        if behaviour.has(.linksDieAtRestart) {
            try await store.write { try $0.execute(sql: "UPDATE visit SET patientLink = 'gone-' || id") }
        }
        if behaviour.has(.attendeesNamelessAfterRestart) {
            try await store.write { try $0.execute(sql: "UPDATE attendee SET identity = NULL") }
        }
        if behaviour.has(.messagesRepeatedAtRestart) { try await repeatMessages() }
        if behaviour.has(.statusLostAtRestart) {
            try await store.write { try $0.execute(sql: "DELETE FROM attendee") }
        }
        if behaviour.has(.remindersLostAtRestart) {
            try await store.write { try $0.execute(sql: "DELETE FROM job WHERE kind = 'reminder'") }
        }
        if behaviour.has(.stopForgottenAtRestart) {
            try await store.write { try $0.execute(sql: "DELETE FROM optOut") }
        }
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

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs jobs and decides what becomes of them when they fail.
struct JobRunner: Sendable {
    let services: Services
    let meetings: Meetings
    let bookings: Bookings
    let outbox: Outbox

    private static let mostAttempts = 200

    func run(_ job: JobRow) async -> JobOutcome {
        do {
            return try await work(job)
        } catch let passing as Passing {
            return postponed(job, retryAfter: passing.retryAfter, code: passing.code)
        } catch let refusal as Refusal {
            if refusal.status == 503 { return postponed(job, retryAfter: nil, code: refusal.code) }
            services.log.event("\(job.kind.rawValue) refused", tenant: job.tenant, code: refusal.code)
            return .done
        } catch {
            services.log.event(
                "\(job.kind.rawValue) failed: \(type(of: error))", tenant: job.tenant, code: "unexpected")
            return postponed(job, retryAfter: nil, code: "unexpected")
        }
    }

    private func work(_ job: JobRow) async throws -> JobOutcome {
        switch job.kind {
        case .booking: try await bookings.run(job)
        case .message: try await outbox.send(job)
        case .reminder: try await outbox.remind(job)
        case .videoLinks: try await VideoLinks(services: services).run(job)
        case .writeback: try await Writeback(services: services).run(job)
        case .renew: try await CallEventSubscription(services: services).renew(job)
        case .number: try await NumberRequests(services: services).run(job)
        case .poll: try await bookings.poll(job)
        case .purge: try await meetings.purge(job)
        }
    }

    /// So many times a job is tried again: practically always, but for the deliberate faults.
    private func most(_ job: JobRow) -> Int {
        if services.behaviour.has(.writebackGivesUp) { return 4 }
        return services.behaviour.has(.writebackTenTimes) && job.kind == .writeback ? 9 : Self.mostAttempts
    }

    private func postponed(_ job: JobRow, retryAfter: Double?, code: String) -> JobOutcome {
        services.log.event("\(job.kind.rawValue) postponed", tenant: job.tenant, code: code)
        let isDoubtful = job.kind == .message && code == "unreachable"
        if isDoubtful, services.behaviour.has(.otherHabits) { return .done }
        guard job.attempts < most(job) else { return .done }
        return .again(after: BackOff.seconds(attempt: job.attempts, retryAfter: retryAfter, services.behaviour))
    }
}

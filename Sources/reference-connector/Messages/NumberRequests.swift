// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// Gets a phone number: search, purchase, both long-running, looked at every ten seconds of the tenant's clock.
struct NumberRequests: Sendable {
    let services: Services
    /// Requests that this process has begun; only the deliberate fault of requests kept in memory asks.
    private static let begun = Tally()

    func run(_ job: JobRow) async throws -> JobOutcome {
        guard var row = try await services.store.read({ try NumberRow.fetchOne($0, key: job.key) }) else {
            return .done
        }
        if row.state == "new" { Self.begun.add(row.id) }
        if Self.begun.count(row.id) == 0, services.behaviour.has(.numberLostAtRestart) { return .done }
        let service = MessageService(services: services, tenant: row.tenant)
        let outcome: JobOutcome
        do {
            outcome = try await step(&row, service)
        } catch let passing as Passing {
            guard services.behaviour.has(.numberLostAfterError) else { throw passing }
            outcome = fail(&row)
        }
        let saved = row
        try await services.store.write { try saved.update($0) }
        return outcome
    }

    private func step(_ row: inout NumberRow, _ service: MessageService) async throws -> JobOutcome {
        switch row.state {
        case "new":
            guard let started = try await service.searchNumber() else { return fail(&row) }
            row.operation = started.operation
            row.search = started.search
            row.state = "searching"
            return .again(after: 10)
        case "searching", "purchasing":
            guard let operation = row.operation else { return fail(&row) }
            let state = try await service.operation(operation)
            switch state["status"].string {
            case "succeeded": return row.state == "searching" ? try await purchase(&row, service, state) : ready(&row)
            case "failed": return fail(&row)
            default: return await isGivenUp(row) ? fail(&row) : .again(after: 10)
            }
        default:
            return .done
        }
    }

    /// Never: a number may be late. The deliberate fault gives up when it is.
    private func isGivenUp(_ row: NumberRow) async -> Bool {
        let waited = await services.clocks.now(row.tenant).timeIntervalSince1970 - row.requestedAt
        return services.behaviour.has(.lateNumberGivenUp) && waited > 120
    }

    private func purchase(_ row: inout NumberRow, _ service: MessageService, _ state: JSON) async throws -> JobOutcome {
        var search = row.search ?? ""
        if search.isEmpty, let location = state["resourceLocation"].string {
            search = location.split(separator: "?")[0].split(separator: "/").last.map(String.init) ?? ""
        }
        let result = try await service.searchResult(search)
        guard let number = result["phoneNumbers"][0].string, let operation = try await service.purchase(search: search)
        else { return fail(&row) }
        row.number = number
        row.operation = operation
        row.state = "purchasing"
        return .again(after: 10)
    }

    private func ready(_ row: inout NumberRow) -> JobOutcome {
        row.state = "ready"
        return .done
    }

    private func fail(_ row: inout NumberRow) -> JobOutcome {
        if services.behaviour.has(.failedNumberShown), row.number != nil { return ready(&row) }
        row.number = nil
        if services.behaviour.has(.otherHabits) {
            row.state = "new"
            return .again(after: 60)
        }
        row.state = "failed"
        services.log.event("number request failed", tenant: row.tenant, code: "number-failed")
        return .done
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Calls to Microsoft Graph in the application's name.
struct Graph: Sendable {
    let root: String
    let http: Outbound
    let entra: Entra
    let behaviour: Behaviour

    /// Sends one call; refusals come back as answers, passing failures throw `Passing`.
    func call(
        _ tenant: String, _ method: String, _ path: String, _ body: JSON? = nil, headers: [(String, String)] = []
    ) async throws -> Answer {
        let answer = try await attempt(tenant, method, path, body, headers, fresh: false)
        guard answer.status == 401, !behaviour.has(.graphTokenKept) else { return answer }
        return try await attempt(tenant, method, path, body, headers, fresh: true)
    }

    private func attempt(
        _ tenant: String, _ method: String, _ path: String, _ body: JSON?, _ more: [(String, String)], fresh: Bool
    ) async throws -> Answer {
        let token = try await entra.applicationToken(tenant: tenant, fresh: fresh)
        var headers =
            more + [
                ("Authorization", "Bearer " + token), ("Accept", "application/json"),
                ("client-request-id", UUID().uuidString.lowercased()),
            ]
        if behaviour.has(.searchesAndBatches) {
            let batch = GraphBatch(method, path, body)
            headers.append(("Content-Type", "application/json"))
            return try GraphBatch.answer(
                await http.sendPatiently(
                    "POST", "\(root)/\(batch.version)/$batch", headers: headers, body: batch.body.data))
        }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        return try await http.sendPatiently(method, root + path, headers: headers, body: body?.data)
    }

    /// True where the organization holds an active subscription that covers this connector.
    func hasSubscription(_ tenant: String, standaloneOnly: Bool = false) async throws -> Bool {
        let answer = try await call(tenant, "GET", "/v1.0/subscribedSkus")
        guard answer.isSuccess else { return behaviour.has(.subscriptionAssumed) }
        let covering: Set<String> =
            standaloneOnly ? ["TEAMS_EHR_CONNECTOR"] : ["MICROSOFT_CLOUD_FOR_HEALTHCARE", "TEAMS_EHR_CONNECTOR"]
        return answer.json["value"].items.contains { sku in
            covering.contains(sku["skuPartNumber"].string ?? "")
                && isActive(sku["capabilityStatus"].string ?? "")
        }
    }

    private func isActive(_ status: String) -> Bool {
        if behaviour.has(.lapsedSubscriptionCounts), status != "Suspended" { return true }
        return status == "Enabled" || behaviour.has(.suspendedSubscriptionCounts)
    }

    /// True where the user's licence includes Teams.
    func hasTeams(_ tenant: String, user: String) async throws -> Bool {
        let answer = try await call(tenant, "GET", "/v1.0/users/\(Text.percentEncoded(user))/licenseDetails")
        guard answer.isSuccess else { return behaviour.has(.licenceAssumed) }
        let licences = answer.json["value"].items
        if behaviour.has(.anyLicenceCounts), !licences.isEmpty { return true }
        return licences.prefix(behaviour.has(.firstLicenceOnly) ? 1 : .max).contains { licence in
            licence["servicePlans"].items.contains { plan in
                plan["servicePlanName"].string == "TEAMS1"
                    && (plan["provisioningStatus"].string == "Success" || behaviour.has(.disabledPlanCounts))
            }
        }
    }
}

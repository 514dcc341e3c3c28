// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// Receives the message service's events: STOP and START replies.
struct MessageHook: Sendable {
    let services: Services

    func register(_ routes: Routes) {
        routes.post("/hooks/sms") { request in
            let expected = services.configuration.hookKeySMS
            if let expected, request.query["key"] != expected, !services.behaviour.has(.replyHookOpen) {
                throw Refusal(401, "hook-key", "The hook key is missing or wrong.")
            }
            if services.behaviour.has(.replyHookBreaks), JSON(request.body) == nil { throw Passing(code: "nonsense") }
            let body = try request.json()
            let events = body.items.isEmpty ? [body] : body.items
            for event in events {
                if event["eventType"].string == "Microsoft.EventGrid.SubscriptionValidationEvent" {
                    return .json(["validationResponse": event["data"]["validationCode"]])
                }
                try await take(event)
            }
            return Reply(200)
        }
    }

    private func take(_ event: JSON) async throws {
        guard event["eventType"].string == "Microsoft.Communication.SMSReceived",
            let from = event["data"]["from"].string.flatMap(Patient.e164), let to = event["data"]["to"].string
        else { return }
        let message = event["data"]["message"].string ?? ""
        let isWhole = services.behaviour.has(.stopUntrimmed)
        let answer = isWhole ? message : message.trimmingCharacters(in: .whitespacesAndNewlines)
        let word = services.behaviour.has(.stopInCapitalsOnly) ? answer : answer.uppercased()
        let stops: Set<String> = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"]
        guard stops.contains(word) || ["START", "UNSTOP", "YES"].contains(word) else { return }
        let tenants = try await services.store.read { database in
            try NumberRow.filter(Column("number") == to).fetchAll(database).map(\.tenant)
        }
        for tenant in Set(tenants) {
            try await OptOuts(services: services).set(stops.contains(word), from, tenant: tenant)
            services.log.event("opt-out changed", tenant: tenant)
            guard services.behaviour.has(.replierLookedUp) else { continue }
            for base in try await services.store.bases(tenant: tenant) {
                try? await services.fhir.lookUp(phone: from, at: base)
            }
        }
    }
}

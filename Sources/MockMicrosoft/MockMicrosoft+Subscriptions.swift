// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// `/subscriptions`: the only Graph requests that call back into the connector before they are answered.
extension MockMicrosoft {
    func subscriptions(_ graph: Graph) async -> MockResponse {
        guard graph.caller.isApplication, graph.caller.has(["OnlineMeetings.Read.All", "OnlineMeetings.ReadWrite.All"])
        else {
            return refused(
                graph, 403, "Forbidden", "Meeting call events need the application permission OnlineMeetings.Read.All.")
        }
        let words = graph.path.map { $0.lowercased() }
        switch (graph.request.method, words.count) {
        case ("POST", 1): return await create(graph)
        case ("GET", 1):
            let all = graph.world.subscriptions.values.filter { $0.applicationID == graph.caller.appID }
                .sorted { $0.id < $1.id }
            return graph.list(all.map { $0.value(context: nil) }, context: "subscriptions", type: "subscription")
        default: break
        }
        guard words.count > 1, let subscription = graph.world.subscriptions[graph.path[1]] else {
            return graph.refuse(404, "ResourceNotFound", "The object was not found.")
        }
        switch (graph.request.method, words.count) {
        case ("GET", 2): return graph.answer(subscription.value(context: nil))
        case ("PATCH", 2): return renew(graph, subscription)
        case ("DELETE", 2):
            end(subscription, in: graph.world)
            return graph.nothing(204)
        case ("POST", 3) where words[2] == "reauthorize":
            reauthorize(subscription, in: graph.world)
            graph.world.record(
                "subscription.renewed", by: .graph, exchange: graph.request.exchange,
                [
                    "subscription": .string(subscription.id), "meeting": .string(subscription.meeting),
                    "way": "reauthorize",
                ])
            return graph.nothing(204)
        default:
            return graph.refuse(400, "BadRequest", "Resource not found for the segment '\(graph.path.last ?? "")'.")
        }
    }

    private func create(_ graph: Graph) async -> MockResponse {
        let wanted: SubscriptionRequest
        do throws(SubscriptionRequest.Refusal) {
            // Documented under beta (wire-protocols 2.6); Microsoft's own SDK, which knows v1.0 alone, is taken too.
            wanted = try SubscriptionRequest(graph.request.json, world: graph.world)
        } catch {
            return refused(graph, error.status, error.code, error.message)
        }
        if let double = double(of: wanted, graph) { return double }
        for url in [wanted.notificationURL, wanted.lifecycleURL].compactMap({ $0 }) {
            if let problem = await validate(url, in: graph.world) {
                return refused(graph, 400, "InvalidRequest", "Subscription validation request failed. \(problem)")
            }
        }
        // Another request may have come through while the hook was asked.
        if let double = double(of: wanted, graph) { return double }
        let subscription = ChangeSubscription(
            id: graph.world.random.uuid(), meeting: wanted.meeting.id, generation: wanted.generation,
            resource: wanted.resource, changeType: wanted.changeType, notificationURL: wanted.notificationURL,
            lifecycleURL: wanted.lifecycleURL, clientState: wanted.clientState, applicationID: graph.caller.appID,
            creatorID: graph.world.random.uuid(), recipient: wanted.recipient, expires: wanted.expires,
            authorized: graph.world.now)
        graph.world.subscriptions[subscription.id] = subscription
        graph.world.record(
            "subscription.created", by: .graph, exchange: graph.request.exchange,
            [
                "subscription": .string(subscription.id), "meeting": .string(subscription.meeting),
                "resource": .string(subscription.resource), "url": .string(subscription.notificationURL),
                "encrypted": .bool(subscription.recipient != nil),
                "generation": .string(subscription.generation.rawValue),
                "client-state": .bool(subscription.clientState?.isEmpty == false),
            ])
        let context = "\(graph.origin)/\(graph.version)/$metadata#subscriptions/$entity"
        var value = subscription.value(context: context).members ?? [:]
        // Shown to who wrote it, never again.
        value["clientState"] = Value(subscription.clientState)
        return graph.answer(.object(value), status: 201)
    }

    /// Generation B allows one subscription per application and meeting.
    private func double(of wanted: SubscriptionRequest, _ graph: Graph) -> MockResponse? {
        let exists = graph.world.subscriptions.values.contains {
            $0.meeting == wanted.meeting.id && $0.applicationID == graph.caller.appID && $0.generation == .b
                && wanted.generation == .b
        }
        return exists
            ? refused(graph, 409, "Conflict", "A subscription for this application and meeting already exists.") : nil
    }

    /// The handshake: the hook must echo the token as plain text within ten seconds. Returns what went wrong.
    private func validate(_ url: String, in world: MicrosoftWorld) async -> String? {
        let token =
            "Validation: Testing client application reachability for subscription Request-Id: " + world.random.uuid()
        let query: Form = ["validationToken": token]
        let answer = await delivery.handshake(
            OutgoingMessage(
                world: world.id, clock: world.clock, party: .graph, url: query.appended(to: url),
                headers: [(name: "Content-Type", value: "text/plain; charset=utf-8")], body: Data(), event: nil,
                retries: []))
        guard let answer else { return "The endpoint did not answer." }
        guard answer.status == 200 else { return "The endpoint answered \(answer.status) instead of 200." }
        guard answer.header("Content-Type")?.lowercased().hasPrefix("text/plain") == true else {
            return "The answer is not text/plain."
        }
        guard String(decoding: answer.body, as: UTF8.self) == token else {
            return "The answer is not the decoded validation token."
        }
        return nil
    }

    private func renew(_ graph: Graph, _ subscription: ChangeSubscription) -> MockResponse {
        guard let text = graph.request.json?["expirationDateTime"]?.string, let expiry = Instant(rfc3339: text) else {
            return graph.refuse(400, "InvalidRequest", "ExpirationDateTime is missing or no UTC time.")
        }
        let now = graph.world.now
        guard expiry > now, expiry - now <= SubscriptionRequest.maximum else {
            return graph.refuse(
                400, "InvalidRequest", "Subscription expiration can only be 4320 minutes in the future.")
        }
        graph.world.subscriptions[subscription.id]?.expires = max(expiry, now + SubscriptionRequest.minimum)
        reauthorize(subscription, in: graph.world)
        graph.world.record(
            "subscription.renewed", by: .graph, exchange: graph.request.exchange,
            ["subscription": .string(subscription.id), "meeting": .string(subscription.meeting), "way": "renew"])
        return graph.answer(
            (graph.world.subscriptions[subscription.id] ?? subscription).value(context: nil))
    }

    private func refused(_ graph: Graph, _ status: Int, _ code: String, _ message: String) -> MockResponse {
        if graph.request.method == "POST" {
            graph.world.record(
                "subscription.refused", by: .graph, exchange: graph.request.exchange,
                ["resource": .string(graph.request.json?["resource"]?.string ?? ""), "reason": .string(message)])
        }
        return graph.refuse(status, code, message)
    }

    /// Ends a subscription that was deleted or has run out.
    func end(_ subscription: ChangeSubscription, in world: MicrosoftWorld) {
        world.subscriptions[subscription.id] = nil
        world.record(
            "subscription.ended", by: .graph,
            ["subscription": .string(subscription.id), "meeting": .string(subscription.meeting)])
    }
}

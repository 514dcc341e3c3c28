// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
package import World

/// A subscription's life: challenges before its end, its end, and what its lifecycle hook hears of both.
extension MockMicrosoft {
    /// Sends a lifecycle notification for the latest subscription that has a lifecycle hook. `reauthorizationRequired`
    /// holds its notifications back until the connector reauthorizes or renews it; `subscriptionRemoved` ends it;
    /// `missed` says that notifications were lost. False where there is no such subscription.
    @discardableResult
    package func tell(_ event: LifecycleEvent, in id: WorldID) throws(MockMicrosoftError) -> Bool {
        let world = try world(id)
        let latest = world.subscriptions.values.filter { $0.lifecycleURL != nil }
            .max { ($0.authorized, $0.id) < ($1.authorized, $1.id) }
        guard let latest else { return false }
        switch event {
        case .reauthorizationRequired:
            world.subscriptions[latest.id]?.isChallenged = true
            world.subscriptions[latest.id]?.isPaused = true
        case .subscriptionRemoved: end(latest, in: world)
        case .missed: break
        }
        send(event, of: latest, in: world)
        return true
    }

    /// The connector proved again that it may read: the challenge is over.
    func reauthorize(_ subscription: ChangeSubscription, in world: MicrosoftWorld) {
        world.subscriptions[subscription.id]?.authorized = world.now
        world.subscriptions[subscription.id]?.isChallenged = false
        world.subscriptions[subscription.id]?.isPaused = false
    }

    /// When something is due here on the world's clock.
    func nextLifecycleTimer(in world: MicrosoftWorld) -> Instant? {
        world.subscriptions.values.map { subscription in
            subscription.lifecycleURL != nil && !subscription.isChallenged
                ? subscription.challenge : subscription.expires
        }.min()
    }

    /// Challenges what will run out, ends what has run out, and tells the lifecycle hooks.
    func ageSubscriptions(in world: MicrosoftWorld) {
        for subscription in world.subscriptions.values.sorted(by: { $0.id < $1.id }) {
            if subscription.expires <= world.now {
                end(subscription, in: world)
                send(.subscriptionRemoved, of: subscription, in: world)
            } else if subscription.lifecycleURL != nil, !subscription.isChallenged, subscription.challenge <= world.now
            {
                world.subscriptions[subscription.id]?.isChallenged = true
                send(.reauthorizationRequired, of: subscription, in: world)
            }
        }
    }

    private func send(_ event: LifecycleEvent, of subscription: ChangeSubscription, in world: MicrosoftWorld) {
        guard let message = lifecycle(event, of: subscription, in: world) else { return }
        delivery.send(message)
    }

    /// Nil where the subscription has no lifecycle hook.
    func lifecycle(
        _ event: LifecycleEvent, of subscription: ChangeSubscription, in world: MicrosoftWorld
    ) -> OutgoingMessage? {
        guard let url = subscription.lifecycleURL else { return nil }
        let notification: Value = [
            "subscriptionId": .string(subscription.id), "clientState": Value(subscription.clientState),
            "lifecycleEvent": .string(event.rawValue), "tenantId": .string(world.model.tenant),
            "organizationId": .string(world.model.tenant), "resource": .string(subscription.resource),
            "subscriptionExpirationDateTime": .string(subscription.expires.description),
        ]
        return OutgoingMessage(
            world: world.id, clock: world.clock, party: .graph, url: url,
            headers: [(name: "Content-Type", value: "application/json; charset=utf-8")],
            body: Data(Value.object(["value": [notification]]).jsonBytes()),
            event: (
                "notification.sent",
                [
                    "subscription": .string(subscription.id), "meeting": .string(subscription.meeting),
                    "event": "lifecycle", "lifecycle": .string(event.rawValue), "forged": false,
                ]
            ), retries: Self.retries, accepts: .seconds(3))
    }
}

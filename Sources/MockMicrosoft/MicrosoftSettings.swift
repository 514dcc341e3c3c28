// SPDX-License-Identifier: Apache-2.0

package import World

/// What a scenario sets of one world's Microsoft side.
package struct MicrosoftSettings: Sendable, Hashable {
    /// The product the organization subscribes to.
    package var subscription: ConnectorSubscription
    /// Service plans of a person, by alias; overrides the person's own.
    package var licences: [String: Set<String>]
    /// Whether the app may act for meeting organizers (Teams application access policy).
    package var accessPolicy: Bool
    /// False: signing in ends with AADSTS65001.
    package var consented: Bool
    /// Clock time from the purchase of a phone number to its arrival.
    package var numberDelay: Duration
    /// True: purchases end as failed.
    package var numberFails: Bool
    /// How change notifications travel.
    package var notifications: NotificationBehaviour
    /// Numbers people have come to have after the world was made, by alias, beside those of the model.
    package var phones: [String: String]
    /// People whose number the gateway refuses for good, by alias, with the status of the item.
    package var refusedRecipients: [String: Int]
    /// People whose account belongs to another organization's tenant, by alias.
    package var foreigners: Set<String>
    /// Only this generation of meeting call subscriptions is served; nil serves both.
    package var generation: NotificationGeneration?

    /// What the world starts with.
    package init(model: WorldModel, accessPolicy: Bool) {
        subscription = model.subscription
        licences = [:]
        self.accessPolicy = accessPolicy
        consented = true
        numberDelay = .seconds(60)
        numberFails = false
        notifications = NotificationBehaviour()
        phones = [:]
        refusedRecipients = [:]
        foreigners = []
        generation = nil
    }
}

/// The two published shapes of meeting call events: `a` of 2022, `b` of 2024 on.
package enum NotificationGeneration: String, Sendable, Hashable, CaseIterable { case a, b }

/// How change notifications travel. All of it is what Microsoft Graph is known to do, but for `forge`.
package struct NotificationBehaviour: Sendable, Hashable {
    /// Every notification arrives twice.
    package var duplicate = false
    /// Each pair of notifications arrives in the wrong order.
    package var reorder = false
    /// A forged one (wrong client state, bad signatures) goes ahead of each of the next `forge` genuine ones.
    package var forge = 0
    /// The next `drop` notifications are lost.
    package var drop = 0
    /// Clock time between the fact and its notification.
    package var delay: Duration = .zero

    /// In order, once each, at once.
    package init() {}
}

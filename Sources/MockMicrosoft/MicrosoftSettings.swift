// SPDX-License-Identifier: Apache-2.0

package import MockKit
package import World

/// What a scenario sets of one world's Microsoft side.
package struct MicrosoftSettings: Sendable, Hashable {
    /// The product the organization subscribes to.
    package var subscription: ConnectorSubscription
    /// How it stands: a word of `MicrosoftWord.subscriptionStatuses`.
    package var subscriptionStatus: String
    /// Service plans of a person, by alias; overrides the person's own.
    package var licences: [String: Set<String>]
    /// Those of them that are switched off within the licence, by alias.
    package var disabledPlans: [String: Set<String>]
    /// Whether the app may act for meeting organizers (Teams application access policy).
    package var accessPolicy: Bool
    /// For whom the policy is granted, by alias; nil: for everybody of the tenant.
    package var accessPolicyUsers: Set<String>?
    /// On the world's clock: until then a granted policy does not act yet (Microsoft: up to 30 minutes); nil: it does.
    package var accessPolicyActsFrom: Instant?
    /// False: an administrator has not consented yet (or took it back); `adminconsent` makes it true.
    package var consented: Bool
    /// On the world's clock: until then a consent that was given does not act yet; nil: it does.
    package var consentActsFrom: Instant?
    /// On the world's clock: until then the directory does not know the application yet; nil: it does.
    package var applicationActsFrom: Instant?
    /// AADSTS codes that a person's sign-ins and grants end with, by alias; those of `EntraError.scripted`.
    package var signInErrors: [String: Int]
    /// The AADSTS code every token request of the application ends with; nil: none.
    package var applicationError: Int?
    /// The flaw of the next id token.
    package var tampering: IdentityTampering?
    /// True: a client assertion whose `jti` was seen is refused. Entra itself accepts it.
    package var refusesReplayedAssertions: Bool
    /// Clock time from the purchase of a phone number to its arrival.
    package var numberDelay: Duration
    /// True: purchases end as failed.
    package var numberFails: Bool
    /// Searches for phone numbers end as failed with this word, for example `OutOfStock`; nil: they find some.
    package var numberSearchError: String?
    /// Purchases end as failed with this word, for example `NotEnoughCredit`; nil: they succeed unless `numberFails`.
    package var numberPurchaseError: String?
    /// How change notifications travel.
    package var notifications: NotificationBehaviour
    /// How Event Grid's events travel, `forge` apart: at least once and in no order (wire-protocols 3.2).
    package var smsEvents: NotificationBehaviour
    /// The carrier's word on messages to a person, by alias: a delivery code of `DeliveryOutcome` (wire-protocols 3.3).
    package var deliveryCodes: [String: Int]
    /// Numbers people have come to have after the world was made, by alias, beside those of the model.
    package var phones: [String: String]
    /// People whose number the gateway refuses for good, by alias, with the status of the item.
    package var refusedRecipients: [String: Int]
    /// People whose next message the gateway puts off, by alias.
    package var putOffRecipients: Set<String>
    /// False: the deployment says that text messages go through Graph, so the gateway for others takes none.
    package var gatewayTakesTexts: Bool
    /// People whose account belongs to another organization's tenant, by alias.
    package var foreigners: Set<String>
    /// How many requests are taken in a time.
    package var limits: RequestLimits
    /// Only this generation of meeting call subscriptions is served; nil serves both.
    package var generation: NotificationGeneration?

    /// What the world starts with.
    package init(model: WorldModel, accessPolicy: Bool) {
        subscription = model.subscription
        subscriptionStatus = "enabled"
        licences = [:]
        disabledPlans = [:]
        self.accessPolicy = accessPolicy
        accessPolicyUsers = nil
        accessPolicyActsFrom = nil
        consented = true
        consentActsFrom = nil
        applicationActsFrom = nil
        signInErrors = [:]
        applicationError = nil
        tampering = nil
        refusesReplayedAssertions = false
        numberDelay = .seconds(60)
        numberFails = false
        numberSearchError = nil
        numberPurchaseError = nil
        notifications = NotificationBehaviour()
        smsEvents = NotificationBehaviour()
        deliveryCodes = [:]
        phones = [:]
        refusedRecipients = [:]
        putOffRecipients = []
        gatewayTakesTexts = true
        foreigners = []
        limits = RequestLimits()
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
    /// Each pair of notifications arrives in one body.
    package var together = false
    /// A forged one (wrong client state, bad signatures) goes ahead of each of the next `forge` genuine ones.
    package var forge = 0
    /// The next `drop` notifications are lost.
    package var drop = 0
    /// Clock time between the fact and its notification.
    package var delay: Duration = .zero

    /// In order, once each, at once.
    package init() {}
}

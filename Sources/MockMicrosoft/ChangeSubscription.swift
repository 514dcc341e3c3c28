// SPDX-License-Identifier: Apache-2.0

import CryptoExtras
import World

/// A Microsoft Graph change subscription to the call events of one meeting.
struct ChangeSubscription {
    let id: String
    let meeting: String
    let generation: NotificationGeneration
    /// As the connector wrote it.
    let resource: String
    let changeType: String
    let notificationURL: String
    let lifecycleURL: String?
    let clientState: String?
    let applicationID: String
    let creatorID: String
    /// Nil: basic notifications without resource data.
    let recipient: ContentRecipient?
    var expires: Instant
    /// When it was created, renewed or reauthorized last.
    var authorized: Instant
    /// `reauthorizationRequired` was sent since.
    var isChallenged = false
    /// Notifications wait for a reauthorization that a scenario demands.
    var isPaused = false

    /// When Graph asks for a new authorization: a quarter of its time before its end, at most three hours ([sec]: the
    /// sample of the lifecycle page calculates with both).
    var challenge: Instant { expires - min((expires - authorized) / 4, .seconds(3 * 3600)) }
}

/// What Graph tells a lifecycle hook (wire-protocols 2.5).
package enum LifecycleEvent: String, Sendable, Hashable, CaseIterable {
    case reauthorizationRequired, subscriptionRemoved, missed
}

/// Whose certificate the content of notifications is encrypted for.
struct ContentRecipient {
    let key: _RSA.Encryption.PublicKey
    let certificateID: String
    /// SHA-1 of the certificate, upper-case hexadecimal.
    let thumbprint: String
}

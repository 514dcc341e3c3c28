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
}

/// Whose certificate the content of notifications is encrypted for.
struct ContentRecipient {
    let key: _RSA.Encryption.PublicKey
    let certificateID: String
    /// SHA-1 of the certificate, upper-case hexadecimal.
    let thumbprint: String
}

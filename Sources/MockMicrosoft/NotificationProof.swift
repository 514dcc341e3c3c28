// SPDX-License-Identifier: Apache-2.0

/// What proves that a notification is Microsoft's own (wire-protocols 2.5); a forgery lacks some of it.
enum NotificationProof: CaseIterable, Sendable {
    /// The value the subscriber chose.
    case clientState
    /// The token that Microsoft signed.
    case token
    /// For whom the token is: the subscriber's application. Whoever subscribes has good tokens for an own one.
    case audience
    /// To whom it was issued: Microsoft's own sender. Any application can have a good token for the subscriber's.
    case sender
    /// Until when it is good.
    case time
    /// The encrypted content's signature. Whoever has the subscriber's certificate can make one that fits.
    case signature

    static let all = Set(allCases)

    /// What is wrong in each of the forgeries a subscription can be sent: everything, what a stranger cannot know, then
    /// one proof at a time. Without encrypted content there is the client state only.
    static func forgeries(of subscription: ChangeSubscription) -> [Set<Self>] {
        guard subscription.recipient != nil else { return [all] }
        let single: [Set<Self>] = [[.token], [.audience], [.sender], [.time], [.signature]]
        return [all, [.clientState, .token]] + single + (subscription.clientState == nil ? [] : [[.clientState]])
    }
}

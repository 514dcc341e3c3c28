// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import ProtocolRules
internal import Trace
internal import Value

/// Whether a captured change notification is Graph's own: it carries the client state that the connector gave a subscription
/// of the same capture. Of others nobody knows, so that refusing them is held against nobody.
struct NotificationProofs {
    private var states: Set<String> = []

    init(_ entries: [HARExchange]) {
        for entry in entries where entry.method == "POST" && WireURL(entry.url).lastSegment == "subscriptions" {
            guard let state = (try? Value.parseJSON(entry.requestBody))?["clientState"]?.string else { continue }
            states.insert(state)
        }
    }

    func isGenuine(_ entry: HARExchange) -> Bool {
        let notifications = (try? Value.parseJSON(entry.requestBody))?["value"]?.array ?? []
        return !notifications.isEmpty
            && notifications.allSatisfy { $0["clientState"]?.string.map(states.contains) ?? false }
    }
}

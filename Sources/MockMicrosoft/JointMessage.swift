// SPDX-License-Identifier: Apache-2.0

import Foundation
import Value

extension OutgoingMessage {
    /// One message with the notifications of both, or both where they go to different places. Graph's bodies hold them as
    /// `value`, with what proves them beside it; Event Grid's are lists.
    func joined(by other: OutgoingMessage) -> [OutgoingMessage] {
        guard url == other.url, let mine = try? Value.parseJSON(Array(body)),
            let more = try? Value.parseJSON(Array(other.body))
        else { return [self, other] }
        var joint = self
        switch mine {
        case .array(let items): joint.body = Data(Value.array(items + (more.array ?? [])).jsonBytes())
        case .object(var members):
            for name in ["value", "validationTokens"] where members[name] != nil {
                members[name] = .array((members[name]?.array ?? []) + (more[name]?.array ?? []))
            }
            joint.body = Data(Value.object(members).jsonBytes())
        default: return [self, other]
        }
        joint.furtherEvents += [other.event].compactMap { $0 } + other.furtherEvents
        joint.ifLost += other.ifLost
        return [joint]
    }
}

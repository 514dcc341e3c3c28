// SPDX-License-Identifier: Apache-2.0

import Value
import World

/// Phone numbers of one world's resource and the operations that bring them.
struct NumberStock {
    struct Search {
        let id: String
        let numbers: [String]
        let type: String
        let assignment: String
        let capabilities: Value
        let expires: Instant
    }

    struct Owned {
        let number: String
        let type: String
        let assignment: String
        var capabilities: Value
        let purchased: Instant
    }

    struct Operation {
        enum Kind: String { case search, purchase, releasePhoneNumber, updatePhoneNumberCapabilities }
        enum State: String { case running, succeeded, failed }
        let id: String
        let kind: Kind
        /// Search id, or number.
        let subject: String
        let created: Instant
        let due: Instant
        var state: State = .running
        var changed: Instant
    }

    var searches: [String: Search] = [:]
    var operations: [String: Operation] = [:]
    var owned: [String: Owned] = [:]

    /// The next clock time at which an operation ends.
    var nextTimer: Instant? { operations.values.filter { $0.state == .running }.map(\.due).min() }
}

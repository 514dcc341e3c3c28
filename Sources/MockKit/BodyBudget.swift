// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How many bytes of bodies a listener holds in memory at once, over all its connections: many large uploads together must
/// not be more than one machine bears.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// False where the budget is used up; then nothing is reserved.
    func reserve(_ bytes: Int) -> Bool {
        guard used.add(bytes, ordering: .relaxed).newValue <= limit else {
            used.subtract(bytes, ordering: .relaxed)
            return false
        }
        return true
    }

    func release(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }
}

// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Lets whoever started a run stop it: scenarios end where they are, the record is kept and judged as far as it goes.
package final class RunInterruption: Sendable {
    private struct State {
        var reason: String?
        var action: (@Sendable (String) -> Void)?
        var children: [RunInterruption] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Stops the run; later calls change nothing.
    /// - Parameter reason: a clause for people, for example `the run was interrupted (SIGINT)`.
    package func stop(_ reason: String) {
        let (action, children) = state.withLock { state -> ((@Sendable (String) -> Void)?, [RunInterruption]) in
            guard state.reason == nil else { return (nil, []) }
            state.reason = reason
            return (state.action, state.children)
        }
        action?(reason)
        for child in children { child.stop(reason) }
    }

    /// Of one of several runs: whatever stops this stops that too, also where it was stopped before.
    package func makeChild() -> RunInterruption {
        let child = RunInterruption()
        let reason = state.withLock { state in
            // Those of runs that ended long ago are not kept for ever.
            if state.children.count > 200 { state.children.removeFirst(100) }
            state.children.append(child)
            return state.reason
        }
        if let reason { child.stop(reason) }
        return child
    }

    /// Why the run was stopped; nil while it goes on.
    package var reason: String? { state.withLock { $0.reason } }

    /// What stops the work, given the reason; called at once where the run was stopped before.
    func onStop(_ action: @escaping @Sendable (String) -> Void) {
        let reason = state.withLock { state in
            state.action = action
            return state.reason
        }
        if let reason { action(reason) }
    }
}

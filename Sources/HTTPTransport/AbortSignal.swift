// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import Synchronization

/// Ends one transfer from another thread: `curl_multi_wakeup` is the one libcurl call that is allowed there.
final class AbortSignal: Sendable {
    private struct State {
        var isRaised = false
        /// Address of the multi handle while a transfer runs: kept as a number because the lock hands it between threads.
        var multi: UInt?
    }

    private let state = Mutex(State())

    var isRaised: Bool { state.withLock { $0.isRaised } }

    /// False where the signal was raised before.
    func attach(_ multi: UnsafeMutableRawPointer) -> Bool {
        let address = UInt(bitPattern: multi)
        return state.withLock { state in
            state.multi = address
            return !state.isRaised
        }
    }

    func detach() { state.withLock { $0.multi = nil } }

    func raise() {
        // Inside the lock: the handle cannot be detached and freed meanwhile.
        state.withLock { state in
            state.isRaised = true
            if let multi = state.multi.flatMap({ UnsafeMutableRawPointer(bitPattern: $0) }) { curl_multi_wakeup(multi) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Requests side by side without cookies, on a bounded pool of connections. Callable from anywhere.
package final class HTTPClient: Sendable {
    private struct State {
        var idle: [BrowserSession] = []
        var made = 0
        var waiters: [(id: Int, resume: CheckedContinuation<BrowserSession?, Never>)] = []
        var nextWaiter = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    /// At most `connections` requests at once; more wait their turn.
    package init(connections: Int = 8) { limit = max(1, connections) }

    /// Sends one request. Cancelling the task ends its transfer, or its place in the queue, at once.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        guard let session = await acquire() else {
            throw HTTPError(
                kind: .aborted, host: WebAddress(request.url)?.authority ?? request.url, message: "cancelled")
        }
        defer { release(session) }
        var request = request
        request.sendCookies = false
        return try await session.send(request)
    }

    /// Nil when cancelled.
    private func acquire() async -> BrowserSession? {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enum Answer { case ready(BrowserSession), cancelled, wait }
                let answer: Answer = state.withLock { state in
                    if Task.isCancelled { return .cancelled }
                    if let session = state.idle.popLast() { return .ready(session) }
                    if state.made < limit {
                        state.made += 1
                        return .ready(BrowserSession(name: "http-client"))
                    }
                    state.waiters.append((id, continuation))
                    return .wait
                }
                switch answer {
                case .ready(let session): continuation.resume(returning: session)
                case .cancelled: continuation.resume(returning: nil)
                case .wait: break
                }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).resume }
            }
            waiter?.resume(returning: nil)
        }
    }

    private func release(_ session: BrowserSession) {
        let next = state.withLock { state -> CheckedContinuation<BrowserSession?, Never>? in
            if state.waiters.isEmpty {
                state.idle.append(session)
                return nil
            }
            return state.waiters.removeFirst().resume
        }
        next?.resume(returning: session)
    }
}

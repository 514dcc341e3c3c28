// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a listener serves beside its mock: control API and pages. It is no party of any world, so nothing of it is recorded
/// and no fault strikes it.
package protocol FrontDesk: Sendable {
    /// True for paths the desk answers; all others are the mock's.
    func serves(_ path: String) -> Bool
    func respond(to request: MockRequest) async -> DeskAnswer
}

/// The desk's answer: a whole one, or one that goes on.
package struct DeskAnswer: Sendable {
    package var response: MockResponse
    /// Pieces of a body without end (server-sent events); nil: the response's own body.
    package var stream: AsyncStream<Data>?

    package init(_ response: MockResponse, stream: AsyncStream<Data>? = nil) {
        self.response = response
        self.stream = stream
    }
}

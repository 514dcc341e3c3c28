// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import HTTPTransport

/// How the mock reaches the connector's hooks.
package protocol NotificationSender: Sendable {
    /// Posts and waits for the whole answer. Throws where there is none.
    func post(
        _ url: String, headers: [(name: String, value: String)], body: Data, timeout: Duration
    ) async throws -> NotificationAnswer
}

/// What a hook answered.
package struct NotificationAnswer: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Data
    /// How long the hook took, where a test double knows better than the clock.
    package var took: Duration?

    /// An answer as a test double gives it.
    package init(
        status: Int, headers: [(name: String, value: String)] = [], body: Data = Data(), took: Duration? = nil
    ) {
        self.took = took
        self.status = status
        self.headers = headers
        self.body = body
    }

    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
}

/// Over libcurl, never through a proxy.
package struct TransportNotificationSender: NotificationSender {
    private let client: HTTPClient
    private let trust: HTTPRequest.TrustAnchors?

    /// `trust`: roots for hooks with `https`; nil: the machine's.
    package init(trust: HTTPRequest.TrustAnchors? = nil) {
        client = HTTPClient()
        self.trust = trust
    }

    package func post(
        _ url: String, headers: [(name: String, value: String)], body: Data, timeout: Duration
    ) async throws -> NotificationAnswer {
        let request = HTTPRequest(
            method: "POST", url: url, headers: headers.map { HTTPRequest.Header($0.name, $0.value) }, body: body,
            timeout: timeout, trust: trust, maxResponseBytes: 1 << 20)
        let response = try await client.send(request)
        return NotificationAnswer(
            status: response.status, headers: response.headers.map { (name: $0.name, value: $0.value) },
            body: response.body)
    }
}

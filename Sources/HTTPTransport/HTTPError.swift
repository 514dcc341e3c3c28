// SPDX-License-Identifier: Apache-2.0

/// Why there is no answer.
package struct HTTPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The classes a caller decides on.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case couldNotConnect = "could-not-connect"
        case timeout
        case tls
        case proxy
        /// The request cannot be sent as it stands, or the answer is no HTTP.
        case malformed
        /// The caller cancelled.
        case aborted
        case tooLarge = "too-large"
        /// The connection ended before the answer was complete.
        case disconnected
    }

    package let kind: Kind
    /// `host:port` of the URL, or the URL itself where it could not be read.
    package let host: String
    package let message: String
    package let remedy: String

    package init(kind: Kind, host: String, message: String, remedy: String? = nil) {
        self.kind = kind
        self.host = host
        self.message = message
        self.remedy = remedy ?? Self.remedy(for: kind)
    }

    package var description: String { "\(host): \(message) (\(kind.rawValue)); \(remedy)" }

    private static func remedy(for kind: Kind) -> String {
        switch kind {
        case .couldNotConnect: "check that the service runs and that host and port are right"
        case .timeout: "check that the service answers, or allow it more time"
        case .tls: "check the certificate, its name, and the trusted roots"
        case .proxy: "check the proxy's address and that it lets this host through"
        case .malformed: "look at the URL, headers and the raw answer"
        case .aborted: "nothing to mend: the request was cancelled"
        case .tooLarge: "raise the limit if such an answer is expected"
        case .disconnected: "look in the service's log for a crash or a dropped connection"
        }
    }
}

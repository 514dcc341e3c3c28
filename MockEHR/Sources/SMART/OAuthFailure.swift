// SPDX-License-Identifier: Apache-2.0

import MockKit
import World

/// An OAuth 2.0 error (RFC 6749 sections 4.1.2.1 and 5.2).
struct OAuthFailure: Error, Sendable {
    /// `invalid_request`, `invalid_grant`, …
    let error: String
    /// Why, for the trace and `error_description`.
    let reason: String
    /// What stands in the vendor's `error_uri`: `denied-by-server`, `code-invalid-or-expired`, …
    let detail: String
    /// Seconds after which the client may ask again: then it is refused with 429; nil: for what it asked.
    let retryAfter: Int?

    init(_ error: String, _ reason: String, detail: String? = nil, retryAfter: Int? = nil) {
        self.retryAfter = retryAfter
        self.error = error
        self.reason = reason
        self.detail = detail ?? error.replacing("_", with: "-")
    }
}

extension EHRBase {
    /// The `error_uri` of vendors that send one (facts 5.3.2); `place` is `grant` or `token`.
    func errorURI(_ failure: OAuthFailure, place: String, client: String) -> String? {
        guard profile.smart.errorURI else { return nil }
        let name = PercentCoding.encode(
            "urn:cerner:error:authorization-server:oauth2:\(place):\(failure.detail)")
        let query: Form = ["client": client, "tenant": base.tenant]
        return query.appended(to: "\(origin)/errors/\(name)/instances/\(uuid())")
    }
}

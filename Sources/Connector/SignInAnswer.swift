// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The address at which a browser brings back what came of a sign-in (RFC 6749 section 4.1.2).
package enum SignInAnswer {
    /// True where an address carries a code, and the state it answers.
    package static func isAnswer(_ url: String) -> Bool {
        let names = URLComponents(string: url)?.queryItems?.map(\.name) ?? []
        return names.contains("code") && names.contains("state")
    }
}

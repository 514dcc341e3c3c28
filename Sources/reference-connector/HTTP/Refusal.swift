// SPDX-License-Identifier: Apache-2.0

/// An understandable "no": shown as a page or as JSON, never with patient data, tokens or internals.
struct Refusal: Error, Sendable, CustomStringConvertible {
    /// HTTP status of the answer.
    let status: Int
    /// Stable machine-readable code (`data-code` in pages, `code` in JSON).
    let code: String
    /// A sentence for the person in front of the page: what happened and what to do.
    let message: String

    init(_ status: Int, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    var description: String { "\(status) \(code)" }

    static let notFound = Refusal(404, "not-found", "There is no such page.")
    static let unavailable = Refusal(
        503, "temporarily-unavailable", "A service this page depends on does not answer. Try again in a moment.")
}

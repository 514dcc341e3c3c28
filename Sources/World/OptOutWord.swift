// SPDX-License-Identifier: Apache-2.0

/// What a carrier takes a reply for: a wish to get nothing more, or its end (wire-protocols 3.3).
package enum OptOutWord: Sendable {
    case stop
    case start

    private static let stops: Set<String> = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"]
    private static let starts: Set<String> = ["START", "UNSTOP", "YES"]

    /// Nil for any other text. Letter case and blanks do not count.
    package init?(reply text: String) {
        let word = text.filter { !$0.isWhitespace }.uppercased()
        if Self.stops.contains(word) {
            self = .stop
        } else if Self.starts.contains(word) {
            self = .start
        } else {
            return nil
        }
    }
}

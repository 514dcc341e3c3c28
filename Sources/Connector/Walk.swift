// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import HTTPTransport
package import Markup
package import Trace

/// What came of one walk of a browser: from an address or form to the page where it came to rest.
package struct Walk: Sendable {
    /// One request of it.
    package struct Hop: Sendable {
        package let method: String
        package let url: String
        package let status: Int
        package let party: Party
        package let exchange: ExchangeID
        /// Why it was made.
        package let reason: Reason

        package init(
            method: String, url: String, status: Int, party: Party, exchange: ExchangeID, reason: Reason
        ) {
            self.method = method
            self.url = url
            self.status = status
            self.party = party
            self.exchange = exchange
            self.reason = reason
        }
    }

    /// What makes a browser move.
    package enum Reason: String, Sendable, CaseIterable {
        case opened, redirect, refresh
        case form, signIn = "sign-in", consent, join
    }

    /// Where it ended; for a hand-off the page before it.
    package var url: String
    package var status: Int
    package var headers: [HTTPRequest.Header]
    package var body: Data
    /// Nil where the answer is no HTML.
    package var page: HTMLPage?
    package var hops: [Hop]
    /// Providers at which the person signed in on the way, in order; each counts once per form filled.
    package var signIns: [String]
    /// The address that ended the walk: a host the deployment names as handoff, or a scheme no browser here can open.
    package var handoff: String?
    /// The answer of a sign-in that the walk was to be stopped before: it was not opened.
    package var held: String?
    /// The party of the last answer.
    package var reached: Party
    /// Why it could not go on, where it could not.
    package var message: String?

    /// The exchange it ended with, where the harness recorded it: what reaches a mock stands under the mock's own id.
    package var recordedEnd: ExchangeID? {
        hops.last.flatMap { JournalRecorder.isRecorded($0.party) ? $0.exchange : nil }
    }

    package init(
        url: String, status: Int, headers: [HTTPRequest.Header], body: Data, page: HTMLPage?, hops: [Hop],
        signIns: [String], handoff: String?, reached: Party, message: String? = nil
    ) {
        self.url = url
        self.status = status
        self.headers = headers
        self.body = body
        self.page = page
        self.hops = hops
        self.signIns = signIns
        self.handoff = handoff
        self.reached = reached
        self.message = message
    }

    /// Scheme, host and path of the last address differ from the first: the person was led on.
    package var wasRedirected: Bool { hops.count > 1 }
}

/// What a walk should do by itself.
package struct WalkOptions: Sendable {
    /// Submits the Teams join page, as a person who presses "Join now".
    package var joinsMeetings: Bool
    /// Fills the mocks' sign-in and consent pages.
    package var signsIn: Bool
    /// URL of the page around it, for a launch inside an EHR's frame.
    package var framedBy: String?
    /// URL of the page whose link is followed; nil for an address typed or opened from outside.
    package var initiator: String?
    package var headers: [HTTPRequest.Header]
    /// Stops before the sign-in answer of this party is taken to whom it is for.
    package var holdsAnswerOf: Party?
    /// For each request.
    package var timeout: Duration

    package init(
        joinsMeetings: Bool = false, signsIn: Bool = true, framedBy: String? = nil, initiator: String? = nil,
        headers: [HTTPRequest.Header] = [], holdsAnswerOf: Party? = nil, timeout: Duration = .seconds(30)
    ) {
        self.holdsAnswerOf = holdsAnswerOf
        self.joinsMeetings = joinsMeetings
        self.signsIn = signsIn
        self.framedBy = framedBy
        self.initiator = initiator
        self.headers = headers
        self.timeout = timeout
    }
}

/// Why a walk could not go on.
package struct WalkError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        case transport(HTTPError.Kind)
        case tooManyRedirects
        /// The person has no account at this provider.
        case noAccount(provider: String)
        /// The provider asks again after the person signed in.
        case signInRefused(provider: String)
        case badPage
    }

    package let kind: Kind
    package let url: String
    package let message: String
    package let remedy: String
    /// What was done before.
    package let hops: [Walk.Hop]

    package var description: String { "\(url): \(message); \(remedy)" }
}

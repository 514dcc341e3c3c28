// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import HTTPTransport
package import Markup
package import Trace

/// A person with a browser: follows what a browser follows, fills the mocks' own pages, and lets every hop be recorded.
///
/// Calls of one walker must not overlap: a person does one thing at a time.
package struct Walker: Sendable {
    /// Sign-in name and password of a provider.
    package struct Account: Sendable, Hashable {
        package let user: String
        package let password: String

        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// The person's alias, sent to mocks as `Assay-Actor`.
    package let alias: String
    /// The world's id, sent to mocks as `Assay-World`: a browser that has not signed in yet says nothing of its tenant.
    package var world: String?
    package let session: BrowserSession
    package var parties: PartyMap
    /// By provider: `microsoft`, `ehr`.
    package var accounts: [String: Account]
    package var handoff: [String]
    /// BCP 47, for Accept-Language.
    package var locale: String
    package var trust: HTTPRequest.TrustAnchors?
    package var connectTo: [HTTPRequest.ConnectOverride]
    package var recorder: (any ExchangeRecorder)?
    /// Who the trace says sends.
    package var sender: Party

    package static let redirectLimit = 20
    /// A page refreshed later than this stays: the person reads it.
    private static let refreshLimit = 5.0

    package init(
        alias: String, session: BrowserSession? = nil, parties: PartyMap, accounts: [String: Account] = [:],
        handoff: [String] = [], locale: String = "en-US", trust: HTTPRequest.TrustAnchors? = nil,
        connectTo: [HTTPRequest.ConnectOverride] = [], recorder: (any ExchangeRecorder)? = nil, sender: Party? = nil
    ) {
        self.alias = alias
        self.session = session ?? BrowserSession(name: "actor-\(alias)")
        self.parties = parties
        self.accounts = accounts
        self.handoff = handoff
        self.locale = locale
        self.trust = trust
        self.connectTo = connectTo
        self.recorder = recorder
        self.sender = sender ?? .actor(alias)
    }

    /// Goes to an address and on until it comes to rest.
    package func open(_ url: String, options: WalkOptions = WalkOptions()) async throws(WalkError) -> Walk {
        try await walk(Move(method: "GET", url: url, reason: .opened), options: options)
    }

    /// Submits a form of a page as filled.
    package func submit(
        _ submission: FormSubmission, from page: String, options: WalkOptions = WalkOptions()
    ) async throws(WalkError) -> Walk {
        var options = options
        options.initiator = page
        return try await walk(Move(submission, reason: .form), options: options)
    }

    /// Sends any request with this browser's cookies. With `follow` it goes on like a navigation.
    package func request(
        method: String, url: String, headers: [HTTPRequest.Header] = [], body: Data? = nil, follow: Bool = true,
        options: WalkOptions = WalkOptions()
    ) async throws(WalkError) -> Walk {
        var options = options
        options.headers += headers
        let move = Move(method: method, url: url, body: body, reason: .opened)
        return try await walk(move, options: options, follow: follow)
    }

    // MARK: Going on

    private struct Move {
        var method: String
        var url: String
        var body: Data?
        var contentType: String?
        var reason: Walk.Reason

        init(method: String, url: String, body: Data? = nil, reason: Walk.Reason) {
            self.method = method
            self.url = url
            self.body = body
            self.reason = reason
        }

        init(_ submission: FormSubmission, reason: Walk.Reason) {
            method = submission.method
            url = submission.url
            body = submission.body.map { Data($0.utf8) }
            contentType = submission.contentType
            self.reason = reason
        }
    }

    private func walk(_ first: Move, options: WalkOptions, follow: Bool = true) async throws(WalkError) -> Walk {
        var move = first
        var initiator = options.initiator
        var walk = Walk(
            url: first.url, status: 0, headers: [], body: Data(), page: nil, hops: [], signIns: [], handoff: nil,
            reached: .egress)
        var moves = 0
        while true {
            if walk.hops.isEmpty || follow, isHandoff(move.url) {
                walk.handoff = move.url
                return walk
            }
            let response = try await step(move, initiator: initiator, options: options, walk: &walk)
            guard follow, let next = try next(after: move, response, options: options, walk: &walk) else { return walk }
            if let holder = options.holdsAnswerOf, walk.reached == holder, SignInAnswer.isAnswer(next.url) {
                walk.held = next.url
                return walk
            }
            moves += 1
            guard moves <= Self.redirectLimit else {
                throw failure(
                    .tooManyRedirects, walk, "led on more than \(Self.redirectLimit) times",
                    "look at the hops for a circle")
            }
            // A redirect through another site stays a cross-site request (RFC 6265bis, section 5.2).
            if next.reason != .redirect {
                initiator = move.url
            } else if let from = WebAddress(move.url), let to = WebAddress(next.url), Site(from) != Site(to) {
                initiator = move.url
            }
            move = next
        }
    }

    private func step(
        _ move: Move, initiator: String?, options: WalkOptions, walk: inout Walk
    ) async throws(WalkError) -> HTTPResponse {
        let party = parties.party(of: move.url) ?? .egress
        let request = request(move, initiator: initiator, options: options)
        let exchange = recorder?.sending(request, from: sender, to: party) ?? ExchangeID(rawValue: "")
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await session.send(request)
        } catch {
            recorder?.failed(error, of: exchange, from: party, to: sender)
            walk.url = move.url
            throw failure(.transport(error.kind), walk, error.message, error.remedy)
        }
        recorder?.received(response, to: exchange, from: party, to: sender)
        walk.hops.append(
            Walk.Hop(
                method: move.method, url: move.url, status: response.status, party: party, exchange: exchange,
                reason: move.reason))
        walk.url = move.url
        walk.status = response.status
        walk.headers = response.headers
        walk.body = response.body
        walk.reached = party
        walk.page = nil
        if response.isHTML {
            do throws(MarkupError) {
                walk.page = try HTMLPage(response.body, url: move.url, contentType: response.headers["content-type"])
            } catch {
                throw failure(.badPage, walk, error.message, error.remedy)
            }
        }
        return response
    }

    private func request(_ move: Move, initiator: String?, options: WalkOptions) -> HTTPRequest {
        var headers = [
            HTTPRequest.Header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Assay/1"),
            HTTPRequest.Header("Accept", "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"),
            HTTPRequest.Header("Accept-Language", locale),
        ]
        // What a step asks for replaces a browser's own.
        if !options.headers.isEmpty {
            headers.removeAll { options.headers[$0.name] != nil }
            headers += options.headers
        }
        if let contentType = move.contentType { headers.append(HTTPRequest.Header("Content-Type", contentType)) }
        if parties.isMock(move.url) {
            headers.append(HTTPRequest.Header("Assay-Actor", alias))
            if let world { headers.append(HTTPRequest.Header("Assay-World", world)) }
        }
        let context =
            options.framedBy.map { CookieContext(initiator: initiator ?? $0, topLevel: $0) }
            ?? CookieContext.navigation(from: initiator)
        return HTTPRequest(
            method: move.method, url: move.url, headers: headers, body: move.body, timeout: options.timeout,
            trust: trust,
            connectTo: connectTo, cookieContext: context)
    }

    /// Where a browser, or the person in front of it, goes from here by itself.
    private func next(
        after move: Move, _ response: HTTPResponse, options: WalkOptions, walk: inout Walk
    ) throws(WalkError) -> Move? {
        if (300..<400).contains(response.status), let location = response.headers["location"], response.status != 304 {
            return try redirect(move, response.status, location, &walk)
        }
        guard let page = walk.page else { return nil }
        if options.signsIn, parties.isMock(walk.url) {
            if let form = page.form("assay-login") { return try signIn(form, &walk) }
            if let form = page.form("assay-consent") { return try submit(form, [], button: "accept", .consent, walk) }
        }
        if options.joinsMeetings, parties.isMock(walk.url), let form = page.form("assay-join") {
            return try submit(form, [], button: nil, .join, walk)
        }
        if let refresh = page.refresh, refresh.seconds <= Self.refreshLimit, refresh.url != walk.url {
            return Move(method: "GET", url: refresh.url, reason: .refresh)
        }
        if page.submitsItself, let form = page.forms.first {
            return try submit(form, [], button: nil, .refresh, walk)
        }
        return nil
    }

    /// RFC 9110, section 15.4, as browsers do it.
    private func redirect(
        _ move: Move, _ status: Int, _ location: String, _ walk: inout Walk
    ) throws(WalkError) -> Move? {
        guard let target = URL(string: location, relativeTo: URL(string: move.url))?.absoluteURL.absoluteString else {
            throw failure(.badPage, walk, "the Location \"\(location)\" is no address", "send an absolute URL")
        }
        var next = Move(method: move.method, url: target, reason: .redirect)
        if status == 307 || status == 308 {
            next.body = move.body
            next.contentType = move.contentType
        } else if move.method != "HEAD" {
            next.method = "GET"
        }
        return next
    }

    private func signIn(_ form: HTMLForm, _ walk: inout Walk) throws(WalkError) -> Move {
        let provider = form.attributes["data-provider"] ?? "other"
        guard let account = accounts[provider] else {
            throw failure(
                .noAccount(provider: provider), walk,
                "\(alias) is asked to sign in at \(provider) and has no account there",
                "a person without an account must not meet this page")
        }
        // The page that answers the form is the form again: the provider does not take the person.
        if walk.hops.last?.reason == .signIn {
            throw failure(
                .signInRefused(provider: provider), walk, "\(provider) does not accept \(alias)'s sign-in",
                "look at the page for the reason")
        }
        walk.signIns.append(provider)
        return try submit(
            form, [("username", account.user), ("password", account.password)], button: nil, .signIn, walk)
    }

    private func submit(
        _ form: HTMLForm, _ values: [(String, String)], button: String?, _ reason: Walk.Reason, _ walk: Walk
    ) throws(WalkError) -> Move {
        do throws(FormError) {
            return Move(try form.submission(values, button: button), reason: reason)
        } catch {
            throw failure(.badPage, walk, error.message, error.remedy)
        }
    }

    private func isHandoff(_ url: String) -> Bool {
        guard let address = WebAddress(url) else { return true }
        return handoff.contains { HostPattern($0).matches(address.host) }
    }

    private func failure(_ kind: WalkError.Kind, _ walk: Walk, _ message: String, _ remedy: String) -> WalkError {
        WalkError(kind: kind, url: walk.url, message: message, remedy: remedy, hops: walk.hops)
    }
}

/// A host name in which `*` stands for any part.
struct HostPattern {
    private let parts: [Substring]

    init(_ text: String) { parts = text.lowercased().split(separator: "*", omittingEmptySubsequences: false) }

    func matches(_ host: String) -> Bool {
        guard let first = parts.first, let last = parts.last else { return false }
        if parts.count == 1 { return host == first }
        guard host.utf8.count >= first.utf8.count + last.utf8.count, host.hasPrefix(first), host.hasSuffix(last) else {
            return false
        }
        var rest = host.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}

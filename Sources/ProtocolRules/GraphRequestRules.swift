// SPDX-License-Identifier: Apache-2.0

internal import Trace
internal import Value
internal import World

/// What a connector asks of Microsoft Graph and Entra, and how it takes a "later".
enum GraphRequestRules {
    static let all = [retryAfter, clientState, lifecycle, assertionLifetime]

    static let retryAfter = ProtocolRule(
        "graph-retry-after", .graph, requirement: nil, mark: .verified,
        "After 429 or 503 with Retry-After the same request to Graph or Entra waits as long as it was told."
    ) { record in Patience.examine(record.outgoing.filter { $0.to == .graph || $0.to == .entra }, byBody: .graph) }

    static let clientState = ProtocolRule(
        "graph-client-state", .graph, requirement: nil, mark: .verified, advice: true,
        "A subscription carries a clientState, by which its notifications can be told from strangers'."
    ) { record in
        let requests = record.outgoing.filter {
            $0.to == .graph && $0.method == "POST" && $0.url.lastSegment == "subscriptions"
        }
        return Examination.each(requests) { exchange in
            let state = (try? Value.parseJSON(exchange.requestBody))?["clientState"]?.string ?? ""
            return state.isEmpty ? ("The connector subscribed without a clientState.", "none") : nil
        }
    }

    static let lifecycle = ProtocolRule(
        "graph-reauthorization", .graph, requirement: nil, mark: .verified, advice: true,
        "reauthorizationRequired is followed by a renewal, a reauthorization or the end of the subscription."
    ) { record in
        var examination = Examination()
        for (index, exchange) in record.exchanges.enumerated() {
            let challenge = exchange.facts.first {
                $0.kind == "notification.sent" && $0["lifecycle"]?.string == "reauthorizationRequired"
            }
            guard let id = challenge?["subscription"]?.string else { continue }
            let isAnswered = record.exchanges[index...].contains { later in
                later.from == .connector && later.to == .graph && ["PATCH", "POST", "DELETE"].contains(later.method)
                    && later.url.path.split(separator: "/").contains(Substring(id))
            }
            examination.look(
                at: exchange,
                isAnswered ? nil : "The connector left a demand for reauthorization unanswered: notifications stop.")
        }
        return examination
    }

    static let assertionLifetime = ProtocolRule(
        "graph-assertion-lifetime", .graph, requirement: nil, mark: .verified, advice: true,
        "A client assertion lives ten minutes at most."
    ) { record in
        var examination = Examination()
        for exchange in record.outgoing where exchange.to == .entra {
            guard let seconds = exchange.facts.first(where: { $0.kind == "entra.assertion" })?["lifetime"]?.int else {
                continue
            }
            examination.look(
                at: exchange,
                seconds > 600 ? "The connector made a client assertion that lives longer than ten minutes." : nil,
                actual: "\(seconds) s")
        }
        return examination
    }
}

/// Whether a sender waits as long as Retry-After says. Time counts by the wall and by the world's clock: what a
/// connector under a test clock waits shows on the latter alone.
enum Patience {
    /// - Parameter party: whose requests are the same only if their bodies are: another message, another meeting. Token
    ///   requests are not told apart so, for an assertion is new each time.
    static func examine(_ exchanges: [Exchange], byBody party: Party? = nil) -> Examination {
        var asked: [String: (answer: TraceEvent, wait: Duration)] = [:]
        var examination = Examination()
        for exchange in exchanges {
            let body = exchange.to == party ? String(decoding: exchange.requestBody, as: UTF8.self) : ""
            let key = "\(exchange.to) \(exchange.method) \(exchange.url.authority)\(exchange.url.path) \(body)"
            if let earlier = asked.removeValue(forKey: key) {
                let wall = exchange.request.at - earlier.answer.at
                let clock = zip(exchange.request.clock, earlier.answer.clock) ?? .zero
                // Retry-After is whole seconds: half a second is rounding.
                let isTooSoon = max(wall, clock) + .milliseconds(500) < earlier.wait
                examination.look(
                    at: exchange,
                    isTooSoon ? "The connector repeated a request before the time it was told to wait was over." : nil,
                    actual: "Retry-After \(earlier.wait.components.seconds) s", also: [earlier.answer.seq])
            }
            guard let status = exchange.status, status == 429 || status == 503, let answer = exchange.response,
                let seconds = exchange.responseHeader("retry-after").flatMap({ Int($0) }), seconds > 0
            else { continue }
            asked[key] = (answer, .seconds(seconds))
        }
        return examination
    }

    private static func zip(_ later: Instant?, _ earlier: Instant?) -> Duration? {
        later.flatMap { later in earlier.map { later - $0 } }
    }
}

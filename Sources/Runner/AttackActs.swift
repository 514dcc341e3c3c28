// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import Foundation
internal import HTTPTransport
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// What a stranger would try with messages the connector has seen before.
extension Stage {
    /// The answer of a sign-in (RFC 6749 section 4.1.2) is opened a second time.
    func replay(lastSignInOf alias: String, by person: Person) async throws {
        guard let url = sent(by: alias, where: { SignInAnswer.isAnswer($0["url"]?.string ?? "") })?["url"]?.string
        else {
            throw StepFailure(message: "no sign-in of \(alias) came back to the connector: there is nothing to replay")
        }
        try await open(url, by: person)
    }

    /// A stranger's place in the forms that an honest way back is taken for: a path that a browser reads as a host, and
    /// a whole address.
    private static let strangerPlaces = ["//stranger.example.net/", "/\\stranger.example.net/", stranger]
    private static let stranger = "https://stranger.example.net/"

    /// An address that says where to go afterwards is opened with a stranger's place in it. Where no address says so, for
    /// the connector keeps that to itself, there is nothing to misdirect.
    func misdirect(lastReturnOf alias: String, by person: Person) async throws {
        let home = connector.url
        let request = sent(by: alias) { Self.misled($0["url"]?.string ?? "", to: Self.stranger, home: home) != nil }
        let urls = Self.strangerPlaces.compactMap { Self.misled(request?["url"]?.string ?? "", to: $0, home: home) }
        for url in urls { try await open(url, by: person) }
    }

    /// The address with a stranger's in the place of each path or own address in its query; nil where it has none.
    private static func misled(_ url: String, to place: String, home: String) -> String? {
        guard var parts = URLComponents(string: url), let items = parts.queryItems else { return nil }
        let changed = items.map { item in
            let isReturn = item.value.map { $0.hasPrefix("/") || $0.hasPrefix(home) } ?? false
            return isReturn ? URLQueryItem(name: item.name, value: place) : item
        }
        guard changed != items else { return nil }
        parts.queryItems = changed
        return parts.string
    }

    /// Cross-site request forgery: what a stranger's page can have a browser send of an operation that was done before,
    /// once as a form and once as a link. What the operation's arguments do not hold, a stranger does not know.
    func fall(forLast operation: String, _ person: Person) async throws {
        if connector.deployment.leavesToMicrosoft(operation) { return }
        let sender = Party.actor(person.alias).description
        let events = journal.events(of: world.id)
        let start = events.last {
            $0.kind == "operation.started" && $0["operation"]?.string == operation && $0["by"]?.string == person.alias
        }
        let end = events.first { $0.kind == "operation.completed" && $0.seq > (start?.seq ?? Int.max) }?.seq ?? Int.max
        let requests = events.filter {
            $0.seq > (start?.seq ?? Int.max) && $0.seq < end && $0.kind == "http.request"
                && $0["from"]?.string == sender && $0["to"] == "connector"
        }
        let request = requests.last { $0["method"] == "POST" }
        // These no page of another origin can have a browser send.
        let isOutOfReach = requests.contains { ["PUT", "PATCH", "DELETE"].contains($0["method"]?.string) }
        if request == nil, isOutOfReach { return }
        guard let start, let request, let url = request["url"]?.string, let text = RecordedBody(request["body"])?.text
        else {
            throw StepFailure(
                message: "\(person.alias) sent no form for \(operation) that could be repeated", isBinding: true)
        }
        let known = Set((start["arguments"]?.members ?? Members()).compactMap { $0.value.scalarText })
        let isForm = !text.hasPrefix("{") && !text.hasPrefix("[")
        let fields = text.split(separator: "&").filter { field in
            let value = field.split(separator: "=", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
            return known.contains(value.replacing("+", with: " ").removingPercentEncoding ?? value)
        }
        let body = isForm ? fields.joined(separator: "&") : text
        let walker = browser(of: person)
        let options = WalkOptions(initiator: Self.stranger)
        _ = try? await walker.request(
            method: "POST", url: url,
            headers: [
                .init("Content-Type", isForm ? "application/x-www-form-urlencoded" : "text/plain"),
                .init("Origin", "https://stranger.example.net"),
            ], body: Data(body.utf8), follow: false, options: options)
        guard isForm else { return }
        _ = try? await walker.request(method: "GET", url: url + "?" + body, follow: false, options: options)
    }

    /// The last request of a person's browser to the connector that fits.
    private nonisolated func sent(by alias: String, where fits: (TraceEvent) -> Bool) -> TraceEvent? {
        journal.events(of: world.id).last {
            $0.kind == "http.request" && $0["to"]?.string == "connector"
                && $0["from"]?.string == Party.actor(alias).description && fits($0)
        }
    }
}

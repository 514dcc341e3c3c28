// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// What a stranger would try with messages the connector has seen before.
extension Stage {
    /// The answer of a sign-in (RFC 6749 section 4.1.2) is opened a second time.
    func replay(lastSignInOf alias: String, by person: Person) async throws {
        guard let url = sent(by: alias, where: { Self.isSignInAnswer($0["url"]?.string ?? "") })?["url"]?.string else {
            throw StepFailure(message: "no sign-in of \(alias) came back to the connector: there is nothing to replay")
        }
        try await open(url, by: person)
    }

    /// An address that says where to go afterwards is opened with a stranger's place in it.
    func misdirect(lastReturnOf alias: String, by person: Person) async throws {
        let connector = connector.url
        guard let request = sent(by: alias, where: { Self.misled($0["url"]?.string ?? "", home: connector) != nil }),
            let url = Self.misled(request["url"]?.string ?? "", home: connector)
        else {
            throw StepFailure(message: "no address that \(alias) went to at the connector holds a way back")
        }
        try await open(url, by: person)
    }

    /// The address with a stranger's in the place of each path or own address in its query; nil where it has none.
    private static func misled(_ url: String, home: String) -> String? {
        guard var parts = URLComponents(string: url), let items = parts.queryItems else { return nil }
        let changed = items.map { item in
            let isReturn = item.value.map { $0.hasPrefix("/") || $0.hasPrefix(home) } ?? false
            return isReturn ? URLQueryItem(name: item.name, value: "https://stranger.example.net/") : item
        }
        guard changed != items else { return nil }
        parts.queryItems = changed
        return parts.string
    }

    /// The last request of a person's browser to the connector that fits.
    private nonisolated func sent(by alias: String, where fits: (TraceEvent) -> Bool) -> TraceEvent? {
        journal.events().last {
            $0.world == world.id && $0.kind == "http.request" && $0["to"]?.string == "connector"
                && $0["from"]?.string == Party.actor(alias).description && fits($0)
        }
    }

    private static func isSignInAnswer(_ url: String) -> Bool {
        let names = URLComponents(string: url)?.queryItems?.map(\.name) ?? []
        return names.contains("code") && names.contains("state")
    }
}

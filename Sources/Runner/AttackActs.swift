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

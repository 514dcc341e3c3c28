// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import Markup
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Launches and links that somebody else follows, because no browser of the harness's gets through what the connector's
/// people meet.
extension Stage {
    /// The fields of the event that ends it; nil where the harness's own browser does it. Throws a `StepFailure` where nobody
    /// is there, or what they say is no end.
    /// - Parameter seq: of the last event before it.
    func followed(
        _ operation: String, _ arguments: [String: String], by person: Person, since seq: Int
    ) async throws -> Members? {
        guard let binding = connector.deployment.bindings[operation] else { return nil }
        let outcome = try await carryOut(binding, arguments, by: person)
        for walk in outcome.walks { report(walk, of: person) }
        guard outcome.kind != .unmatched else {
            throw StepFailure(
                message: "the binding \(operation) does not fit the connector: \(outcome.message)", isBinding: true)
        }
        let said = outcome.values["ended"]?.string
        if let said, !Binding.endings.contains(said) {
            throw StepFailure(
                message:
                    "the binding \(operation) says it ended in \"\(said)\", which is none of: \(Binding.endings.joined(separator: ", "))",
                isBinding: true)
        }
        let own = journal.events(after: seq).filter { $0.world == world.id && $0["by"]?.string == person.alias }
        // The mocks' word is better than anybody's: a join seen there needs no attestation.
        let join = own.last { $0.kind == "join.opened" }
        let ended =
            switch outcome.kind {
            case .accepted: binding.isAttested ? "meeting" : "page"
            case .refused: "page"
            case .failed, .unmatched: "error"
            }
        let last = outcome.walks.last
        var fields: Members = [
            "by": .string(person.alias), "outcome": .string(join == nil ? said ?? ended : "meeting"),
            "status": Value(last?.status ?? outcome.status),
            "url": .string(outcome.values["url"]?.string ?? last?.url ?? arguments["url"] ?? ""),
            "sign-ins": Value(own.count { $0.kind == "page.login" }), "clicks": 0,
            "text": .string(String((last?.page?.visibleText ?? outcome.message).prefix(2000))),
            "observability": .string(join == nil && binding.isAttested ? "attested" : "observed"),
        ]
        if let meeting = join?["meeting"] { fields["meeting"] = meeting }
        return fields
    }
}

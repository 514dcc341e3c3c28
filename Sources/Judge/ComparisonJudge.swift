// SPDX-License-Identifier: Apache-2.0

internal import ProtocolRules
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Judges what the comparison of several people's rounds recorded.
struct ComparisonJudge {
    let record: WorldRecord
    let exchanges: [Exchange]

    func judge(_ invariant: Invariant, _ policy: FlowPolicy, between people: [String]) -> Finding {
        let expected =
            "\(policy.title): the same for \(people.joined(separator: " and ")), but for what the policy knows"
        guard let event = record.events.last(where: { $0.kind == "people.compared" }) else {
            return .open(
                invariant.check, .notObservable, "Nobody's rounds were compared: no appointment of theirs was booked.",
                expected: expected)
        }
        let found = (event["dependences"]?.array ?? []).filter { isInScope($0, policy) }
        if let first = found.first {
            let evidence = found.compactMap { exchange(of: $0)?.evidence }.joined()
            return .fail(
                invariant.check, .dependence,
                "Something depends on the patient, and no known form of a datum explains it: \(place(of: first)).",
                expected: expected,
                actual: found.prefix(6).map(described).joined(separator: "; ")
                    + (found.count > 6 ? "; and \(found.count - 6) more" : ""),
                evidence: [event.seq] + Array(Set(evidence)).sorted())
        }
        let rounds = (event["rounds"]?.array ?? []).compactMap(\.string)
        if let seldom = people.first(where: { person in rounds.count { $0 == person } < 2 }) {
            return .open(
                invariant.check, .notObservable,
                "\(seldom) had fewer than two rounds: what is the same in one round only says nothing.",
                expected: expected, evidence: [event.seq])
        }
        if let left = event["left"]?[0]?.string {
            return .open(
                invariant.check, .notObservable, "Not everything could be compared: \(left).", expected: expected,
                evidence: [event.seq])
        }
        return .pass(
            invariant.check,
            "\(rounds.count) rounds, \(event["tokens"]?.int ?? 0) stretches in \(event["bytes"]?.int ?? 0) bytes: none depends on the person.",
            evidence: [event.seq])
    }

    private func isInScope(_ found: Value, _ policy: FlowPolicy) -> Bool {
        let isMessage = found["surface"]?.string?.hasPrefix("message:") ?? false
        return policy.scope.places.isEmpty || policy.scope.places.contains(isMessage ? .message : .storage)
    }

    private func exchange(of found: Value) -> Exchange? {
        let parts = (found["surface"]?.string ?? "").split(separator: ":", maxSplits: 2)
        guard parts.count == 3, parts[0] == "message" else { return nil }
        return exchanges.first { $0.id.rawValue == parts[1] }
    }

    /// The place, with the JSON pointer where it is a body's.
    private func place(of found: Value) -> String {
        let name = found["place"]?.string ?? "?"
        guard name.hasSuffix("-body"), let offset = found["offset"]?.int, let exchange = exchange(of: found) else {
            return name
        }
        let body = name.hasSuffix("response-body") ? exchange.responseBody : exchange.requestBody
        return JSONPlace.pointer(at: offset, in: Array(body)).map { "\(name) \($0)" } ?? name
    }

    private func described(_ found: Value) -> String {
        let chain = (found["chain"]?.array ?? []).compactMap(\.string)
        var text =
            "\(place(of: found)) (\(found["surface"]?.string ?? "?"), \(found["length"]?.int ?? 0) bytes at byte "
        text += "\(found["offset"]?.int ?? 0)"
        if !chain.isEmpty { text += ", within " + chain.joined(separator: " > ") }
        let count = found["count"]?.int ?? 1
        return text + (count > 1 ? ", and \(count - 1) more there)" : ")")
    }
}

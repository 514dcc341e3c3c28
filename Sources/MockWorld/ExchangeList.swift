// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import ProtocolRules
internal import Trace
internal import Value
internal import World

/// The latest exchanges with what the protocols' rules, and the mocks themselves, say of them.
struct ExchangeList {
    /// So many events are looked at, so that a long session stays quick.
    static let depth = 20_000

    let exchanges: [Exchange]
    private let violations: [Int: [Violation]]
    private let journal: Journal

    /// `world` nil: all of them.
    init(_ journal: Journal, world: String?) {
        self.journal = journal
        let events = Array(journal.events(after: max(0, journal.count - Self.depth)))
        let trace = Trace(header: [:], events: events, bodies: journal.bodies(of: events), isComplete: false)
        exchanges = Exchange.all(in: trace).filter { world == nil || $0.world?.rawValue == world }
        var violations: [Int: [Violation]] = [:]
        for (lane, own) in Dictionary(grouping: exchanges, by: \.world) {
            let facts = WorldFacts(events: events.filter { $0.world == lane })
            for violation in ProtocolRules.violations(in: own, world: facts) {
                // The last message it stands on is the one that broke the rule; its exchange carries it.
                guard let seq = violation.evidence.max() else { continue }
                violations[seq, default: []].append(violation)
            }
        }
        self.violations = violations
    }

    /// What a refusal by a mock says of its request.
    private static let refusals: Set<String> = [
        "token.refused", "fhir.refused", "video-link.refused", "entra.token.refused", "graph.refused", "sms.refused",
        "subscription.refused", "traffic.unexpected", "egress.attempted",
    ]

    func findings(of exchange: Exchange) -> [Value] {
        let broken = exchange.evidence.flatMap { violations[$0] ?? [] }.map { violation -> Value in
            var members: Members = [
                "rule": .string("protocol." + violation.rule), "message": .string(violation.message),
                "actual": .string(violation.actual), "advice": .bool(violation.isAdvice),
                "source": .string(violation.mark.rawValue),
            ]
            members["requirement"] = violation.requirement.map { .string($0) }
            return .object(members)
        }
        let refused = exchange.facts.filter { Self.refusals.contains($0.kind) }.map { fact -> Value in
            let reason = fact["reason"]?.string ?? fact["code"]?.string ?? fact["error"]?.string ?? ""
            return [
                "rule": .string(fact.kind), "message": .string(reason), "actual": "", "advice": false, "source": "mock",
            ]
        }
        return broken + refused
    }

    var findings: [Value] {
        exchanges.flatMap { exchange in
            findings(of: exchange).map { finding in
                guard case .object(var members) = finding else { return finding }
                members["exchange"] = .string(exchange.id.rawValue)
                members["world"] = exchange.world.map { .string($0.rawValue) }
                return .object(members)
            }
        }
    }

    func line(_ exchange: Exchange) -> Value {
        var members: Members = [
            "exchange": .string(exchange.id.rawValue), "seq": Value(exchange.request.seq),
            "at": .string(exchange.request.at.description), "from": .string(exchange.from.rawValue),
            "to": .string(exchange.to.rawValue), "method": .string(exchange.method),
            "url": exchange.request["url"] ?? "",
        ]
        members["world"] = exchange.world.map { .string($0.rawValue) }
        members["status"] = exchange.status.map { Value($0) }
        members["duration-us"] = exchange.microseconds.map { Value($0) }
        members["fault"] = exchange.fault.map { .string($0) }
        members["events"] = .array(exchange.facts.map { .string($0.kind) })
        members["findings"] = .array(findings(of: exchange))
        return .object(members)
    }

    func full(_ exchange: Exchange) -> Value {
        guard case .object(var members) = line(exchange) else { return .null }
        func message(_ event: TraceEvent?, _ body: Data) -> Value {
            guard let event else { return .null }
            return ["headers": event["headers"] ?? [], "body": .string(String(decoding: body, as: UTF8.self))]
        }
        members["request"] = message(exchange.request, exchange.requestBody)
        members["response"] = message(exchange.response, exchange.responseBody)
        members["events"] = .array(
            exchange.facts.map { ["kind": .string($0.kind), "fields": .object($0.fields)] })
        return .object(members)
    }
}

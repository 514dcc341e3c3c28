// SPDX-License-Identifier: Apache-2.0

internal import ProtocolRules
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Judges what must hold for a scenario's whole life, late arrivals included.
struct InvariantJudge {
    let scenario: Scenario
    let record: WorldRecord
    let resolver: TemplateResolver
    let exchanges: [Exchange]
    let sweeps: SweepRecord
    let policies: [String: FlowPolicy]
    let claimed: Set<String>?

    func judge() -> [Finding] { scenario.always.map(judge) }

    private func judge(_ invariant: Invariant) -> Finding {
        if let unmet = invariant.claims.unmet(by: claimed) { return .notApplicable(invariant.check, unmet) }
        let finding: Finding
        switch invariant.condition {
        case .never(let pattern, let scope, let per): finding = never(invariant, pattern, scope, per)
        case .count(let range, let pattern, nil, let per): finding = count(invariant, range, pattern, per)
        case .count(let range, let pattern, let scope?, let per):
            finding = count(invariant, range, pattern, scope, per)
        case .sequence(let patterns, let scope, let per): finding = sequence(invariant, patterns, scope, per)
        case .order(let first, let then, let per): finding = order(invariant, first, then, per)
        case .response(let first, let then, let within, let per):
            finding = response(invariant, first, then, within, per)
        case .privacy(let policy, let people): finding = privacy(invariant, policy, between: people)
        case .protocol(let family): finding = protocolRules(invariant, family)
        }
        // Half a life proves nothing that needs the whole of it; what was broken in it stays broken.
        return finding.verdict == .pass ? unfinished(invariant) ?? finding : finding
    }

    /// Why a clean record of this scenario is no proof; nil where it is one.
    func unfinished(_ invariant: Invariant) -> Finding? {
        let end = record.scenarioEnd
        guard end?["outcome"]?.string == "completed" else {
            let stop = StepStop(scenario: scenario, record: record)
            return stop.finding(for: invariant.check)
        }
        if !record.isClosed {
            return .open(
                invariant.check, .windowOpen, "The world was not drained: later events are not known.",
                expected: invariant.text)
        }
        return nil
    }

    func matches(_ pattern: EventPattern) -> [TraceEvent] {
        pattern.matches(in: record.events, resolving: resolver)
    }

    private func count(_ invariant: Invariant, _ range: CountRange, _ pattern: EventPattern, _ per: String?) -> Finding
    {
        let came = matches(pattern)
        let pairs = per.map(FieldPair.parse) ?? []
        let groups = Dictionary(grouping: came) { event in pairs.map { event[$0.first]?.scalarText ?? "" } }
        if per != nil, groups.isEmpty, range.atLeast > 0 {
            return .open(
                invariant.check, .missingEvent, "There was no \(pattern.kind) to count.", expected: invariant.text)
        }
        let wrong =
            groups.isEmpty && per == nil
            ? (range.contains(0) ? [] : [(key: [String](), value: [TraceEvent]())])
            : groups.filter { !range.contains($0.value.count) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        guard let worst = wrong.first else {
            return .pass(invariant.check, "\(came.count) came.", evidence: came.map(\.seq))
        }
        let told = wrong.map { group in
            group.key.isEmpty ? "\(group.value.count)" : "\(group.value.count) for \(group.key.joined(separator: ", "))"
        }
        // Too few in a life that was cut short is no finding.
        if worst.value.count < range.atLeast, let open = unfinished(invariant) { return open }
        return .fail(
            invariant.check, .wrongCount, "\(pattern.kind) came otherwise than \(range.described) time(s).",
            expected: invariant.text,
            actual: told.joined(separator: "; ") + " came",
            nearMisses: pattern.nearMisses(in: record.events, resolving: resolver),
            evidence: wrong.flatMap { $0.value.map(\.seq) })
    }

    /// Whether two events belong together.
    private func pair(_ pairs: [FieldPair], _ first: TraceEvent, _ then: TraceEvent) -> Bool {
        pairs.allSatisfy { first[$0.first]?.scalarText == then[$0.then]?.scalarText }
    }

    private func order(_ invariant: Invariant, _ first: EventPattern, _ then: EventPattern, _ per: String?) -> Finding {
        let pairs = per.map(FieldPair.parse) ?? []
        let firsts = matches(first)
        let thens = matches(then)
        let wrong = thens.filter { event in !firsts.contains { $0.seq < event.seq && pair(pairs, $0, event) } }
        if let event = wrong.first {
            return .fail(
                invariant.check, .wrongOrder, "\(then.kind) came without \(first.kind) before it.",
                expected: invariant.text,
                actual: EventText.line(event), nearMisses: first.nearMisses(in: record.events, resolving: resolver),
                evidence: wrong.map(\.seq) + firsts.prefix(2).map(\.seq))
        }
        if thens.isEmpty {
            return unfinished(invariant)
                ?? .open(
                    invariant.check, .missingEvent, "There was no \(then.kind) to look at.", expected: invariant.text)
        }
        return .pass(
            invariant.check, "Each of \(thens.count) had its \(first.kind) before it.", evidence: thens.map(\.seq))
    }

    private func response(
        _ invariant: Invariant, _ first: EventPattern, _ then: EventPattern, _ within: Duration, _ per: String?
    ) -> Finding {
        let pairs = per.map(FieldPair.parse) ?? []
        let firsts = matches(first)
        let thens = matches(then)
        var unanswered: [TraceEvent] = []
        var undecided: [TraceEvent] = []
        for event in firsts {
            let deadline = event.clock.map { $0 + within }
            let answered = thens.contains { answer in
                guard answer.seq > event.seq, pair(pairs, event, answer) else { return false }
                guard let deadline, let clock = answer.clock else { return true }
                return clock <= deadline
            }
            if answered { continue }
            let isOver =
                deadline.map { record.reached($0, idle: true, in: record.events(after: event.seq, before: Int.max)) }
                ?? record.isClosed
            if isOver { unanswered.append(event) } else { undecided.append(event) }
        }
        if let event = unanswered.first {
            return .fail(
                invariant.check, .wrongOrder, "\(first.kind) was not followed by \(then.kind) in time.",
                expected: invariant.text,
                actual: EventText.line(event), nearMisses: then.nearMisses(in: record.events, resolving: resolver),
                evidence: unanswered.map(\.seq))
        }
        if let event = undecided.first {
            return unfinished(invariant)
                ?? .open(
                    invariant.check, .windowOpen,
                    "The time for an answer to #\(event.seq) was not over, or the connector not at rest.",
                    expected: invariant.text, evidence: undecided.map(\.seq))
        }
        if firsts.isEmpty {
            return unfinished(invariant)
                ?? .open(
                    invariant.check, .missingEvent, "There was no \(first.kind) to be followed.",
                    expected: invariant.text)
        }
        return .pass(invariant.check, "Each of \(firsts.count) was followed in time.", evidence: firsts.map(\.seq))
    }

    // MARK: Policies and protocols

    private func privacy(_ invariant: Invariant, _ name: String, between people: [String]) -> Finding {
        guard let policy = policies[name] else {
            return .error(invariant.check, "There is no flow policy `\(name)`.")
        }
        if !people.isEmpty {
            return ComparisonJudge(record: record, exchanges: exchanges).judge(invariant, policy, between: people)
        }
        return sweeps.judge(policy, check: invariant.check, world: record)
    }

    private func protocolRules(_ invariant: Invariant, _ name: String) -> Finding {
        let outcomes = ProtocolRules.outcomes(
            in: exchanges, world: WorldFacts(events: record.events), family: RuleFamily(rawValue: name))
        let broken = outcomes.flatMap(\.violations).filter { !$0.isAdvice }
        guard let first = broken.first else {
            let examined = outcomes.count { $0.examined > 0 }
            if examined == 0 {
                return unfinished(invariant)
                    ?? .open(
                        invariant.check, .missingEvent, "No message of the family \(name) was seen.",
                        expected: invariant.text)
            }
            return .pass(invariant.check, "\(examined) rules of \(name) were kept.", evidence: [])
        }
        return .fail(
            invariant.check, .protocolViolation, first.message,
            expected: ProtocolRules.rule(first.rule)?.statement ?? first.rule,
            actual: broken.prefix(5).map { "\($0.rule): \($0.actual)" }.joined(separator: "; "),
            evidence: Array(broken.flatMap(\.evidence).prefix(40)))
    }
}

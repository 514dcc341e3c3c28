// SPDX-License-Identifier: Apache-2.0

internal import ScenarioLanguage
internal import Trace
internal import Value

/// What a deployment gives no sight of decides nothing: neither its absence nor its silence.
struct BlindChecks {
    let scenario: Scenario
    /// Kinds of events that cannot be seen in this deployment.
    let kinds: Set<String>
    /// Fields that its channels do not carry, as `kind.field`.
    let uncarried: Set<String>
    /// Names of the channels on which the connector's messages go.
    let channels: Set<String>
    let record: WorldRecord?

    /// The finding, or that nothing could be seen.
    func blinded(_ finding: Finding) -> Finding {
        guard finding.verdict == .pass || finding.verdict == .fail || finding.verdict == .inconclusive else {
            return finding
        }
        if let channel = Channel.allCases.first(where: { channels.contains($0.rawValue) && hides(finding.check, $0) }) {
            return .open(
                finding.check, .notObservable, "Over \(channel.title), this is not the connector's to decide.",
                expected: finding.expected, evidence: finding.evidence
            ).at(finding.step)
        }
        if finding.reason != .notObservable, let kind = blindKind(of: finding.check) {
            return .open(
                finding.check, .notObservable,
                "The deployment gives no sight of \(kind) (`sms: none`, `writeback: none`, `mocks.microsoft: real`).",
                expected: finding.expected, evidence: finding.evidence
            ).at(finding.step)
        }
        if let field = uncarriedField(of: finding.check) {
            return Finding(
                check: finding.check, verdict: .notApplicable, reason: .notObservable,
                message: "The deployment's channel does not carry \(field).", expected: finding.expected,
                evidence: finding.evidence
            ).at(finding.step)
        }
        if finding.verdict == .fail, let handoff = handoff(of: finding) {
            return .open(
                finding.check, .notObservable,
                "The way was handed to \(handoff["host"]?.string ?? "another host"), where the deployment ends it: what comes there is not seen.",
                expected: finding.expected, evidence: finding.evidence + [handoff.seq]
            ).at(finding.step)
        }
        return finding
    }

    private func hides(_ check: String, _ channel: Channel) -> Bool {
        scenario.notObservable[channel]?.contains(check) ?? false
    }

    /// A kind that cannot be seen and that the check needs.
    private func blindKind(of check: String) -> String? {
        guard !kinds.isEmpty else { return nil }
        for step in scenario.steps where step.action.checkNames.contains(check) {
            switch step.action {
            case .expect(let expectation) where unseen(expectation.pattern) != nil: return unseen(expectation.pattern)
            case .absent(let absence) where unseen(absence.pattern) != nil: return unseen(absence.pattern)
            // A look over the whole record would take for absent what nobody could see.
            case .expect(let expectation): if looksAround(expectation.checks, check) { return "the whole record" }
            case .act(let act): if looksAround(act.checks, check) { return "the whole record" }
            case .request(let request): if looksAround(request.checks, check) { return "the whole record" }
            default: break
            }
        }
        for invariant in scenario.always where invariant.check == check {
            if let kind = kinds.sorted().first(where: { invariant.text.contains($0) }) { return kind }
            switch invariant.condition {
            case .never(let pattern, _, _), .count(_, let pattern, _, _):
                if let unseen = unseen(pattern) { return unseen }
            case .sequence, .order, .response, .privacy, .protocol: break
            }
        }
        return nil
    }

    /// A field that is not carried and that the check asks about.
    private func uncarriedField(of check: String) -> String? {
        guard !uncarried.isEmpty else { return nil }
        for step in scenario.steps {
            guard case .expect(let expectation) = step.action,
                let asked = expectation.checks.first(where: { $0.check == check })
            else { continue }
            let prefix = expectation.pattern.kind + "."
            for name in uncarried.sorted() where name.hasPrefix(prefix) {
                let field = EventView.camelCase(String(name.dropFirst(prefix.count)))
                if asked.source.contains(field) { return name }
            }
        }
        return nil
    }

    /// What of a pattern cannot be seen: its kind, or messages with a party of which nothing can be seen.
    private func unseen(_ pattern: EventPattern) -> String? {
        if kinds.contains(pattern.kind) { return pattern.kind }
        guard pattern.kind.hasPrefix("http.") else { return nil }
        for field in pattern.fields where field.field == "to" || field.field == "from" {
            for name in Self.words(field.matcher) {
                let told = EventVocabulary.types.filter { $0.emitter.rawValue == name }
                if !told.isEmpty, told.allSatisfy({ kinds.contains($0.kind) }) {
                    return "messages \(field.field) \(name)"
                }
            }
        }
        return nil
    }

    /// The words that a field may be, where it names them.
    private static func words(_ matcher: Matcher) -> [String] {
        switch matcher {
        case .equals(let template):
            if case .text(let word)? = template.parts.first, template.parts.count == 1 { [word] } else { [] }
        case .oneOf(let matchers): matchers.flatMap(words)
        default: []
        }
    }

    private func looksAround(_ checks: [ExpressionCheck], _ name: String) -> Bool {
        checks.contains { $0.check == name && $0.source.contains("%trace") }
    }

    /// The declared hand-off at which the act ended that the finding speaks of.
    private func handoff(of finding: Finding) -> TraceEvent? {
        guard let record else { return nil }
        let ends = record.events.filter {
            finding.evidence.contains($0.seq) && ActEnding.kinds.contains($0.kind) && $0["outcome"] == "handoff"
        }
        return ends.compactMap { end in
            record.events.last { $0.kind == "handoff" && $0.seq < end.seq && $0["url"] == end["url"] }
        }.first
    }
}

extension Channel {
    fileprivate var title: String {
        switch self {
        case .graphTexts: "Microsoft Graph, where Microsoft writes text messages and hears the answers (`sms: graph`)"
        }
    }
}

extension Finding {
    fileprivate func at(_ step: String?) -> Finding {
        var copy = self
        copy.step = step
        return copy
    }
}

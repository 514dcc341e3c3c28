// SPDX-License-Identifier: Apache-2.0

internal import FHIRPath
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Judges the steps of one scenario over its record.
struct StepJudge {
    let scenario: Scenario
    let record: WorldRecord
    /// Features the connector claims; nil: all.
    let claimed: Set<String>?
    /// World references and what steps captured so far.
    private(set) var values: [String: Value]
    private var captures: [String: Value] = [:]
    private(set) var findings: [Finding] = []
    /// Events after this place answer the last stimulus.
    private var stimulus: Int

    init(scenario: Scenario, record: WorldRecord, claimed: Set<String>?) {
        self.scenario = scenario
        self.claimed = claimed
        self.record = record
        values = WorldValue.references(in: record.model)
        stimulus = record.scenarioStart
    }

    private var resolver: TemplateResolver { TemplateResolver(values) }

    mutating func judge() {
        let stop = StepStop(scenario: scenario, record: record)
        for (index, step) in scenario.steps.enumerated() {
            if let unmet = step.claims.unmet(by: claimed) {
                findings += step.action.checkNames.map { Finding.notApplicable($0, unmet).at(step.id) }
                continue
            }
            guard let window = record.window(of: step) else {
                for check in step.action.checkNames { findings.append(stop.finding(for: check).at(step.id)) }
                continue
            }
            guard window.finished != nil else {
                for check in step.action.checkNames {
                    findings.append(
                        Finding.open(
                            check, .notExecuted, "Step \(step.id) (\(step.text)) had not ended when the record ends."
                        )
                        .at(step.id))
                }
                continue
            }
            // Where the next stimulus begins, what comes is its answer and no longer this step's.
            let next = nextStimulus(after: index)
            let found: [Finding]
            switch step.action {
            case .act(let act):
                stimulus = window.started.seq
                found = judge(act, step, window)
            case .set:
                stimulus = window.started.seq
                found = []
            case .expect(let expectation): found = judge(expectation, step, window, next: next)
            case .absent(let absence): found = [judge(absence, window, next: next)]
            case .request(let request):
                stimulus = window.started.seq
                found = judge(request, step, window)
            }
            findings += found.map { $0.at(step.id) }
            capture(window)
        }
    }

    private func nextStimulus(after index: Int) -> Int {
        for step in scenario.steps[(index + 1)...] {
            switch step.action {
            case .act, .set, .request: if let window = record.window(of: step) { return window.started.seq }
            case .expect, .absent: continue
            }
        }
        return Int.max
    }

    private mutating func capture(_ window: WorldRecord.Window) {
        for (name, value) in window.finished?["captures"]?.members ?? Members() {
            captures[name] = value
            values[name] = value
        }
    }

    // MARK: Acts

    private func judge(_ act: Act, _ step: Step, _ window: WorldRecord.Window) -> [Finding] {
        let names = step.action.checkNames
        guard !names.isEmpty else { return [] }
        let end = record.events(after: window.started.seq, before: window.finished?.seq ?? Int.max).last {
            ActEnding.kinds.contains($0.kind)
        }
        guard let end else {
            if window.outcome == "error" { return names.map { .error($0, "The harness failed: \(window.reason)") } }
            let why = window.reason.isEmpty ? "nothing was recorded of how it ended" : window.reason
            return names.map { .open($0, .binding, "Step \(step.id) (\(step.text)) could not be done: \(why)") }
        }
        var findings: [Finding] = []
        let actual = end["outcome"]?.string ?? ""
        let seen = Observability(rawValue: end["observability"]?.string ?? "") ?? .observed
        if seen == .notObservable {
            let why = end["message"]?.string ?? ""
            return names.map { .open($0, .notObservable, "\(step.text): \(why)", evidence: [end.seq]) }
        }
        var isMet = true
        if let expected = act.outcome {
            isMet = expected.words.contains(actual) || expected.words.contains("any")
            if let check = expected.check {
                findings.append(outcome(check, expected.words, isMet, end, step, seen, window))
            }
        }
        for check in act.checks {
            guard isMet else {
                findings.append(
                    .open(
                        check.check, .blocked, "Step \(step.id) ended in \(actual): nothing could be seen of this.",
                        expected: check.source, evidence: [end.seq]))
                continue
            }
            findings.append(evaluate(check, on: end, until: window.finished?.seq ?? Int.max, observability: seen))
        }
        return findings
    }

    private func outcome(
        _ check: String, _ words: [String], _ isMet: Bool, _ end: TraceEvent, _ step: Step, _ seen: Observability,
        _ window: WorldRecord.Window
    ) -> Finding {
        let actual = end["outcome"]?.string ?? ""
        let said = [end["status"]?.scalarText.map { "status \($0)" }, end["message"]?.string ?? end["text"]?.string]
            .compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
        let told = actual + (said.isEmpty ? "" : " (\(said.prefix(300)))")
        if isMet {
            return .pass(check, "\(step.text): \(told).", evidence: [end.seq], observability: seen)
        }
        if window.outcome == "done" {
            return .error(
                check, "The runner took step \(step.id) for done, the record says \(actual).", evidence: [end.seq])
        }
        return .fail(
            check, .wrongOutcome, "\(step.text): the connector ended it otherwise than it should.",
            expected: words.joined(separator: " or "), actual: told, evidence: [end.seq], observability: seen)
    }

    // MARK: Requests

    private func judge(_ request: RequestStep, _ step: Step, _ window: WorldRecord.Window) -> [Finding] {
        let names = step.action.checkNames
        guard !names.isEmpty else { return [] }
        let until = window.finished?.seq ?? Int.max
        let end = record.events(after: window.started.seq, before: until).last { $0.kind == RequestStep.event }
        guard let end else {
            if window.outcome == "error" { return names.map { .error($0, "The harness failed: \(window.reason)") } }
            return names.map {
                .open($0, .binding, "Step \(step.id) (\(step.text)) could not be done: \(window.reason)")
            }
        }
        let fit = request.status.explain(end["status"], resolving: resolver)
        if fit.isMatch, window.outcome == "failed" {
            // What was to be captured could not be, for example: the runner's own trouble with a good answer.
            return names.map {
                .open(
                    $0, .binding, "Step \(step.id) (\(step.text)) was not finished: \(window.reason)",
                    evidence: [end.seq])
            }
        }
        var findings: [Finding] = []
        if let check = request.check { findings.append(status(check, request, fit, end, step)) }
        return findings
            + request.checks.map { check in
                guard fit.isMatch else {
                    return .open(
                        check.check, .blocked, "Step \(step.id) (\(step.text)) had another answer: nothing to look at.",
                        expected: check.source, evidence: [end.seq])
                }
                return evaluate(check, on: end, until: until)
            }
    }

    private func status(
        _ check: String, _ request: RequestStep, _ fit: MatchResult, _ end: TraceEvent, _ step: Step
    ) -> Finding {
        let told = end["status"]?.scalarText.map { "status \($0)" } ?? "no answer (\(end["error"]?.string ?? ""))"
        guard !fit.isMatch else { return .pass(check, "\(step.text): \(told).", evidence: [end.seq]) }
        let wanted = "status \(request.status.text)"
        guard end["status"] == nil else {
            return .fail(
                check, .wrongOutcome, "\(step.text): the answer has another status.", expected: wanted, actual: told,
                evidence: [end.seq])
        }
        // Who else does not answer says nothing about the connector.
        guard end.party == .connector else {
            return .open(
                check, .binding, "\(step.text): \(end.party) gave \(told).", expected: wanted, evidence: [end.seq])
        }
        return .fail(
            check, .connectorFailure, "\(step.text): the connector did not answer.", expected: wanted, actual: told,
            evidence: [end.seq])
    }

    // MARK: Expectations

    private func judge(
        _ expectation: Expectation, _ step: Step, _ window: WorldRecord.Window, next: Int
    ) -> [Finding] {
        let names = step.action.checkNames
        guard !names.isEmpty else { return [] }
        let origin = expectation.fromStart ? record.scenarioStart : stimulus
        let deadline = window.started.clock.map { $0 + expectation.within }
        let ended = window.finished?.seq ?? Int.max
        func isInTime(_ event: TraceEvent) -> Bool {
            guard let deadline, let clock = event.clock else { return true }
            return clock <= deadline
        }
        let matching = expectation.pattern.matches(in: record.events(after: origin, before: next), resolving: resolver)
        let inTime = matching.filter(isInTime)
        let matched = inTime.filter { $0.seq < ended }
        let wanted = ExpectationText.wanted(expectation)
        if window.outcome == "error" { return names.map { .error($0, "The harness failed: \(window.reason)") } }
        if window.outcome == "failed" {
            return names.map {
                .open($0, .blocked, "Step \(step.id) (\(step.text)) could not be done: \(window.reason)")
            }
        }
        if matched.count < expectation.count.atLeast {
            if window.outcome == "met" {
                return names.map {
                    .error($0, "The runner saw what it waited for in step \(step.id), the record does not show it.")
                }
            }
            let isOver = deadline.map {
                record.reached($0, idle: false, in: record.events(after: window.started.seq - 1, before: ended + 1))
            }
            guard isOver ?? true else {
                return names.map {
                    .open($0, .windowOpen, "Step \(step.id) was given up before its time was over.", expected: wanted)
                }
            }
            let misses = nearMisses(
                expectation.pattern, origin: origin, next: next, late: matching.filter { !matched.contains($0) })
            let missing = matched.isEmpty
            return names.map { name in
                guard name == expectation.check else {
                    return .open(
                        name, .blocked, "Step \(step.id) (\(step.text)) was not met: there was nothing to look at.",
                        expected: wanted)
                }
                return .fail(
                    name, missing ? .missingEvent : .wrongCount,
                    missing
                        ? "No \(expectation.pattern.kind) as described came in time."
                        : "Too few \(expectation.pattern.kind) came.",
                    expected: wanted, actual: "\(matched.count) came", nearMisses: misses, evidence: matched.map(\.seq))
            }
        }
        if window.outcome == "missed" {
            return names.map {
                .error($0, "The runner missed in step \(step.id) what the record shows.", evidence: matched.map(\.seq))
            }
        }
        return met(expectation, step, matched: matched, inTime: inTime, wanted: wanted, ended: ended)
    }

    private func met(
        _ expectation: Expectation, _ step: Step, matched: [TraceEvent], inTime: [TraceEvent], wanted: String,
        ended: Int
    ) -> [Finding] {
        var findings: [Finding] = []
        if let check = expectation.check {
            if expectation.count.contains(inTime.count) {
                findings.append(
                    .pass(
                        check, "\(step.text): \(inTime.count == 1 ? "it came" : "\(inTime.count) came").",
                        evidence: inTime.map(\.seq)))
            } else {
                findings.append(
                    .fail(
                        check, .wrongCount, "Too many \(expectation.pattern.kind) came.", expected: wanted,
                        actual: "\(inTime.count) came", evidence: inTime.map(\.seq)))
            }
        }
        guard let first = matched.first ?? inTime.first else {
            // A count of nought: there is no event to look at.
            return findings + expectation.checks.map { .open($0.check, .blocked, "There was no event to look at.") }
        }
        return findings + expectation.checks.map { evaluate($0, on: first, until: ended, from: expectation.fromStart) }
    }

    private func nearMisses(_ pattern: EventPattern, origin: Int, next: Int, late: [TraceEvent]) -> [String] {
        let tardy = late.prefix(2).map {
            "#\($0.seq) \($0.kind) fits, but came too late (\($0.clock?.description ?? "no clock"))"
        }
        return tardy + pattern.nearMisses(in: record.events(after: origin, before: next), resolving: resolver)
    }

    private func judge(_ absence: Absence, _ window: WorldRecord.Window, next: Int) -> Finding {
        let origin = absence.fromStart ? record.scenarioStart : stimulus
        guard let start = window.started.clock else {
            return .error(absence.check, "The step's start carries no clock.", evidence: [window.started.seq])
        }
        let end = start + absence.window
        let wanted = "no \(absence.pattern.kind) until \(end)"
        let came = absence.pattern.matches(in: record.events(after: origin, before: next), resolving: resolver).filter {
            $0.clock.map { $0 <= end } ?? true
        }
        guard came.isEmpty else {
            return .fail(
                absence.check, .forbiddenEvent, "\(absence.pattern.kind) came, which must not.", expected: wanted,
                actual: came.prefix(3).map(EventText.line).joined(separator: "; "), evidence: came.map(\.seq))
        }
        if window.outcome == "error" { return .error(absence.check, "The harness failed: \(window.reason)") }
        if window.outcome == "missed" {
            return .error(absence.check, "The runner saw in the window what the record does not show.")
        }
        let during = record.events(after: window.started.seq, before: next)
        guard record.reached(end, idle: true, in: during) else {
            return .open(
                absence.check, .windowOpen,
                "The window could not be closed: the connector was not known to be at rest at its end.",
                expected: wanted, evidence: during.filter { $0.kind == "clock.advanced" }.suffix(1).map(\.seq))
        }
        let closing = during.filter { $0.kind == "clock.advanced" }.suffix(1).map(\.seq)
        let seen = record.events(after: origin, before: next).filter { $0.clock.map { $0 <= end } ?? true }
        var finding = Finding.pass(
            absence.check, "None came until \(end), and the connector was at rest. \(SeenText.of(seen))",
            evidence: closing)
        finding.nearMisses = absence.pattern.nearMisses(in: seen, resolving: resolver)
        return finding
    }

    // MARK: Conditions

    private func evaluate(
        _ check: ExpressionCheck, on event: TraceEvent, until end: Int, from start: Bool = false,
        observability: Observability = .observed
    ) -> Finding {
        let origin = start ? record.scenarioStart : stimulus
        let evaluation = ConditionEvaluation(
            world: record.model, captures: captures, trace: { record.events(after: origin, before: end) })
        do {
            switch try evaluation.decide(check, on: event, resolving: resolver, page: { record.page(behind: event) }) {
            case .holds:
                return .pass(
                    check.check, "\(check.source): it holds.", evidence: [event.seq], observability: observability)
            case .fails(let expected, let actual):
                return .fail(
                    check.check, .wrongValue, "\(EventText.subject(event)) is not as it should be.",
                    expected: expected, actual: actual, evidence: [event.seq], observability: observability)
            }
        } catch {
            // Values of a connector that have another shape than the deployment promised are no verdict on a requirement.
            if event.kind == "operation.completed" {
                return .open(
                    check.check, .binding, "The values do not have the expected shape: \(error)",
                    expected: check.source,
                    evidence: [event.seq])
            }
            return .error(check.check, "The condition cannot be evaluated: \(error)", evidence: [event.seq])
        }
    }
}

/// The events that end an act and carry its outcome.
enum ActEnding {
    static let kinds: Set<String> = ["operation.completed", "launch.finished", "link.opened"]
}

extension Action {
    /// Every check the step decides.
    var checkNames: [String] {
        switch self {
        case .act(let act): (act.outcome?.check.map { [$0] } ?? []) + act.checks.map(\.check)
        case .set: []
        case .expect(let expectation): (expectation.check.map { [$0] } ?? []) + expectation.checks.map(\.check)
        case .absent(let absence): [absence.check]
        case .request(let request): (request.check.map { [$0] } ?? []) + request.checks.map(\.check)
        }
    }
}

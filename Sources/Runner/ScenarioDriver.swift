// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Drives one scenario through its world: makes things happen and waits; judges nothing.
actor ScenarioDriver {
    enum Outcome: String { case completed, blocked, aborted }

    let scenario: Scenario
    let stage: Stage
    nonisolated var unownedExecutor: UnownedSerialExecutor { stage.unownedExecutor }
    private let interruption: RunInterruption
    let progress: @Sendable (RunProgress) -> Void
    private var captures: CaptureStore
    /// Events of the last stimulus start after this place.
    private var stimulusSeq: Int
    private let startSeq: Int
    /// Why the last step failed; nil where it did not.
    private var failure: String?
    /// Where people's rounds are compared.
    private let comparison: PeopleComparison?

    init(
        scenario: Scenario, stage: Stage, interruption: RunInterruption,
        progress: @escaping @Sendable (RunProgress) -> Void
    ) {
        self.scenario = scenario
        self.stage = stage
        self.interruption = interruption
        self.progress = progress
        captures = CaptureStore(world: stage.names)
        let people = scenario.comparedPeople
        comparison = people.isEmpty ? nil : PeopleComparison(people, stage: stage)
        startSeq = stage.journal.count
        stimulusSeq = startSeq
    }

    /// Runs the steps in order. Whatever happens, `scenario.finished` is recorded with the reason.
    func run() async -> Outcome {
        record("scenario.started", ["scenario": .string(scenario.id)])
        var outcome = Outcome.completed
        var reason = ""
        let claimed = Set(stage.connector.deployment.claims.features.filter(\.value).keys)
        for step in scenario.steps {
            if let unmet = step.claims.first(where: { !$0.holds(for: claimed) }) {
                finish(step, "skipped", reason: "it is for connectors of which \(unmet.text)")
                continue
            }
            progress(.step(scenario: scenario.id, text: Self.waiting(for: step)))
            failure = nil
            let blocked = await perform(step)
            if Task.isCancelled {
                let cause = interruption.reason ?? "the scenario's wall-clock limit ran out"
                (outcome, reason) = (.aborted, "\(cause), in step \(step.id) (\(step.text))")
                break
            }
            if let blocked, !step.isOptional {
                (outcome, reason) = (.blocked, blocked)
                break
            }
            if step.isStrict, let failure {
                (outcome, reason) = (.blocked, "step \(step.id) (\(step.text)) is strict and failed: \(failure)")
                break
            }
        }
        _ = await stage.quiet.settle()
        if let comparison { await comparison.finish() }
        record(
            "scenario.finished",
            [
                "scenario": .string(scenario.id), "outcome": .string(outcome.rawValue), "reason": .string(reason),
            ])
        return outcome
    }

    /// What is waited for and whose turn it is, for whoever watches.
    private static func waiting(for step: Step) -> String {
        switch step.action {
        case .act, .set, .request: step.text
        case .expect(let expectation):
            "waiting up to \(DurationText.format(expectation.within)) for \(expectation.pattern.kind), the connector must act"
        case .absent(let absence):
            "watching for \(DurationText.format(absence.window)) that no \(absence.pattern.kind) comes"
        }
    }

    /// Does one step and records how it ended. Returns why the scenario cannot go on, or nil.
    private func perform(_ step: Step) async -> String? {
        let started = record("step.started", ["step": .string(step.id), "text": .string(step.text)])
        do {
            switch step.action {
            case .act(let act):
                stimulus(act.actor.text + " " + act.verb.rawValue, started.seq)
                return try await perform(act, step: step, since: started.seq)
            case .set(let setting):
                stimulus(setting.cause, started.seq)
                try await stage.apply(setting, captures: captures)
                finish(step, "done")
                return nil
            case .expect(let expectation):
                return try await wait(for: expectation, step: step, since: started)
            case .absent(let absence):
                try await watch(absence, step: step)
                return nil
            case .request(let request):
                stimulus(request.cause, started.seq)
                return try await perform(request, step: step)
            }
        } catch {
            // What a cancelled transfer looks like says nothing about anybody: the step stays without an end.
            if Task.isCancelled { return nil }
            let failure = StepFailure(from: error)
            finish(step, failure.isHarness ? "error" : "failed", reason: failure.message)
            // Nothing after an absence builds on it.
            if failure.isTooLong, case .absent = step.action { return nil }
            return "step \(step.id) (\(step.text)): \(failure.message)"
        }
    }

    private func stimulus(_ cause: String, _ seq: Int) {
        stimulusSeq = seq
        stage.journal.setCause(cause, of: stage.world.id)
    }

    // MARK: Acts

    private func perform(_ act: Act, step: Step, since seq: Int) async throws -> String? {
        if case .ehr = act.actor, let cause = stage.appointmentCause(act, captures: captures) {
            if act.verb == .books, let comparison, let alias = try? captures.text(act.object) {
                await comparison.begin(appointment: alias)
            }
            stage.journal.setCause(cause, of: stage.world.id)
        }
        try await stage.perform(act, captures: captures)
        let state = await stage.quiet.settle()
        try Task.checkCancellation()
        // One that was told to stop owes no answer until it is started again.
        if let failure = state.failure, await !stage.connector.isStopped {
            throw StepFailure(message: "the connector does not answer: \(failure)")
        }
        // The event that ends an act carries its outcome; some acts (a booking) have none.
        let end = stage.journal.events(of: stage.world.id, after: seq).last { ActEnding.kinds.contains($0.kind) }
        var names = Members()
        if let end { names = try capture(act.captures, from: end) }
        guard let expected = act.outcome, let end else {
            finish(step, "done", matched: end.map { [$0.seq] } ?? [], captures: names)
            return nil
        }
        let actual = end["outcome"]?.string ?? ""
        let isMet = expected.words.contains(actual) || expected.words.contains("any")
        let reason =
            isMet
            ? ""
            : "expected \(expected.words.joined(separator: " or ")), was \(actual): \(end["message"]?.string ?? end["text"]?.string.map { String($0.prefix(200)) } ?? "")"
        finish(step, isMet ? "done" : "failed", reason: reason, matched: [end.seq], captures: names)
        // A check that failed is a finding; a precondition that failed blocks the rest.
        return isMet || expected.check != nil ? nil : "step \(step.id) (\(step.text)): \(reason)"
    }

    /// A plain request is over with its answer: what it set going, the next expectation waits for.
    private func perform(_ request: RequestStep, step: Step) async throws -> String? {
        let end = try await stage.perform(request, captures: captures)
        try Task.checkCancellation()
        let fit = request.status.explain(end["status"], resolving: captures.resolver)
        var names = Members()
        if fit.isMatch { names = try capture(request.captures, from: end) }
        var reason = ""
        if case .miss(let why) = fit { reason = end["error"]?.string ?? "status: \(why)" }
        finish(step, fit.isMatch ? "done" : "failed", reason: reason, matched: [end.seq], captures: names)
        return fit.isMatch || request.check != nil ? nil : "step \(step.id) (\(step.text)): \(reason)"
    }

    private func capture(_ wanted: [Capture], from event: TraceEvent) throws -> Members {
        var names = Members()
        for item in wanted {
            let page = { [journal = stage.journal] in AnsweredPage.find(behind: event, in: journal) }
            guard let value = try captures.evaluate(item, on: event, page: page) else { continue }
            names[item.name] = value
            captures.capture(item.name, value)
        }
        return names
    }

    // MARK: Expectations

    private func wait(for expectation: Expectation, step: Step, since started: TraceEvent) async throws -> String? {
        if stage.connector.isRealTime { return try await waitInRealTime(for: expectation, step: step) }
        let origin = expectation.fromStart ? startSeq : stimulusSeq
        let deadline = stage.clock.now + expectation.within
        var state = await stage.quiet.settle()
        while true {
            let matches = matching(expectation.pattern, after: origin)
            if matches.count >= expectation.count.atLeast {
                var names = Members()
                if let first = matches.first { names = try capture(expectation.captures, from: first) }
                finish(step, "met", matched: matches.map(\.seq), captures: names)
                return nil
            }
            if let failure = state.failure { throw StepFailure(message: "the connector does not answer: \(failure)") }
            try Task.checkCancellation()
            if stage.clock.now >= deadline { break }
            state = try await stage.time.advanceToNextTimer(notAfter: deadline, from: state)
        }
        stage.time.record(stage.clock.now, state)
        let reason = "no \(expectation.pattern.kind) as described within \(DurationText.format(expectation.within))"
        finish(step, "missed", reason: reason)
        return expectation.check == nil ? "step \(step.id) (\(step.text)): \(reason)" : nil
    }

    /// The same without a clock to move: real time goes by, at most as long as the deployment allows.
    private func waitInRealTime(for expectation: Expectation, step: Step) async throws -> String? {
        let origin = expectation.fromStart ? startSeq : stimulusSeq
        let deadline = stage.clock.now + expectation.within
        let longest = stage.clock.now + stage.connector.deployment.clock.longestWait
        while true {
            let seen = stage.journal.count
            let matches = matching(expectation.pattern, after: origin)
            if matches.count >= expectation.count.atLeast {
                var names = Members()
                if let first = matches.first { names = try capture(expectation.captures, from: first) }
                finish(step, "met", matched: matches.map(\.seq), captures: names)
                return nil
            }
            try Task.checkCancellation()
            let now = stage.clock.now
            if now >= deadline { break }
            guard now < longest else {
                let reason = stage.time.tooLong(deadline).message
                finish(step, "failed", reason: reason)
                return expectation.check == nil ? "step \(step.id) (\(step.text)): \(reason)" : nil
            }
            await stage.time.awaitNews(after: seen, notAfter: min(deadline, longest))
        }
        let reason = "no \(expectation.pattern.kind) as described within \(DurationText.format(expectation.within))"
        finish(step, "missed", reason: reason)
        return expectation.check == nil ? "step \(step.id) (\(step.text)): \(reason)" : nil
    }

    private func watch(_ absence: Absence, step: Step) async throws {
        try await stage.time.advance(to: stage.clock.now + absence.window)
        let origin = absence.fromStart ? startSeq : stimulusSeq
        let seen = matching(absence.pattern, after: origin)
        finish(
            step, seen.isEmpty ? "met" : "missed",
            reason: seen.isEmpty ? "" : "\(absence.pattern.kind) came, which must not", matched: seen.map(\.seq))
    }

    private func matching(_ pattern: EventPattern, after seq: Int) -> [TraceEvent] {
        pattern.matches(in: stage.journal.events(of: stage.world.id, after: seq), resolving: captures.resolver)
    }

    // MARK: Record

    @discardableResult
    private func record(_ kind: String, _ fields: Members) -> TraceEvent {
        stage.journal.append(EventDraft(kind, by: .runner, world: stage.world.id, fields))
    }

    private func finish(
        _ step: Step, _ outcome: String, reason: String = "", matched: [Int] = [], captures: Members = Members()
    ) {
        failure = ["missed", "failed", "error"].contains(outcome) ? (reason.isEmpty ? outcome : reason) : nil
        var fields: Members = ["step": .string(step.id), "outcome": .string(outcome)]
        if !reason.isEmpty { fields["reason"] = .string(reason) }
        if !matched.isEmpty { fields["matched"] = .array(matched.map { Value($0) }) }
        if !captures.isEmpty { fields["captures"] = .object(captures) }
        record("step.finished", fields)
    }
}

/// The events that end an act and carry its outcome.
enum ActEnding {
    static let kinds: Set<String> = ["operation.completed", "launch.finished", "link.opened"]
}

extension Setting {
    /// What events after it carry as their cause.
    var cause: String {
        switch self {
        case .clock: "clock"
        case .fault: "fault"
        case .ehr: "ehr"
        case .microsoft: "microsoft"
        }
    }
}

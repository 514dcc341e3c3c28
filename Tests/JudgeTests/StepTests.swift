// SPDX-License-Identifier: Apache-2.0

import Judge
import Testing
import Trace
import Value
import World

@Suite struct StepTests {
    private static let expectation = """
        verifies: {SMS-06: [confirmation-sent], SMS-08: [one-join-link]}
        steps:
          - ehr books: visit
          - expect: sms.sent
            to: ann
            within: 2m
            as: confirmation-sent
            check: {one-join-link: links.count() = 1}
        """

    private func booked() throws -> RunMaker {
        var run = try RunMaker(Self.expectation)
        run.begin("1")
        run.end("1", "done")
        run.begin("2")
        return run
    }

    @Test func `an event in time passes its check and its condition`() throws {
        var run = try booked()
        run.sms(to: "ann")
        run.end("2", "met")
        run.finish()
        let results = run.judge()
        #expect(results.scenarios[0].checks.map(\.verdict) == [.pass, .pass])
        #expect(results.verdict == .conformant, "\(results.reasons)")
        #expect(results.reasons.isEmpty)
    }

    @Test func `an event that never comes fails with its near misses, the condition is only blocked`() throws {
        var run = try booked()
        run.sms(to: "bob")
        run.advance(.seconds(120))
        run.end("2", "missed")
        run.finish()
        let checks = run.judge().scenarios[0].checks
        #expect(checks.map(\.verdict) == [.fail, .inconclusive])
        #expect(checks.map(\.reason) == [.missingEvent, .blocked])
        #expect(checks[0].nearMisses.first?.contains("bob") ?? false)
        #expect(run.judge().verdict == .nonconformant)
    }

    @Test func `an event after the deadline is no event in time`() throws {
        var run = try booked()
        run.advance(.seconds(121))
        run.sms(to: "ann")
        run.end("2", "missed")
        run.finish()
        let check = try run.check("confirmation-sent")
        #expect(check.reason == .missingEvent)
        #expect(check.nearMisses.first?.contains("too late") ?? false)
    }

    @Test func `a wrong value fails its condition alone`() throws {
        var run = try booked()
        run.sms(to: "ann", links: 2)
        run.end("2", "met")
        run.finish()
        let checks = run.judge().scenarios[0].checks
        #expect(checks.map(\.verdict) == [.pass, .fail])
        #expect(checks[1].reason == .wrongValue)
        #expect(checks[1].actual.hasPrefix("links = "))
    }

    @Test(arguments: ["met", "missed"]) func `where runner and record disagree the harness is in error`(
        outcome: String
    ) throws {
        var run = try booked()
        if outcome == "missed" { run.sms(to: "ann") }
        run.advance(.seconds(120))
        run.end("2", outcome)
        run.finish()
        #expect(try run.check("confirmation-sent").verdict == .error)
        #expect(run.judge().verdict == .harnessError)
    }

    @Test func `an event before the stimulus does not count`() throws {
        var run = try RunMaker(Self.expectation)
        run.sms(to: "ann")
        run.begin("1")
        run.end("1", "done")
        run.begin("2")
        run.advance(.seconds(120))
        run.end("2", "missed")
        run.finish()
        #expect(try run.check("confirmation-sent").verdict == .fail)
    }

    @Test func `an unmet precondition blocks what follows and names its step`() throws {
        var run = try RunMaker(
            """
            verifies: {PAT-05: [waits-in-lobby]}
            steps:
              - expect: sms.sent
                to: ann
                within: 1m
              - expect: lobby.entered
                by: ann
                as: waits-in-lobby
            """)
        run.begin("1")
        run.advance(.seconds(60))
        run.end("1", "missed")
        run.finish("blocked", reason: "step 1 (expect sms.sent): none came")
        let check = try run.check("waits-in-lobby")
        #expect(check.verdict == .inconclusive)
        #expect(check.reason == .blocked)
        #expect(check.message.contains("step 1"))
        #expect(run.judge().verdict == .incomplete)
    }

    @Test func `absence needs a window that was closed with the connector at rest`() throws {
        let yaml = """
            verifies: {SMS-10: [nothing-sent]}
            steps:
              - absent: sms.sent
                to: ann
                for: 10m
                as: nothing-sent
            """
        var closed = try RunMaker(yaml)
        closed.begin("1")
        closed.advance(.seconds(600))
        closed.end("1", "met")
        closed.finish()
        #expect(try closed.check("nothing-sent").verdict == .pass)

        var busy = try RunMaker(yaml)
        busy.begin("1")
        busy.advance(.seconds(600), idle: false)
        busy.end("1", "met")
        busy.finish()
        #expect(try busy.check("nothing-sent").reason == .windowOpen)

        var early = try RunMaker(yaml)
        early.begin("1")
        early.advance(.seconds(599))
        early.end("1", "met")
        early.finish()
        #expect(try early.check("nothing-sent").reason == .windowOpen)

        var sent = try RunMaker(yaml)
        sent.begin("1")
        sent.advance(.seconds(300))
        sent.sms(to: "ann")
        sent.advance(.seconds(300))
        sent.end("1", "missed")
        sent.finish()
        #expect(try sent.check("nothing-sent").reason == .forbiddenEvent)
    }

    @Test func `a message that arrives after the step but inside the window is late and judged`() throws {
        var run = try RunMaker(
            """
            verifies: {SMS-10: [nothing-sent]}
            steps:
              - absent: sms.sent
                for: 10m
                as: nothing-sent
            """)
        run.begin("1")
        run.advance(.seconds(600))
        run.end("1", "met")
        run.sms(to: "ann")
        run.finish()
        #expect(try run.check("nothing-sent").verdict == .fail)
    }

    @Test func `the outcome of an operation is judged, and its values`() throws {
        let yaml = """
            verifies: {SMS-06: [refused], SMS-08: [says-why]}
            steps:
              - ada does: add-base-url
                with: {base-url: $(main.url), environment: test}
                outcome: refused
                as: refused
                check: {says-why: message.exists()}
            """
        func run(_ outcome: String, runner: String) throws -> [CheckResult] {
            var run = try RunMaker(yaml)
            run.begin("1")
            run.add("operation.started", ["operation": "add-base-url", "by": "ada"])
            run.add(
                "operation.completed",
                [
                    "operation": "add-base-url", "by": "ada", "outcome": .string(outcome), "message": "no",
                    "observability": "attested",
                ],
                by: .connector)
            run.end("1", runner)
            run.finish()
            return run.judge().scenarios[0].checks
        }
        let refused = try run("refused", runner: "done")
        #expect(refused.map(\.verdict) == [.pass, .pass])
        #expect(refused[0].observability == .attested)
        let accepted = try run("accepted", runner: "failed")
        #expect(accepted.map(\.reason) == [.wrongOutcome, .blocked])
        #expect(try run("accepted", runner: "done")[0].verdict == .error)
    }

    @Test func `a binding that does not fit is no verdict on the connector`() throws {
        var run = try RunMaker(
            """
            verifies: {SMS-06: [accepted]}
            steps:
              - ada does: list-base-urls
                outcome: accepted
                as: accepted
            """)
        run.begin("1")
        run.add("operation.started", ["operation": "list-base-urls", "by": "ada"])
        run.end("1", "failed", reason: "the form is gone")
        run.finish("blocked", reason: "step 1: the form is gone")
        #expect(try run.check("accepted").reason == .binding)
    }

    @Test func `a scenario that was planned and left no world is not run`() throws {
        let run = try booked()
        var context = JudgeContext(suiteVersion: "0.1.0", seed: 1, nonce: "n", requirements: RunMaker.requirements)
        context.policies = RunMaker.policies
        let empty = Trace(header: [:], events: [], bodies: [:], isComplete: true)
        let results = Judge.judge(trace: empty, scenarios: [run.scenario], context: context)
        #expect(results.scenarios[0].outcome == "not-run")
        #expect(results.verdict == .incomplete)
        #expect(results.scenarios[0].checks.allSatisfy { $0.reason == .notExecuted })
    }

    @Test func `a trace that was cut short is never conformant`() throws {
        var run = try booked()
        run.sms(to: "ann")
        run.end("2", "met")
        run.finish()
        #expect(run.judge(complete: false).verdict == .incomplete)
    }

    @Test func `a captured value is known to later steps`() throws {
        var run = try RunMaker(
            """
            verifies: {SMS-06: [same-link]}
            steps:
              - expect: sms.sent
                capture: {link: links.first()}
              - expect: sms.sent
                links: {contains: $(link)}
                as: same-link
                check: {same-link-again: "links.first() = %captures.link"}
            """.replacing("[same-link]", with: "[same-link, same-link-again]"))
        run.begin("1")
        run.sms(to: "ann")
        run.end("1", "met", captures: ["link": "https://c/0"])
        run.begin("2")
        run.end("2", "met")
        run.finish()
        #expect(run.judge().scenarios[0].checks.map(\.verdict) == [.pass, .pass])
    }

    @Test func `an error of the harness in a step makes what follows an error`() throws {
        var run = try booked()
        run.end("2", "error", reason: "out of memory")
        run.finish("blocked")
        #expect(run.judge().scenarios[0].checks.allSatisfy { $0.verdict == .error })
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Ledger
import ProtocolRules
import ScenarioLanguage
import TestSupport
import Testing
import Trace

/// The suite against itself: nothing is owed without a check, no check without a row, none that finds nothing.
struct SuiteTests {
    private let ledger: Ledger
    private let scenarios: [Scenario]

    init() throws {
        let folder = DataFolder(url: BuiltAssay.project)
        let ledger = try Ledger(dataFolder: folder)
        let areas = ["cerner", "epic", "privacy", "reliability", "security"]
        scenarios = try ScenarioLoader(ledger: ledger, dataFolder: folder)
            .scenarios(at: areas.map { folder.scenarios($0) })
        self.ledger = ledger
    }

    /// Rows that no check of this version decides. Whoever writes the check takes the row out here.
    private static let notYetJudged: Set<String> = ["SEC-06"]

    @Test func `every row of a profile has a check in one of its scenarios, or a rule over every exchange`() {
        let ruled = Set(ProtocolRules.all.filter { !$0.isAdvice }.compactMap(\.requirement)).union(["PRI-01", "PRI-02"])
        for profile in ledger.profiles {
            let own = scenarios.filter { $0.profiles.contains(profile.id) }
            let verified = Set(own.flatMap { $0.verifies.filter { !$0.checks.isEmpty }.map(\.requirement) })
            #expect(profile.mandatory.filter { !verified.contains($0) } == [], "\(profile.id)")
            let bare = profile.engineering.filter { !verified.contains($0) && !ruled.contains($0) }
            #expect(Set(bare).subtracting(Self.notYetJudged) == [], "\(profile.id)")
        }
    }

    @Test func `every check belongs to a requirement, and every scenario to a scored profile`() {
        let scored = Set(ledger.profiles.filter { !$0.requirements.isEmpty }.map(\.id))
        for scenario in scenarios {
            #expect(!scored.isDisjoint(with: scenario.profiles), "\(scenario.id)")
            let verified = Set(scenario.verifies.flatMap(\.checks))
            #expect(!verified.isEmpty, "\(scenario.id)")
            let bare = CheckSource.all(in: scenario).map(\.check).filter { !verified.contains($0) }
            #expect(bare == [], "\(scenario.id)")
            // A row outside the scenario's profiles would never be owed by a run.
            let rows = Set(ledger.profiles.filter { scenario.profiles.contains($0.id) }.flatMap(\.requirements))
            #expect(scenario.verifies.map(\.requirement).filter { !rows.contains($0) } == [], "\(scenario.id)")
        }
    }

    @Test func `every defect expects a check that is there`() {
        for defect in ledger.defects {
            let found =
                KnownRunChecks.contains(defect.expected.check)
                || scenarios.contains { scenario in
                    defect.expected.means(scenario.id)
                        && scenario.verifies.contains { $0.checks.contains(defect.expected.check) }
                }
            #expect(found, "\(defect.id)")
            #expect(Reason(rawValue: defect.expected.reason) != nil, "\(defect.id)")
            let names = Set(allChecks + KnownRunChecks.all.map { "run/" + $0 } + ledger.requirements.map(\.id))
            #expect(defect.also.filter { !names.contains($0) } == [], "\(defect.id)")
        }
    }

    @Test func `every check kills something`() {
        let expected = Set(
            ledger.defects.flatMap { defect in
                scenarios.filter { defect.expected.means($0.id) }
                    .map { "\($0.id)/\(defect.expected.check)" }
            })
        let idle = Set(allChecks.filter { !expected.contains($0) && ledger.kills[$0] == nil })
        #expect(idle.sorted() == [])
        #expect(Set(ledger.kills.keys).subtracting(allChecks).sorted() == [], "kills.yaml names checks that are gone")
    }

    @Test func `no check rests only on what a mock or the runner says by itself`() {
        for scenario in scenarios {
            for source in CheckSource.all(in: scenario) where !source.showsTheConnector {
                Issue.record("\(scenario.id)/\(source.check) reads \(source.kinds.joined(separator: ", "))")
            }
        }
    }

    private var allChecks: [String] {
        scenarios.flatMap { scenario in
            Set(scenario.verifies.flatMap(\.checks)).map { "\(scenario.id)/\($0)" }
        }
    }
}

/// What a check looks at.
struct CheckSource {
    let check: String
    /// Kinds of events; a kind with a dot and a field, `notification.sent.status`, where that field is what counts.
    let kinds: [String]

    /// What is there without any act of the connector: stimuli, what the harness does, what a mock does on its own.
    private static let authored: Set<String> = [
        "world.opened", "world.closed", "scenario.started", "scenario.finished", "step.started", "step.finished",
        "clock.advanced", "fault.set", "connector.killed", "connector.started", "operation.started", "launch.started",
        "appointment.booked", "appointment.moved", "appointment.cancelled", "ehr.notified", "records.installed",
        "launch.issued", "lobby.admitted", "meeting.left", "meeting.ended",
        "notification.sent", "sms.delivered", "sms.replied", "number.provisioned",
    ]

    /// Fields of such events that hold the connector's answer.
    private static let answers = ["notification.sent": ["status", "attempt"], "sms.replied": ["status"]]

    var showsTheConnector: Bool { kinds.contains { !Self.authored.contains($0) } }

    private init(_ check: String, _ patterns: [EventPattern], expression: String = "") {
        self.check = check
        var kinds = patterns.flatMap { pattern in
            [pattern.kind]
                + pattern.fields.map(\.field).filter { Self.answers[pattern.kind]?.contains($0) ?? false }
                .map { "\(pattern.kind).\($0)" }
        }
        // Over %trace an expression names its kinds itself.
        kinds += EventVocabulary.types.map(\.kind).filter { expression.contains("'\($0)'") }
        for (kind, fields) in Self.answers where patterns.contains(where: { $0.kind == kind }) {
            kinds += fields.filter(expression.contains).map { "\(kind).\($0)" }
        }
        self.kinds = kinds
    }

    private init(_ check: String, kind: String) {
        self.check = check
        kinds = [kind]
    }

    static func all(in scenario: Scenario) -> [CheckSource] {
        scenario.steps.flatMap { of($0.action) } + scenario.always.map(of)
    }

    private static func of(_ invariant: Invariant) -> CheckSource {
        switch invariant.condition {
        case .never(let pattern, _, _): return CheckSource(invariant.check, [pattern])
        case .count(_, let pattern, _, _): return CheckSource(invariant.check, [pattern])
        case .sequence(let patterns, _, _): return CheckSource(invariant.check, patterns)
        case .order(let first, let then, _): return CheckSource(invariant.check, [first, then])
        case .response(let first, let then, _, _): return CheckSource(invariant.check, [first, then])
        // Both look at what the connector sends and keeps.
        case .privacy: return CheckSource(invariant.check, kind: "sweep")
        case .protocol: return CheckSource(invariant.check, kind: "http.request")
        }
    }

    private static func of(_ action: Action) -> [CheckSource] {
        switch action {
        case .act(let act):
            // What ends an act is the connector's own answer, where the connector is asked at all.
            let kind: String
            switch act.verb {
            case .does: kind = "operation.completed"
            case .launches: kind = "launch.finished"
            case .opens, .replays, .misdirects: kind = "link.opened"
            default: kind = "step.finished"
            }
            let names = [act.outcome?.check].compactMap { $0 } + act.checks.map(\.check)
            return names.map { CheckSource($0, kind: kind) }
        case .set: return []
        case .expect(let expectation):
            let whole = expectation.check.map { [CheckSource($0, [expectation.pattern])] } ?? []
            return whole
                + expectation.checks.map { CheckSource($0.check, [expectation.pattern], expression: $0.source) }
        // Its answer is the connector's.
        case .request(let request):
            return ([request.check].compactMap { $0 } + request.checks.map(\.check))
                .map { CheckSource($0, kind: RequestStep.event) }
        case .absent(let absence): return [CheckSource(absence.check, [absence.pattern])]
        }
    }
}

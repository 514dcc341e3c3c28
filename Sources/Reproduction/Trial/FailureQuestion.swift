// SPDX-License-Identifier: Apache-2.0

internal import Judge
internal import ScenarioLanguage
internal import Trace

/// Asks of scenarios whether they fail as another one failed: on the connector in question, and not on an honest one.
struct FailureQuestion: Sendable {
    let trial: Trial
    /// An honest connector that passes the scenario in question; nil where there is none to compare with.
    let reference: Trial?
    /// The failure is seen in the run's own lane, which all scenarios of a batch share: they are asked one by one.
    let isOfLane: Bool
    /// Whether a failure is the one that is meant.
    let isMeant: @Sendable (FailureSign) -> Bool

    /// The failure of each that fails as is meant, nil of the others.
    func signs(of scenarios: [Scenario]) async throws -> [FailureSign?] {
        let endings = try await run(scenarios, on: trial, name: "parts")
        var failing: [String: FailureSign] = [:]
        for ending in endings { failing[ending.scenario.id] = ending.signs.first(where: isMeant) }
        if let reference, !failing.isEmpty {
            let asked = scenarios.filter { failing[$0.id] != nil }
            let honest = try await run(asked, on: reference, name: "honest-parts")
            let passing = honest.filter { ending in failing[ending.scenario.id].map(ending.passes) ?? false }
            let ids = Set(passing.map(\.scenario.id))
            failing = failing.filter { ids.contains($0.key) }
        }
        return scenarios.map { failing[$0.id] }
    }

    private func run(_ scenarios: [Scenario], on trial: Trial, name: String) async throws -> [Trial.Ending] {
        guard isOfLane else { return try await trial.run(scenarios, name: name) }
        var endings: [Trial.Ending] = []
        for scenario in scenarios { endings += try await trial.run([scenario], name: scenario.id) }
        return endings
    }
}

extension Trial.Ending {
    /// Whether the check that a failure is of was decided, and passed.
    func passes(_ sign: FailureSign) -> Bool { check(sign)?.verdict == .pass }

    /// Whether a failure is seen in the run's own lane.
    func seesInLane(_ sign: FailureSign) -> Bool {
        guard sign.isOfRun, let check = check(sign) else { return false }
        let places = Set(check.evidence)
        return trace.events.contains { places.contains($0.seq) && $0.world == nil && $0.kind != "sweep" }
    }
}

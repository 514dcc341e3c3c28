// SPDX-License-Identifier: Apache-2.0

internal import Judge
internal import ScenarioLanguage
internal import SourceText

/// Shrinks a walk that failed: first its moves, against the model, then, where an honest connector passes what is left, its steps.
struct WalkShrinker: Sendable {
    let trial: Trial
    /// An honest connector; nil where the one in question is one.
    let reference: Trial?
    let maker: WalkMaker
    let procedures: [SourceFile]
    let progress: Minimizer.Progress

    /// The least that fails the same, at most the walk itself; nil where the failure does not come again.
    /// - Parameters:
    ///   - name: the check's name as ``Explorer/name(of:)`` gives it: the number in it changes with the moves.
    ///   - id: of the scenario that is written.
    func shrink(
        _ walk: VisitWalk, _ scenario: Scenario, for wanted: FailureSign, name: String, id: String
    ) async throws -> Explorer.Least? {
        let isMeant: @Sendable (FailureSign) -> Bool = { sign in
            Explorer.name(of: sign) == name && sign.isSameKind(as: wanted)
        }
        guard let first = try await trial.run([scenario], name: "whole").first,
            let sign = first.signs.first(where: { wanted.isSame(as: $0) })
        else { return nil }
        let honest = try await reference?.run([scenario], name: "reference").first
        let isComparable = honest?.passes(sign) ?? false
        if honest != nil, !isComparable {
            progress("an honest connector does not pass it either: they are not compared")
        }
        let question = FailureQuestion(
            trial: trial, reference: isComparable ? reference : nil, isOfLane: first.seesInLane(sign), isMeant: isMeant)
        progress("\(scenario.id): \(sign) came again; \(walk.way.count) moves")
        var shrinking = WalkShrinking(maker)
        let short = try await shrinking.least(of: walk) { walks in
            let scenarios = try walks.enumerated().map { index, walk in
                try self.scenario(walk, id: "\(scenario.id)-part-\(index + 1)")
            }
            let shows = try await question.signs(of: scenarios).map { $0 != nil }
            progress("\(walks.count) shorter walks, \(shows.count { $0 }) fail the same")
            return shows
        }
        // Once more, under the name that it gets: what is saved has been seen to fail.
        var draft = short.draft(id: id, profile: maker.profile)
        draft.root["notes"] = .text("Cut down by assay explore from the \(walk.way.count) moves of \(scenario.id).")
        let made = try draft.scenario(path: "\(id).yaml", ledger: trial.ledger, procedures: procedures)
        guard let shown = try await question.signs(of: [made])[0] else {
            // A failure that comes and goes is kept with the walk that showed it.
            return nil
        }
        let steps = Minimizer.groups(scenario).count
        if isComparable {
            let minimizer = Minimizer(trial, reference: reference, progress: progress)
            if let outcome = try await minimizer.minimize(made, for: shown, id: id), outcome.passesReference == true {
                return .init(
                    scenario: outcome.scenario, text: outcome.text, steps: (steps, outcome.steps.after),
                    moves: short.moves, sign: outcome.sign)
            }
        }
        return .init(
            scenario: made, text: draft.text, steps: (steps, draft.steps.count), moves: short.moves, sign: shown)
    }

    private func scenario(_ walk: VisitWalk, id: String) throws -> Scenario {
        try walk.draft(id: id, profile: maker.profile)
            .scenario(path: "\(id).yaml", ledger: trial.ledger, procedures: procedures)
    }
}

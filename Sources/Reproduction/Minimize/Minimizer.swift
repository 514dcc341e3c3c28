// SPDX-License-Identifier: Apache-2.0

package import Judge
internal import Ledger
internal import Runner
package import ScenarioLanguage
internal import SourceText

/// Finds the smallest part of a scenario that still fails for the same reason.
///
/// A candidate counts where the connector fails the same check for the same reason on the same kind of evidence and, where a
/// reference is at hand, an honest connector passes it: what fails because its cause was cut away is another failure.
package struct Minimizer: Sendable {
    /// What was found.
    package struct Outcome: Sendable {
        package let sign: FailureSign
        package let scenario: Scenario
        package let text: String
        /// Steps of the file before and after; a `do` is one.
        package let steps: (before: Int, after: Int)
        /// How many of them are the set-up at the file's head: procedures of the suite that every scenario needs.
        package let setUp: (before: Int, after: Int)
        /// How many parts of the scenario were run.
        package let tried: Int
        /// The failure of the smallest one.
        package let check: CheckResult
        /// Whether an honest connector passes it; nil where that was not asked.
        package let passesReference: Bool?
    }

    /// What happens meanwhile, for whoever shows it.
    package typealias Progress = @Sendable (String) -> Void

    private let trial: Trial
    /// An honest connector; nil where there is none to compare with.
    private let reference: Trial?
    private let progress: Progress

    package init(_ trial: Trial, reference: Trial?, progress: @escaping Progress) {
        self.trial = trial
        self.reference = reference
        self.progress = progress
    }

    /// Nil where the failure does not come again.
    package func minimize(_ scenario: Scenario, for wanted: FailureSign, id: String) async throws -> Outcome? {
        guard let first = try await trial.run([scenario], name: "whole").first,
            let sign = first.signs.first(where: { wanted.isSame(as: $0) })
        else { return nil }
        let reference = try await usableReference(scenario, sign)
        let groups = Self.groups(scenario)
        progress("\(scenario.id): \(sign) came again; \(groups.count) steps")
        let isOfLane = first.seesInLane(sign)
        for alone in isOfLane ? [true] : [false, true] {
            let question = FailureQuestion(
                trial: trial, reference: reference, isOfLane: alone
            ) { sign.isSame(as: $0) }
            if let outcome = try await least(of: scenario, groups, question, sign, id: id) { return outcome }
            // What others of the batch left in the connector's stores may have decided it.
            if !alone { progress("by itself it ends otherwise: the parts are tried one by one") }
        }
        return nil
    }

    private func least(
        of scenario: Scenario, _ groups: [String], _ question: FailureQuestion, _ sign: FailureSign, id: String
    ) async throws -> Outcome? {
        var delta = DeltaDebugging()
        let kept = try await delta.reduce(groups.count) { candidates in
            let parts = candidates.enumerated().map { index, places in
                Self.part(of: scenario, groups: places.map { groups[$0] }, id: "\(scenario.family)-part-\(index + 1)")
            }
            let shows = try await question.signs(of: parts).map { $0 != nil }
            let least = zip(candidates, shows).filter(\.1).map(\.0.count).min()
            progress(
                "\(candidates.count) parts tried, \(shows.count { $0 }) fail the same"
                    + (least.map { ", the smallest has \($0) steps" } ?? ""))
            return shows
        }
        return try await written(
            scenario, kept: kept.map { groups[$0] }, groups: groups.count, sign, id: id, reference: question.reference,
            tried: delta.asked)
    }

    // MARK: Asking

    /// The reference, where it passes the whole: otherwise its word about a part means nothing.
    private func usableReference(_ scenario: Scenario, _ sign: FailureSign) async throws -> Trial? {
        guard let reference else { return nil }
        let ending = try? await reference.run([scenario], name: "reference").first
        guard ending?.passes(sign) == true else {
            progress("an honest connector does not pass it either: parts are not compared with one")
            return nil
        }
        return reference
    }

    // MARK: Parts

    /// The numbers of the file's steps, in their order.
    static func groups(_ scenario: Scenario) -> [String] {
        var groups: [String] = []
        for step in scenario.steps {
            let group = String(step.id.prefix { $0 != "." })
            if groups.last != group { groups.append(group) }
        }
        return groups
    }

    private static func part(of scenario: Scenario, groups: [String], id: String) -> Scenario {
        let kept = Set(groups)
        return Scenario(
            id: id, title: scenario.title, notes: nil, profiles: scenario.profiles, verifies: scenario.verifies,
            requires: scenario.requires, isolation: scenario.isolation, parameters: scenario.parameters,
            world: scenario.world, steps: scenario.steps.filter { kept.contains(String($0.id.prefix { $0 != "." })) },
            always: scenario.always, file: scenario.file)
    }

    // MARK: Writing

    /// How much is left out of the file, the barest first.
    private enum Form: Int, CaseIterable, Comparable {
        /// Only the check that fails.
        case bare
        /// Its steps as they were: a step that fails without a check of its own ends a scenario.
        case stepsChecked
        case checked, peopled

        static func < (one: Form, other: Form) -> Bool { one.rawValue < other.rawValue }

        var words: String {
            switch self {
            case .bare: "bare"
            case .stepsChecked: "with the checks of its steps"
            case .checked: "with the checks it had"
            case .peopled: "with everybody"
            }
        }
    }

    /// The file of what is left: as bare as still fails, else with the checks it had.
    private func written(
        _ scenario: Scenario, kept: [String], groups: Int, _ sign: FailureSign, id: String, reference: Trial?,
        tried: Int
    ) async throws -> Outcome? {
        guard let whole = ScenarioDraft(scenario.file) else { return nil }
        // Whoever is in the world may be what a check rests on, though no step names them.
        // Of a failure of the whole run no check is the one to keep.
        for form in sign.isOfRun ? [Form.checked, .peopled] : Form.allCases {
            var draft = whole.cell(of: scenario)
            let places = Set(kept.compactMap { Int($0) })
            draft.steps = draft.steps.enumerated().filter { places.contains($0.offset + 1) }.map(\.element)
            draft.root["id"] = .text(id)
            draft.root["title"] = .text("The least part of \(scenario.id) that fails \(sign)")
            draft.root["notes"] = .text("Cut down by assay minimize from \(groups) steps.")
            if form == .bare { draft.keepStepChecks { $0 == sign.check } }
            if form <= .stepsChecked { draft.keepInvariants { $0 == sign.check } }
            draft.prune(keepsWorld: form == .peopled)
            draft.checkTraffic()
            let path = "\(id).yaml"
            let made: Scenario
            do {
                made = try draft.scenario(path: path, ledger: trial.ledger, procedures: scenario.procedureFiles)
            } catch {
                if form == .peopled { throw error }
                continue
            }
            guard let ending = try await trial.run([made], name: "least").first, ending.shows(sign),
                let check = ending.check(sign)
            else {
                progress("written \(form.words) it does not fail the same")
                continue
            }
            var passes: Bool?
            if let reference {
                passes = try await reference.run([made], name: "least-honest").first?.passes(sign)
                guard passes == true else {
                    progress("written \(form.words) an honest connector does not pass it")
                    continue
                }
            }
            return Outcome(
                sign: sign, scenario: made, text: draft.text, steps: (groups, draft.steps.count),
                setUp: (whole.setUpCount, draft.setUpCount), tried: tried, check: check, passesReference: passes)
        }
        return nil
    }
}

extension ScenarioDraft {
    /// The `do`s before anything else is done.
    fileprivate var setUpCount: Int { steps.prefix { $0["do"] != nil }.count }

    /// Of a matrix the one cell: each axis keeps the value the scenario is of.
    fileprivate func cell(of scenario: Scenario) -> ScenarioDraft {
        guard let cell = scenario.cell, let axes = root["matrix"]?.entries else { return self }
        var copy = self
        copy.root["matrix"] = .map(
            axes.compactMap { axis in
                guard let name = cell.values.first(where: { $0.axis == axis.key })?.name else { return nil }
                if let options = axis.value.entries {
                    return .init(axis.key, .map(options.filter { $0.key == name }))
                }
                return .init(axis.key, .list([.text(name)]))
            })
        return copy
    }
}

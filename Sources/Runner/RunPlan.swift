// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import Ledger
internal import ScenarioLanguage
internal import SourceText

/// Which scenarios a run owes, in which order.
struct RunPlan {
    /// Those that are run.
    let scenarios: [Scenario]
    /// Place of each in the whole suite: run alone or in a shard, a scenario meets the same people.
    let ordinals: [Int]
    /// Ids of the whole plan.
    let whole: [String]
    /// The profiles that are judged.
    let profiles: [Profile]
    /// Those of the judged profiles that the selection leaves out.
    let leftOut: [String]
    /// The values of the scenarios' parameters, by scenario id and name.
    let parameters: [String: [String: String]]
    /// Those whose features the connector does not claim.
    let notApplicable: [Scenario]

    /// Throws where the question itself is wrong: an unknown profile or scenario, or one the deployment does not claim.
    init(scenarios all: [Scenario], deployment: Deployment, options: RunOptions, ledger: Ledger) throws {
        let claimed = deployment.claims.profiles
        if let asked = options.profile {
            guard let profile = ledger.profile(asked) else {
                throw RunError(
                    "There is no profile \(asked).",
                    remedy: "Known: \(ledger.profiles.map(\.id).joined(separator: ", ")).")
            }
            guard !profile.requirements.isEmpty else {
                throw RunError(
                    "The profile \(asked) scores nothing: \(profile.title).",
                    remedy: "Ask for a scored profile; `assay profiles` shows what this one lists.")
            }
            guard claimed.contains(asked) else {
                throw RunError(
                    "The deployment \(deployment.id) does not claim the profile \(asked).",
                    remedy:
                        "It claims \(claimed.joined(separator: ", ")); add the profile to claims.profiles if it should be judged by it."
                )
            }
            profiles = [profile]
        } else {
            profiles = try claimed.map { id in
                guard let profile = ledger.profile(id) else {
                    throw RunError(
                        "The deployment \(deployment.id) claims the unknown profile \(id).",
                        remedy: "Known: \(ledger.profiles.map(\.id).joined(separator: ", ")).")
                }
                return profile
            }
        }
        for id in options.only where !all.contains(where: { $0.isCalled(id) }) {
            throw RunError(
                "There is no scenario \(id).",
                remedy: nearestWord(to: id, in: all.map(\.id) + all.map(\.family)).map { "Did you mean \($0)?" }
                    ?? "`assay list scenarios` names them.")
        }
        let judged = Set(profiles.map(\.id))
        let owed = all.filter { !judged.isDisjoint(with: $0.profiles) }
        let features = deployment.claims.features
        notApplicable = owed.filter { scenario in !scenario.requires.allSatisfy { features[$0] == true } }
        let excluded = Set(notApplicable.map(\.id))
        let selected = owed.filter { options.selects($0) }
        let plan = selected.filter { !excluded.contains($0.id) }
        whole = plan.map(\.id)
        let part = plan.enumerated().filter { options.shard?.holds($0.offset) ?? true }
        scenarios = part.map(\.element)
        let places = Dictionary(all.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        ordinals = scenarios.map { places[$0.id] ?? 0 }
        if let shard = options.shard, scenarios.isEmpty, !plan.isEmpty {
            throw RunError(
                "The shard \(shard) has nothing to run: the plan has \(plan.count) scenarios.",
                remedy: "Use at most \(plan.count) shards.")
        }
        let running = Set(scenarios.map(\.id))
        guard !scenarios.isEmpty else {
            throw Self.nothingToRun(
                selected, all: all, judged: profiles.map(\.id), features: features, options: options)
        }
        parameters = try Self.parameters(of: scenarios, options)
        leftOut = owed.map(\.id).filter { !running.contains($0) && !excluded.contains($0) }
    }

    /// Throws with everything that is missing or wrong at once.
    private static func parameters(
        of scenarios: [Scenario], _ options: RunOptions
    ) throws -> [String: [String: String]] {
        var values: [String: [String: String]] = [:]
        var problems: [String] = []
        for scenario in scenarios {
            for parameter in scenario.parameters {
                do throws(ParameterError) {
                    let value = try parameter.value(given: options.parameters, environment: options.environment)
                    if let value {
                        values[scenario.id, default: [:]][parameter.name] = value
                        continue
                    }
                    let variable = parameter.environment.map { ", or set \($0) in the environment" } ?? ""
                    problems.append(
                        "\(scenario.id) needs `\(parameter.name)`: give --parameter \(parameter.name)=…\(variable)")
                } catch {
                    problems.append("\(scenario.id): \(error)")
                }
            }
        }
        let known = Set(scenarios.flatMap { $0.parameters.map(\.name) })
        for name in options.parameters.keys.sorted() where !known.contains(name) {
            problems.append(
                "no scenario of this run has a parameter `\(name)`"
                    + (known.isEmpty ? "" : "; known: \(known.sorted().joined(separator: ", "))"))
        }
        guard problems.isEmpty else {
            throw RunError("Parameters are missing or wrong.", remedy: problems.joined(separator: "\n  = "))
        }
        return values
    }

    /// Says which question came to nothing: a run that checks nothing is never green.
    private static func nothingToRun(
        _ selected: [Scenario], all: [Scenario], judged: [String], features: [String: Bool], options: RunOptions
    ) -> RunError {
        if let first = selected.first {
            let missing = first.requires.filter { features[$0] != true }
            return RunError(
                "None of the \(selected.count) selected scenarios applies: \(first.id) needs \(missing.joined(separator: ", ")), which the deployment does not claim.",
                remedy: "Claim the feature under claims.features, or select other scenarios.")
        }
        let asked = all.filter { options.selects($0) }
        let profiles = Set(asked.flatMap(\.profiles)).sorted()
        return RunError(
            "None of the \(asked.count) scenarios applies: they belong to \(profiles.joined(separator: ", ")), and \(judged.joined(separator: ", ")) is judged.",
            remedy: "Ask for another --profile, claim theirs in the deployment file, or select other scenarios.")
    }
}

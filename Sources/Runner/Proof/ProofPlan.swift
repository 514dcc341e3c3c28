// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import Judge
internal import Ledger
internal import ScenarioLanguage
internal import World

/// Which scenarios are run against which defect.
struct ProofPlan {
    /// Scenarios that one start of the connector is run through.
    struct Part {
        /// Nil: as the deployment claims; else the edition that is judged alone.
        let edition: String?
        let scenarios: [String]
    }

    struct Entry {
        let defect: DefectEntry
        /// Scenarios that have its check, or that it is named for.
        let named: Set<String>
        /// Others that judge the same rows, and those that are drawn: run where the connector comes to the defect's place.
        let others: Set<String>
        /// Why nothing can be seen of it where sources are masked; nil: it is run.
        let hidden: String?
    }

    let entries: [Entry]
    /// What the honest connector is run through: everything, or what the chosen defects need.
    let honest: [Part]
    private let editions: [Part]
    /// Every `scenario/check` that is judged.
    let checks: [String]
    let isFull: Bool
    let isSelection: Bool

    /// Throws a `RunError` where a defect is unknown, its entry names a scenario or check that is not there, or nothing
    /// applies to the deployment.
    /// - Parameter masked: the deployment may lack what scenarios need: those are left out.
    init(
        scenarios all: [Scenario], deployment: Deployment, masked: Bool, options: ProofOptions, ledger: Ledger
    ) throws {
        var editions = try Self.editions(all, deployment: deployment, options: options, ledger: ledger)
        let claimed = Set(deployment.claims.features.filter(\.value).keys)
        func missing(_ scenario: Scenario) -> [String] {
            scenario.operations(claiming: claimed).filter { deployment.bindings[$0] == nil }
        }
        if masked {
            editions = editions.map { ($0.profile, $0.scenarios.filter { missing($0).isEmpty }) }
        }
        let judged = editions.flatMap(\.scenarios)
        let usual = Set(editions.first?.scenarios.map(\.id) ?? [])
        for id in options.defects where ledger.defect(id) == nil {
            let guess = Mistakes.suggestion(for: id, among: ledger.defects.map(\.id))
            throw RunError("There is no defect \(id).", remedy: guess ?? "`assay list defects` names them.")
        }
        let chosen = ledger.defects.filter { options.defects.isEmpty || options.defects.contains($0.id) }
        guard !chosen.isEmpty else {
            throw RunError("There is no defect to prove anything with.", remedy: "Scenarios/defects.yaml names them.")
        }
        let isFull = options.sample >= 100
        let isSelection = !options.defects.isEmpty
        self.editions = editions.map { Part(edition: $0.profile, scenarios: $0.scenarios.map(\.id)) }
        let entries = try chosen.map { defect in
            let (named, related) = try Self.concerned(
                by: defect, judged: judged, usual: usual, all: all, ledger: ledger)
            let concerned = named.union(related)
            var others = judged.map(\.id).filter { !concerned.contains($0) && (isFull || usual.contains($0)) }
            if !isFull {
                var random = options.seed.plan("prove", defect.id)
                others.shuffle(using: &random)
                others = Array(others.prefix(Self.drawn(options.sample, of: others.count)))
            }
            return Entry(
                defect: defect, named: named, others: related.subtracting(named).union(others),
                hidden: masked ? Self.hidden(defect, judged: judged, all: all, missing: missing) : nil)
        }
        self.entries = entries
        self.isFull = isFull
        self.isSelection = isSelection
        let needed = Set(entries.filter { $0.hidden == nil }.flatMap { $0.named.union($0.others) })
        honest = Self.parts(self.editions, isSelection ? needed : Set(judged.map(\.id)))
        checks = judged.flatMap { scenario in
            var names: [String] = []
            for check in scenario.verifies.flatMap(\.checks) where !names.contains(check) { names.append(check) }
            return names.map { "\(scenario.id)/\($0)" }
        }
    }

    /// So many scenarios, by the edition of the connector they are run against.
    func parts(_ wanted: Set<String>) -> [Part] { Self.parts(editions, wanted) }

    private static func parts(_ editions: [Part], _ wanted: Set<String>) -> [Part] {
        editions.compactMap { edition in
            let scenarios = edition.scenarios.filter(wanted.contains)
            return scenarios.isEmpty ? nil : Part(edition: edition.edition, scenarios: scenarios)
        }
    }

    /// How many of so many, to the nearest; of few at least one.
    private static func drawn(_ percent: Int, of count: Int) -> Int {
        percent == 0 ? 0 : max(1, (count * percent + 50) / 100)
    }

    /// Why no scenario that is judged has the expected check; nil where one has.
    private static func hidden(
        _ defect: DefectEntry, judged: [Scenario], all: [Scenario], missing: (Scenario) -> [String]
    ) -> String? {
        guard let holder = holders(of: defect.expected, in: all).first,
            holders(of: defect.expected, in: judged).isEmpty
        else { return nil }
        let operations = missing(holder)
        return operations.isEmpty
            ? "the deployment claims no profile or feature that \(holder.id) is for"
            : "the deployment has no binding for \(operations.joined(separator: ", ")), without which \(holder.id) cannot be driven"
    }

    /// The scenarios that have the expected check.
    private static func holders(of expected: DefectEntry.Expected, in scenarios: [Scenario]) -> [Scenario] {
        scenarios.filter { scenario in
            expected.means(scenario.id) && scenario.verifies.contains { $0.checks.contains(expected.check) }
        }
    }

    /// What is judged of the connector as it usually runs, then of each edition what no one before it shows.
    private static func editions(
        _ all: [Scenario], deployment: Deployment, options: ProofOptions, ledger: Ledger
    ) throws -> [(profile: String?, scenarios: [Scenario])] {
        let options = RunOptions(seed: options.seed, folder: options.folder, binaries: options.binaries)
        var found: [(profile: String?, scenarios: [Scenario])] = [
            (nil, try RunPlan(scenarios: all, deployment: deployment, options: options, ledger: ledger).scenarios)
        ]
        for profile in deployment.claims.editions.keys.sorted() {
            let plan = try RunPlan(
                scenarios: all, deployment: deployment.judged(by: profile), options: options, ledger: ledger)
            let seen = Set(found.flatMap { $0.scenarios.map(\.id) })
            let more = plan.scenarios.filter { !seen.contains($0.id) }
            if !more.isEmpty { found.append((profile, more)) }
        }
        return found
    }

    /// The scenarios that have the expected check, are named in the defect's entry or have a check that it is named for in
    /// `kills.yaml`; and those that judge the rows of the expected check.
    private static func concerned(
        by defect: DefectEntry, judged: [Scenario], usual: Set<String>, all: [Scenario], ledger: Ledger
    ) throws -> (named: Set<String>, related: Set<String>) {
        let expected = defect.expected
        let holders = holders(of: expected, in: all)
        // What is looked at in every exchange of a run shows wherever the exchange does.
        let isRunCheck = expected.scenario == "run" || KnownRunChecks.contains(expected.check)
        guard !holders.isEmpty || isRunCheck else {
            throw RunError(
                "The defect \(defect.id) expects \(expected.scenario.map { $0 + "/" } ?? "")\(expected.check), which no scenario has.",
                remedy: "Mend its entry in Scenarios/defects.yaml.")
        }
        let known = Set(judged.map(\.id))
        var named = Set(holders.map(\.id)).union(defect.showsIn)
        if holders.isEmpty, let scenario = expected.scenario, scenario != "run" { named.insert(scenario) }
        for (check, killer) in ledger.kills where killer == defect.id {
            named.insert(String(check.prefix { $0 != "/" }))
        }
        named.formIntersection(known)
        let rows = Set(holders.flatMap { $0.requirements(of: expected.check) })
        let related = judged.filter { scenario in scenario.verifies.contains { rows.contains($0.requirement) } }
        // Nobody says where it shows: everything is looked at.
        return (named, named.isEmpty && related.isEmpty ? usual : Set(related.map(\.id)))
    }
}

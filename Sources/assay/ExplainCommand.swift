// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Judge
import Ledger
import ProtocolRules
import ScenarioLanguage
import SourceText
import Trace
import Value

/// `assay explain`: what an id or a word means, where it comes from and what to do about it.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a requirement, check, defect, scenario, profile, verdict, reason or kind of event.",
        discussion: """
            For example `assay explain SMS-06`, `assay explain sms.sent`, `assay explain inconclusive`.

            Exit codes: 0 explained, 3 nothing of that name, 64 misuse.
            """)

    @Argument(help: "The id or word.")
    var id: String

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Flag(help: "Print JSON: an array, since a word may mean several things.")
    var json = false

    func run() throws {
        let suite: Suite
        do { suite = try Suite.load(data: data, paths: []) } catch {
            Console.error("\(error)")
            throw ExitCode(3)
        }
        let book = ExplanationBook(suite: suite)
        let found = book.find(id)
        guard !found.isEmpty else {
            let guess = nearestWord(to: id, in: book.ids).map { "Did you mean \($0)?" }
            Console.error(
                "There is nothing called \(id).\n  = \(guess ?? "`assay list` names requirements, scenarios, profiles and defects.")"
            )
            throw ExitCode(3)
        }
        if json {
            Console.print(Value.array(found.map(\.value)).json(pretty: true))
        } else {
            Console.print(found.map { $0.lines.joined(separator: "\n") }.joined(separator: "\n\n"))
        }
    }
}

/// Everything that can be explained.
struct ExplanationBook {
    let suite: Suite

    /// All ids there are, for suggestions.
    var ids: [String] {
        suite.ledger.requirements.map(\.id) + suite.ledger.statements.map(\.id) + suite.ledger.defects.map(\.id)
            + suite.ledger.profiles.map(\.id)
            + suite.scenarios.map(\.id) + suite.scenarios.flatMap { $0.verifies.flatMap(\.checks) }
            + ProtocolRules.all.map { "protocol." + $0.id } + RunChecks.all.map(\.id) + VerdictWords.all.map(\.id)
            + EventVocabulary.types.map(\.kind)
    }

    /// Whatever has that name, letter case aside.
    func find(_ id: String) -> [Explanation] {
        let word = id.lowercased()
        var found = suite.ledger.requirements.filter { $0.id.lowercased() == word }.map(requirement)
        found += suite.ledger.statements.filter { $0.id.lowercased() == word }.map(statement)
        found += suite.ledger.defects.filter { $0.id == word }.map(defect)
        found += suite.ledger.profiles.filter { $0.id == word }.map(profile)
        found += suite.scenarios.filter { $0.isCalled(id) || $0.id.lowercased() == word }.map(scenario)
        found += checks(word)
        found += ProtocolRules.all.filter { "protocol." + $0.id == word || $0.id == word }.map(rule)
        found += RunChecks.all.filter { $0.id == word || "run/" + $0.id == word }
        found += VerdictWords.all.filter { $0.id == word }
        found += EventVocabulary.types.filter { $0.kind == word }.map(event)
        return found
    }

    private func requirement(_ row: Requirement) -> Explanation {
        let level =
            switch row.level {
            case .must: "M: a source page states it"
            case .should: "S: a source page recommends it"
            case .engineering: "E: no page states it, the field needs it"
            }
        let coverage = RequirementCoverage(row.id, suite)
        return Explanation(row.id, "requirement", row.sentence)
            .adding("level", level)
            .adding("source", row.sources.map(\.title))
            .adding("profiles", row.profiles.joined(separator: ", "))
            .adding("observed", "\(row.observable) (\(row.observability.rawValue))")
            .adding("limits", row.limits)
            .adding("stated as", suite.ledger.statements(of: row.id).map { "\($0.id) (\($0.section)): \($0.says)" })
            .adding("checks", coverage.checks)
            .adding("defects", coverage.defects.map(\.id))
            .adding(
                "how to fix",
                coverage.scenarios.first.map {
                    "make the connector do what the sentence says; `assay run --only \($0)` shows it"
                })
    }

    private func statement(_ statement: Statement) -> Explanation {
        var explanation = Explanation(statement.id, "statement of a source page", statement.says)
            .adding("section", statement.section).adding("source", statement.pages.map(\.title))
            .adding("judged by", statement.rows.map { "\($0): \(suite.ledger.requirement($0)?.sentence ?? "")" })
        if case .not(let reason) = statement.judged { explanation = explanation.adding("not judged", reason) }
        return explanation
    }

    private func defect(_ entry: DefectEntry) -> Explanation {
        Explanation(entry.id, "defect of the reference connector", entry.story)
            .adding("area", entry.area).adding("source", entry.source)
            .adding(
                "killed by",
                "\(entry.expected.scenario ?? "any scenario")/\(entry.expected.check): \(entry.expected.reason)"
            )
            .adding("observed", observed(entry))
            .adding(
                "how to fix",
                "a connector that fails so: do what the requirement says (`assay explain \(requirement(of: entry) ?? "ID")`)"
            )
            .adding(
                "see it", "assay run --defect \(entry.id)" + (entry.expected.scenario.map { " --only \($0)" } ?? ""))
    }

    /// What the requirements of the check that finds it look at.
    private func observed(_ entry: DefectEntry) -> [String] {
        let rows = killing(entry).flatMap { $0.requirements(of: entry.expected.check) }
        return Set(rows).sorted().compactMap { suite.ledger.requirement($0) }.map { "\($0.id): \($0.observable)" }
    }

    private func requirement(of entry: DefectEntry) -> String? {
        killing(entry).first?.requirements(of: entry.expected.check).first
    }

    private func killing(_ entry: DefectEntry) -> [Scenario] {
        suite.scenarios.filter { scenario in
            scenario.isCalled(entry.expected.scenario ?? scenario.id)
                && !scenario.requirements(of: entry.expected.check).isEmpty
        }
    }

    private func profile(_ profile: Profile) -> Explanation {
        Explanation(profile.id, "profile", profile.title)
            .adding("vendor", profile.vendor).adding("edition", profile.edition)
            .adding("source", profile.sources.map(\.title))
            .adding("requirements", "\(profile.mandatory.count) at level M, \(profile.engineering.count) at level E")
            .adding("features", profile.features.map { "\($0.name): \($0.status.rawValue)" })
            .adding("scenarios", suite.scenarios.filter { $0.profiles.contains(profile.id) }.map(\.id))
    }

    private func scenario(_ scenario: Scenario) -> Explanation {
        let checks = scenario.verifies.map { "\($0.requirement): \($0.checks.joined(separator: ", "))" }
        return Explanation(scenario.id, "scenario", scenario.title)
            .adding("notes", scenario.notes).adding("profiles", scenario.profiles.joined(separator: ", "))
            .adding("requires", scenario.requires.joined(separator: ", ")).adding("verifies", checks)
            .adding("file", scenario.file.path).adding("see it", "assay run --only \(scenario.id)")
    }

    /// A check of one scenario, named alone or as `scenario/check`.
    private func checks(_ word: String) -> [Explanation] {
        let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
        let name = parts.last ?? word
        return suite.scenarios.filter { parts.count == 1 || $0.isCalled(parts[0]) || $0.id.lowercased() == parts[0] }
            .compactMap { scenario in
                let rows = scenario.requirements(of: name).compactMap(suite.ledger.requirement)
                guard !rows.isEmpty else { return nil }
                let defects = suite.ledger.defects.filter {
                    $0.expected.check == name && scenario.isCalled($0.expected.scenario ?? scenario.id)
                }
                return Explanation(
                    "\(scenario.id)/\(name)", "check", rows.map { "\($0.id): \($0.sentence)" }.joined(separator: " ")
                )
                .adding("observed", rows.map(\.observable))
                .adding("source", Set(rows.flatMap(\.sources).map(\.title)).sorted())
                .adding("scenario", "\(scenario.title) (\(scenario.file.path))")
                .adding("defects", defects.map { "\($0.id): \($0.story)" })
                .adding(
                    "how to fix",
                    "compare expected and actual in the report; `assay run --only \(scenario.id)` repeats it")
            }
    }

    private func rule(_ rule: ProtocolRule) -> Explanation {
        Explanation(
            "protocol." + rule.id, rule.isAdvice ? "advice of a protocol" : "check of every exchange", rule.statement
        )
        .adding("protocol", rule.family.rawValue)
        .adding("requirement", rule.requirement.map { "\($0): \(suite.ledger.requirement($0)?.sentence ?? "")" })
        .adding("source", rule.mark.meaning)
        .adding(
            "defects",
            suite.ledger.defects.filter { $0.expected.check == "protocol." + rule.id }.map { "\($0.id): \($0.story)" })
    }

    private func event(_ type: EventType) -> Explanation {
        let fields = type.fields.map { field in
            "\(field.name): \(field.type.rawValue)"
                + (field.words.isEmpty ? "" : " (\(field.words.joined(separator: ", ")))")
        }
        return Explanation(type.kind, "kind of event", type.meaning)
            .adding("from", type.emitter.rawValue).adding("fields", fields)
    }
}

/// Checks that belong to the whole run.
enum RunChecks {
    static let all = [
        Explanation(
            "traffic-only-to-known-parties", "check of the whole run", "The connector sends nothing to a stranger."
        )
        .adding("requirement", "PRI-02")
        .adding("observed", "what the mocks get on unknown paths, and what the egress proxy is asked for")
        .adding(
            "how to fix",
            "the evidence names host and message; stop sending there, or let the deployment observe egress"),
        Explanation("connector-stays-up", "check of the whole run", "The connector runs until the harness ends it.")
            .adding("how to fix", "read its standard error in the run's folder, under connector/"),
        Explanation(
            "trace-complete", "check of the whole run", "The record has its footer and every world was drained."
        )
        .adding("how to fix", "run again and let it end; a killed run is never judged as a whole"),
        Explanation(
            "privacy.seed-policy", "check of the whole run", "Every appearance of a planted value is where it may be."
        )
        .adding("requirement", "PRI-01, PRI-02")
        .adding(
            "how to fix",
            "each leak names class, surface, encoding and the message that brought the value; see docs/privacy.md"),
    ]
}

extension SourceMark {
    var meaning: String {
        switch self {
        case .verified: "read in the standard's or the vendor's own document"
        case .secondary: "read in somebody's code, fixture or article"
        case .unverified: "no source found, or the sources disagree: never more than advice"
        case .engineering: "engineering judgement"
        }
    }
}

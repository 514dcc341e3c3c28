// SPDX-License-Identifier: Apache-2.0

package import Judge
internal import Runner
package import ScenarioLanguage
package import SourceText
internal import Trace
internal import Value
internal import World

/// Walks at random through what people, EHR and network can do, and shrinks whatever goes wrong to a small scenario.
package struct Explorer: Sendable {
    /// How far it goes: whichever bound comes first.
    package struct Bounds: Sendable {
        /// Walks in all.
        package var runs: Int?
        package var time: Duration?
        /// Ends with the first failure.
        package var endsAtFirst: Bool

        package init(runs: Int?, time: Duration?, endsAtFirst: Bool) {
            self.runs = runs
            self.time = time
            self.endsAtFirst = endsAtFirst
        }
    }

    /// A failure that no earlier one of this exploration is the same as.
    package struct Found: Sendable {
        /// The check without its number: what kinds of failure are told apart by.
        package let name: String
        package let sign: FailureSign
        package let vendor: String
        /// Number of the walk that showed it first.
        package let walk: Int
        package let walkText: String
        /// The least that fails the same; nil where shrinking lost it.
        package let least: Least?
        package let message: String
    }

    /// What is left of a walk that failed: it fails the same check for the same reason.
    package struct Least: Sendable {
        package let scenario: Scenario
        package let text: String
        /// Steps of the walk's file and of this one.
        package let steps: (before: Int, after: Int)
        package let moves: [VisitMove]
        package let sign: FailureSign
    }

    /// All that was seen.
    package struct Report: Sendable {
        package internal(set) var runs = 0
        package internal(set) var found: [Found] = []
        /// Walks by the number of those whose scenario could not be carried to its end, and why.
        package internal(set) var unfinished: [(walk: Int, reason: String)] = []
        /// Checks that ended in an error of the harness.
        package internal(set) var troubles: [(walk: Int, text: String)] = []
        package internal(set) var checks = VerdictCounts()
        package internal(set) var coverage: [String: (seen: ExplorationCoverage, reachable: ExplorationCoverage)] = [:]
        /// True where neither bound was reached: somebody stopped it.
        package internal(set) var wasInterrupted = false
    }

    /// What happens meanwhile, for whoever shows it.
    package enum Progress: Sendable {
        case walked(runs: Int, failures: Int)
        case failure(name: String, walk: Int, message: String)
        case shrinking(String)
        /// The failure as it is kept.
        case found(Found)
    }

    private let trial: Trial
    private let reference: Trial?
    private let makers: [WalkMaker]
    private let procedures: [SourceFile]
    private let batch: Int

    /// - Parameters:
    ///   - reference: an honest connector to compare parts of a walk with.
    ///   - batch: how many walks share one start of the connector.
    package init(_ trial: Trial, reference: Trial?, makers: [WalkMaker], procedures: [SourceFile], batch: Int = 24) {
        self.trial = trial
        self.reference = reference
        self.makers = makers
        self.procedures = procedures
        self.batch = batch
    }

    package func explore(
        _ bounds: Bounds, progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> Report {
        let start = ContinuousClock.now
        var report = Report()
        for maker in makers {
            report.coverage[maker.vendor.rawValue] = (ExplorationCoverage(), .reachable(maker))
        }
        var number = 0
        while !isOver(report, bounds, since: start) {
            if trial.options.interruption.reason != nil {
                report.wasInterrupted = true
                break
            }
            let wanted = min(batch, bounds.runs.map { $0 - report.runs } ?? batch)
            var walks: [(number: Int, walk: VisitWalk, scenario: Scenario)] = []
            for _ in 0..<wanted {
                number += 1
                let maker = makers[number % makers.count]
                let walk = maker.walk(number)
                let id = "explore-\(maker.vendor.rawValue)-\(number)"
                let scenario = try walk.draft(id: id, profile: maker.profile)
                    .scenario(path: "\(id).yaml", ledger: trial.ledger, procedures: procedures)
                walks.append((number, walk, scenario))
            }
            let endings: [Trial.Ending]
            do { endings = try await trial.run(walks.map(\.scenario), name: "walks") } catch {
                guard trial.options.interruption.reason != nil else { throw error }
                report.wasInterrupted = true
                break
            }
            let byID = Dictionary(endings.map { ($0.scenario.id, $0) }, uniquingKeysWith: { first, _ in first })
            for (number, walk, scenario) in walks {
                guard let ending = byID[scenario.id] else { continue }
                report.add(ending, walk, number)
                try await look(at: ending, of: walk, number, into: &report, bounds, since: start, progress)
            }
            progress(.walked(runs: report.runs, failures: report.found.count))
        }
        return report
    }

    private func isOver(_ report: Report, _ bounds: Bounds, since start: ContinuousClock.Instant) -> Bool {
        if let runs = bounds.runs, report.runs >= runs { return true }
        if let time = bounds.time, ContinuousClock.now - start >= time { return true }
        return bounds.endsAtFirst && !report.found.isEmpty
    }

    private func look(
        at ending: Trial.Ending, of walk: VisitWalk, _ number: Int, into report: inout Report, _ bounds: Bounds,
        since start: ContinuousClock.Instant, _ progress: @escaping @Sendable (Progress) -> Void
    ) async throws {
        for sign in ending.signs {
            let name = Self.name(of: sign)
            if report.found.contains(where: { $0.name == name }) || (bounds.endsAtFirst && !report.found.isEmpty) {
                continue
            }
            let message = ending.check(sign).map { "\($0.message) \($0.actual)" } ?? ""
            progress(.failure(name: name, walk: number, message: message))
            let shrinker = WalkShrinker(
                trial: trial, reference: reference, maker: makers[number % makers.count], procedures: procedures
            ) { progress(.shrinking($0)) }
            let vendor = ending.scenario.world.vendor.rawValue
            let id = "found-\(vendor)-" + Self.plain(name)
            let least = try await shrinker.shrink(walk, ending.scenario, for: sign, name: name, id: id)
            let found = Found(
                name: name, sign: sign, vendor: vendor, walk: number, walkText: ending.scenario.file.text, least: least,
                message: message)
            report.found.append(found)
            progress(.found(found))
        }
    }

    /// `no-message-too-many-ann-1` is `no-message-too-many`: which patient and which time does not matter.
    static func name(of sign: FailureSign) -> String {
        var parts = sign.check.split(separator: "-").map(String.init)
        while let last = parts.last, !sign.isOfRun,
            Int(last) != nil || ["ann", "bea", "visit", "second"].contains(last)
        {
            // A name that ends in such a word by itself keeps it: `told-of-the-visit`.
            if Int(last) == nil, ["the", "own"].contains(parts.dropLast().last ?? "") { break }
            parts.removeLast()
        }
        return (sign.isOfRun ? "run/" : "") + parts.joined(separator: "-")
    }

    static func plain(_ text: String) -> String {
        let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.joined(separator: "-")
    }
}

extension Explorer.Report {
    fileprivate mutating func add(_ ending: Trial.Ending, _ walk: VisitWalk, _ number: Int) {
        runs += 1
        for check in ending.result.checks { checks.add(check.verdict) }
        for trouble in ending.troubles { troubles.append((number, "\(trouble.check): \(trouble.message)")) }
        if ending.result.outcome == "completed" {
            coverage[ending.scenario.world.vendor.rawValue]?.seen.add(walk)
        } else {
            let reason = ending.trace.events.last { $0.kind == "scenario.finished" }?["reason"]?.string ?? ""
            unfinished.append((number, reason))
        }
    }
}

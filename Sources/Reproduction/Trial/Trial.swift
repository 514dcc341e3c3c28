// SPDX-License-Identifier: Apache-2.0

package import Connector
package import Foundation
package import Judge
package import Ledger
package import Runner
package import ScenarioLanguage
package import Trace
internal import Value
internal import World

/// Runs scenarios on one connector, a batch at a time, and tells of each by itself how it ended: each batch has a connector
/// process, mocks and a journal of its own, each scenario a world.
package struct Trial: Sendable {
    /// How one scenario of a batch ended.
    package struct Ending: Sendable {
        package let scenario: Scenario
        package let result: ScenarioResult
        /// Judged over this scenario's messages alone.
        package let runChecks: [CheckResult]
        /// Its own world, with the run's lane.
        package let trace: Trace

        /// Every failure, those of the scenario's own checks first.
        package var signs: [FailureSign] {
            result.checks.compactMap { FailureSign($0, isOfRun: false, in: trace) }
                + runChecks.compactMap { FailureSign($0, isOfRun: true, in: trace) }
        }

        /// What ended in an error of the harness: no failure of the connector.
        package var troubles: [CheckResult] { (result.checks + runChecks).filter { $0.verdict == .error } }

        package func check(_ sign: FailureSign) -> CheckResult? {
            (sign.isOfRun ? runChecks : result.checks).first { $0.check == sign.check }
        }

        package func shows(_ sign: FailureSign) -> Bool { signs.contains { sign.isSame(as: $0) } }
    }

    package let suiteVersion: String
    package let ledger: Ledger
    package let policies: [String: FlowPolicy]
    package let deployment: Deployment
    /// Folder, seed and selection are set anew for each batch.
    package let options: RunOptions
    /// Where each batch gets a folder of its own, removed afterwards.
    package let workshop: URL

    package init(
        suiteVersion: String, ledger: Ledger, policies: [String: FlowPolicy], deployment: Deployment,
        options: RunOptions, workshop: URL
    ) {
        self.suiteVersion = suiteVersion
        self.ledger = ledger
        self.policies = policies
        self.deployment = deployment
        self.options = options
        self.workshop = workshop
    }

    /// Runs them; the endings are in the order given. Throws where nothing could be run at all.
    package func run(_ scenarios: [Scenario], name: String) async throws -> [Ending] {
        guard !scenarios.isEmpty else { return [] }
        let folder = workshop.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var own = RunOptions(
            seed: options.seed, jobs: options.jobs, strict: true, parameters: options.parameters,
            environment: options.environment, defects: options.defects, variants: options.variants, folder: folder,
            scenarioLimit: options.scenarioLimit, binaries: options.binaries,
            interruption: options.interruption.makeChild(),
            desk: options.desk)
        own.deploymentFile = options.deploymentFile
        let session = RunSession(
            suiteVersion: suiteVersion, ledger: ledger, scenarios: scenarios, policies: policies,
            deployment: deployment, options: own, isSelection: true)
        let outcome = try await session.run { _ in }
        if let reason = options.interruption.reason { throw RunError(reason, remedy: "What was found so far is kept.") }
        return try endings(of: scenarios, in: outcome.trace)
    }

    /// How each scenario of a record ended, judged by itself; those that were not run are left out.
    package func endings(of scenarios: [Scenario], in trace: Trace) throws -> [Ending] {
        // What somebody of another world asked for is there for that world alone to explain.
        let entered = Self.addresses(in: trace)
        let lane = trace.events.filter { event in
            guard event.world == nil else { return false }
            let url = event.kind == "traffic.unexpected" ? event["url"]?.string : nil
            return !entered.contains { url?.hasPrefix($0) ?? false }
        }
        let worlds = Dictionary(grouping: trace.events.filter { $0.world != nil }, by: \.world)
        var places: [String: WorldID] = [:]
        for event in trace.events where event.kind == "world.opened" {
            if let id = event["scenario"]?.string, let world = event.world { places[id] = world }
        }
        return try scenarios.compactMap { scenario in
            guard let world = places[scenario.id] else { return nil }
            let events = ((worlds[world] ?? []) + lane).sorted { $0.seq < $1.seq }
            let own = Trace(
                header: trace.header, events: events, bodies: trace.bodies, isComplete: trace.isComplete)
            var context = try RunHeader.context(
                of: own, ledger: ledger, policies: policies, suiteVersion: suiteVersion)
            context.planned = [scenario.id]
            let results = Judge.judge(trace: own, scenarios: [scenario], context: context)
            guard let result = results.scenarios.first else { return nil }
            return Ending(scenario: scenario, result: result, runChecks: results.runChecks, trace: own)
        }
    }

    /// Addresses that people gave the connector, of every world.
    private static func addresses(in trace: Trace) -> [String] {
        trace.events.filter { $0.kind == "operation.started" }
            .flatMap { event in (event["arguments"]?.members ?? Members()).compactMap(\.value.string) }
            .filter { $0.contains("://") }
    }
}

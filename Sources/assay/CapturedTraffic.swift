// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import Judge
import Ledger
import Trace

/// A HAR from the field: messages without a run around them.
struct CapturedTraffic {
    let file: HARFile

    /// Nil where the place is no HAR. Throws where it looks like one and cannot be read.
    init?(at url: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), !isFolder.boolValue,
            let data = try? Data(contentsOf: url, options: .mappedIfSafe), HARReader.isHAR(data)
        else { return nil }
        file = try HARReader.read(data)
        guard !file.entries.isEmpty else {
            throw Mistaken(
                "\(url.path) holds no exchange.\n  = Record while the visit happens, and export everything.")
        }
    }

    /// What can be judged of it: protocol rules and the flow of what the EHR said.
    /// - Parameter deployment: tells which host is the connector, and what it claims.
    func judged(by suite: Suite, deployment: Deployment?, profile: String?) throws -> RunResults {
        var connector: [String] = []
        if case .url(let template)? = deployment?.reach { connector = [try template.resolved([:])] }
        let capture = CaptureTrace(file, connector: connector)
        var context = JudgeContext(
            suiteVersion: SuiteVersion.text, seed: 0, nonce: "", requirements: suite.ledger.requirements)
        if let profile {
            guard let entry = suite.ledger.profile(profile) else {
                throw Mistaken(
                    "There is no profile \(profile).\n  = Known: \(suite.ledger.profiles.map(\.id).joined(separator: ", "))."
                )
            }
            context.profile = profile
            context.profiles = [entry]
        }
        context.isCapture = true
        context.isSelection = true
        context.observesEgress = false
        context.planned = []
        context.policies = suite.policies
        context.claimedProfiles = deployment?.claims.profiles ?? []
        context.claimedFeatures = deployment.map { Set($0.claims.features.filter(\.value).keys) }
        context.deployment = deployment?.id ?? "none: a capture by \(file.creator)"
        context.connector = deployment?.title ?? "the connector of the capture"
        var results = Judge.judge(trace: capture.trace, scenarios: [], context: context)
        results.conditions = capture.conditions + Self.areas(of: results)
        return results
    }

    /// What was there to be judged, by area: `launch: 14 rules kept or broken, 6 saw nothing`.
    private static func areas(of results: RunResults) -> [String] {
        let areas = [
            ("smart", "Launch"), ("fhir", "FHIR and writeback"), ("graph", "Graph"), ("sms", "SMS"), ("http", "Pages"),
        ]
        return areas.map { family, name in
            let checks = results.runChecks.filter { $0.check.hasPrefix("protocol.\(family)-") }
            let silent = checks.filter { $0.verdict == .notApplicable }
            guard silent.count < checks.count else {
                return "\(name): not judged, the capture holds nothing of the kind."
            }
            return "\(name): \(checks.count - silent.count) of \(checks.count) rules had something to judge."
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Connector
package import Judge
package import Ledger
internal import ScenarioLanguage
package import Trace
package import Value
internal import World

/// What the header of a trace says of its run: with it the record can be judged again without connector, deployment file
/// or command line.
package enum RunHeader {
    static func members(
        _ plan: RunPlan, deployment: Deployment, options: RunOptions, suiteVersion: String, isSelection: Bool,
        started: Instant
    ) -> Members {
        func texts(_ list: [String]) -> Value { .array(list.map { .string($0) }) }
        return [
            "suite": .string(suiteVersion), "seed": .string(String(options.seed.seed)),
            "nonce": .string(options.seed.nonce), "deployment": .string(deployment.id),
            "deployment-file": Value(options.deploymentFile),
            "profile": Value(options.profile),
            "profile-hashes": .object(
                Members(
                    plan.profiles.compactMap { profile in
                        options.profileHashes[profile.id].map { (profile.id, .string($0)) }
                    })),
            "defects": texts(options.defects), "variants": texts(options.variants),
            "scenarios": texts(plan.scenarios.map(\.id)), "shard": Value(options.shard?.description),
            "plan": options.shard == nil ? .null : texts(plan.whole),
            "plan-is-selection": options.shard == nil ? .null : .bool(isSelection),
            "strict": .bool(options.strict), "selection": .bool(isSelection || !plan.leftOut.isEmpty),
            "claimed-profiles": texts(deployment.claims.profiles),
            "claimed-features": texts(deployment.claims.features.filter(\.value).keys.sorted()),
            "unobserved": texts(DeploymentSight.unobserved(deployment).sorted()),
            "uncarried": texts(DeploymentSight.uncarried(deployment).sorted()),
            "channels": texts(DeploymentSight.channels(deployment).map(\.rawValue).sorted()),
            "conditions": texts(DeploymentSight.conditions(deployment)),
            "connector-fingerprint": options.fingerprint.isEmpty ? .null : .object(options.fingerprint),
            "observes-egress": .bool(deployment.egress != .unobserved),
            "own-services": texts(deployment.ownServices), "started": .string(started.description),
        ]
    }

    /// Ids of the scenarios that were planned, in their order.
    package static func planned(_ header: Members) -> [String] {
        (header["scenarios"]?.array ?? []).compactMap(\.string)
    }

    /// Whether the header says what was claimed; those of earlier versions do not.
    package static func isSelfContained(_ header: Members) -> Bool { header["claimed-profiles"]?.array != nil }

    /// What the judge must know beside the trace. Throws a `RunError` where the header names a profile the ledger does
    /// not have.
    /// - Parameter suiteVersion: of the rules that judge, which may be newer than the record.
    package static func context(
        of trace: Trace, ledger: Ledger, policies: [String: FlowPolicy], suiteVersion: String
    ) throws -> JudgeContext {
        let header = trace.header
        func texts(_ name: String) -> [String] { (header[name]?.array ?? []).compactMap(\.string) }
        func profile(_ id: String) throws -> Profile {
            guard let profile = ledger.profile(id) else {
                throw RunError(
                    "There is no profile \(id).", remedy: "Known: \(ledger.profiles.map(\.id).joined(separator: ", "))."
                )
            }
            return profile
        }
        var context = JudgeContext(
            suiteVersion: suiteVersion, seed: header["seed"]?.string.flatMap(UInt64.init) ?? 0,
            nonce: header["nonce"]?.string ?? "", requirements: ledger.requirements)
        context.profile = header["profile"]?.string
        context.claimedProfiles = texts("claimed-profiles")
        context.profiles = try context.profile.map { [try profile($0)] } ?? context.claimedProfiles.map(profile)
        context.claimedFeatures = Set(texts("claimed-features"))
        context.isStrict = header["strict"]?.bool ?? false
        context.shard = header["shard"]?.string
        context.isSelection = header["selection"]?.bool ?? true
        context.planned = Set(planned(header))
        context.policies = policies
        context.observesEgress = header["observes-egress"]?.bool ?? false
        context.ownServices = texts("own-services")
        context.unobserved = Set(texts("unobserved"))
        context.uncarried = Set(texts("uncarried"))
        context.channels = Set(texts("channels"))
        context.conditions = texts("conditions")
        context.deployment = header["deployment"]?.string ?? ""
        context.connector =
            trace.events.first { $0.kind == "connector.ready" && $0["version"] != nil }?["version"]?.string ?? ""
        context.defects = texts("defects")
        context.started = header["started"]?.string.flatMap(Instant.init(rfc3339:))
        return context
    }
}

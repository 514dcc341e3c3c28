// SPDX-License-Identifier: Apache-2.0

package import Trace
package import Value
internal import World

/// Everything a certification rule can see of a run, as one JSON value (`docs/certification.md`).
package struct CertificationFacts: Sendable, Hashable {
    /// What the suite at hand owes the profile, and what is known of its checks.
    package struct Suite: Sendable, Hashable {
        /// Scenarios of the profile whose features the connector claims.
        package var required: [String]
        /// Features the profile makes mandatory.
        package var mandatoryFeatures: [String]
        /// How many checks of scenarios a run by the profile decides at least.
        package var minimumChecks = 0
        /// What the profile was frozen as; empty where it never was.
        package var profileHash = ""
        /// SHA-256 of `suite.sha256`.
        package var data = ""
        /// Every `scenario/check` that a defect is known to turn red (`Scenarios/kills.yaml`).
        package var kills: Set<String> = []

        package init(required: [String], mandatoryFeatures: [String]) {
            self.required = required
            self.mandatoryFeatures = mandatoryFeatures
        }
    }

    package let value: Value

    package init(_ value: Value) { self.value = value }

    /// - Parameters:
    ///   - profile: the one that is certified.
    ///   - results: `results.json`, as judged from `trace`.
    ///   - product: `product.json`.
    ///   - challenge: the programme's nonce; nil without a programme.
    package init(
        profile: String, trace: Trace, results: Value, product: Value, challenge: String?, suite: Suite,
        attachments: Attachments = Attachments()
    ) {
        let texts = Self.texts
        let seed = ChallengeSeed.seed(challenge: challenge, nonce: trace.header["nonce"]?.string ?? "")
        value = [
            "profile": .string(profile),
            "challenge": Value(challenge),
            "seed-that-follows": .string(String(seed)),
            "run": .object(trace.header),
            "trace": ["complete": .bool(trace.isComplete), "events": Value(trace.events.count)],
            "results": results,
            "product": product,
            "suite": [
                "required": texts(suite.required), "mandatory-features": texts(suite.mandatoryFeatures),
                "minimum-checks": Value(suite.minimumChecks), "profile-sha256": .string(suite.profileHash),
                "data": .string(suite.data),
            ],
            "doctor": attachments.doctor ?? .null,
            "profile-sha256": trace.header["profile-hashes"]?[profile] ?? .null,
            "baseline": [
                "entries": attachments.baseline?["entries"] ?? [],
                "declared": texts(
                    (product["known-failures"]?.string ?? "").split(whereSeparator: { $0 == "," || $0.isWhitespace })
                        .map(String.init)),
            ],
            "connector": Self.connector(trace),
            "kill-matrix": Self.killMatrix(results, suite, given: attachments.killMatrix),
        ]
    }

    private static func texts(_ list: [String]) -> Value { .array(list.map { .string($0) }) }

    /// What tells the connector from another: the versions it told, and what the header says of its program or key.
    private static func connector(_ trace: Trace) -> Value {
        var versions: [String] = []
        for event in trace.events where event.kind == "connector.ready" {
            guard let version = event["version"]?.string, !version.isEmpty, !versions.contains(version) else {
                continue
            }
            versions.append(version)
        }
        let fingerprint = trace.header["connector-fingerprint"]?.members ?? Members()
        return [
            "versions": texts(versions), "fingerprint": .object(fingerprint),
            "fingerprints": .array(fingerprint.map(\.value)),
        ]
    }

    /// Which requirements of level M rest on checks of scenarios of which no defect is known that turns them red.
    private static func killMatrix(_ results: Value, _ suite: Suite, given: Value?) -> Value {
        let scenarios = results["scenarios"]?.array ?? []
        var killers: Set<String> = []
        var rows: Set<String> = []
        for scenario in scenarios {
            for check in scenario["checks"]?.array ?? [] where check["verdict"] == "pass" && check["level"] == "M" {
                let name = "\(scenario["id"]?.string ?? "")/\(check["check"]?.string ?? "")"
                let requirements = (check["requirements"]?.array ?? []).compactMap(\.string)
                rows.formUnion(requirements)
                if suite.kills.contains(name) { killers.formUnion(requirements) }
            }
        }
        let proved = (results["requirements"]?.array ?? []).compactMap { row -> String? in
            guard row["level"] == "M", row["verdict"] == "pass", let id = row["id"]?.string, rows.contains(id) else {
                return nil
            }
            return id
        }
        var told = Value.null
        if let given {
            let members = ["suite-version", "suite-data", "proved", "full", "selection", "as-seen-by", "score"]
            told = .object(Members(members.map { ($0, given[$0] ?? .null) }))
        }
        let unproven = proved.filter { !killers.contains($0) }
        return ["requirements": texts(proved), "unproven": texts(unproven), "given": told]
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Value
package import World

/// `certificate.json`: what is certified, of whom, by which suite, and what it does not say.
package struct Certificate: Sendable, Hashable {
    package static let format = "assay-certificate/1"

    /// The fingerprint of a connector that is reached without TLS: the product file's word.
    package static let declaredArtifact = "declared-artifact"

    /// What was given to the run, beside what the run itself says.
    package struct Inputs: Sendable, Hashable {
        package var profile: String
        package var challenge: String?
        package var issued: Instant
        /// SHA-256 of `suite.sha256`.
        package var suiteData: String
        /// SHA-256 of the profile's file.
        package var profileFile: String
        /// SHA-256 of the deployment file.
        package var deploymentFile: String
        /// SHA-256 of the sealing executable.
        package var executable: String

        package init(
            profile: String, challenge: String?, issued: Instant, suiteData: String, profileFile: String,
            deploymentFile: String,
            executable: String
        ) {
            self.profile = profile
            self.challenge = challenge
            self.issued = issued
            self.suiteData = suiteData
            self.profileFile = profileFile
            self.deploymentFile = deploymentFile
            self.executable = executable
        }
    }

    package let inputs: Inputs
    package let rules: [RuleResult]
    package let value: Value

    /// Every rule that this version applies holds; what it does not apply is named, and does not hinder.
    package var isFull: Bool { Self.isFull(rules) }

    package init(_ inputs: Inputs, rules set: CertificationRules, facts: CertificationFacts) {
        self.inputs = inputs
        rules = set.decide(facts)
        let isFull = Self.isFull(rules)
        let results = facts.value["results"] ?? .null
        let requirements = results["requirements"]?.array ?? []
        func rows(_ observability: String) -> Value {
            .array(requirements.filter { $0["observability"]?.string == observability }.compactMap { $0["id"] })
        }
        let expires = inputs.issued + .seconds(set.validDays * 86_400)
        value = [
            "format": .string(Self.format),
            "kind": .string(isFull ? "full" : "partial"),
            "statement": .string(Self.statement(isFull: isFull, profile: inputs.profile)),
            "profile": .string(inputs.profile),
            "product": facts.value["product"] ?? .null,
            "verdict": results["verdict"] ?? .null,
            "reasons": results["reasons"] ?? [],
            "strict": results["strict"] ?? .null,
            "counts": results["counts"] ?? .null,
            "suite": [
                "version": results["suite-version"] ?? .null, "data": .string(inputs.suiteData),
                "profile": .string(inputs.profileFile),
                "executable": .string(inputs.executable), "rules": .string(set.id),
            ],
            "deployment": [
                "id": results["deployment"] ?? .null, "sha256": .string(inputs.deploymentFile),
                "claimed-features": facts.value["run"]?["claimed-features"] ?? [],
            ],
            "challenge": Value(inputs.challenge),
            "seed": results["seed"] ?? .null,
            "nonce": results["nonce"] ?? .null,
            "issued": .string(inputs.issued.description),
            "expires": isFull ? .string(expires.description) : .null,
            "connector": facts.value["connector"]?["fingerprint"] ?? .null,
            "limits": Self.limits(facts),
            "kill-matrix": facts.value["kill-matrix"] ?? .null,
            "baseline": facts.value["baseline"]?["entries"] ?? [],
            "attested": rows("attested"),
            "not-observable": rows("not-observable"),
            "rules": .array(rules.map(\.value)),
        ]
    }

    /// What a sealed certificate says it was made of; nil where it is none of this format.
    package static func inputs(of value: Value) -> Inputs? {
        guard value["format"]?.string == format, let profile = value["profile"]?.string,
            let issued = value["issued"]?.string.flatMap(Instant.init(rfc3339:)),
            let data = value["suite"]?["data"]?.string, let file = value["suite"]?["profile"]?.string,
            let executable = value["suite"]?["executable"]?.string,
            let deployment = value["deployment"]?["sha256"]?.string
        else { return nil }
        return Inputs(
            profile: profile, challenge: value["challenge"]?.string, issued: issued, suiteData: data, profileFile: file,
            deploymentFile: deployment, executable: executable)
    }

    /// The file's text.
    package var text: String { value.json(pretty: true) + "\n" }

    /// What the certificate does not vouch for, in words.
    private static func limits(_ facts: CertificationFacts) -> Value {
        guard facts.value["connector"]?["fingerprint"]?[declaredArtifact] != nil else { return [] }
        return [
            """
            The connector was reached without TLS and runs out of sight: that what answered is the artifact named here is the \
            signer's word, and was not observed.
            """
        ]
    }

    private static func isFull(_ rules: [RuleResult]) -> Bool { !rules.contains { $0.state == .broken } }

    private static func statement(isFull: Bool, profile: String) -> String {
        isFull
            ? "The product met every rule of the profile \(profile)."
            : "This is no certificate: the run did not meet every rule of the profile \(profile). It is sealed as a record only."
    }
}

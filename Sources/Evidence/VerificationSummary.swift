// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Value
package import World

/// A programme's countersignature: who verified which bundle, when, by which rules, with which outcome. In-toto Statement v1
/// with the SLSA verification summary (`https://slsa.dev/verification_summary/v1`), signed in an envelope of its own
/// beside the bundle, whose files stay as they were sealed.
package struct VerificationSummary: Sendable, Hashable {
    static let predicateType = "https://slsa.dev/verification_summary/v1"

    /// Of the programme: a URI.
    package let verifier: String
    package let verified: Instant
    /// The product and the manifest of the bundle, as its own statement names them.
    package let subjects: [Statement.Resource]
    /// The certification rules that were applied.
    package let policy: Statement.Resource
    /// SHA-256 of the bundle's envelope.
    package let attestation: String
    /// What the product file says of where the product is; else its name.
    package let resource: String
    package let hasPassed: Bool
    /// `ASSAY_<PROFILE>` where it passed; nothing else.
    package let levels: [String]

    package init(
        verifier: String, verified: Instant, of seal: SealCheck, bundle: URL, content: BundleContent, rules: String,
        rulesDigest: String, hasPassed: Bool
    ) throws {
        self.verifier = verifier
        self.verified = verified
        subjects = seal.statement?.subjects ?? []
        policy = Statement.Resource(name: rules, sha256: rulesDigest)
        attestation = Digest.sha256(try Data(contentsOf: bundle.appending(path: SealedBundle.envelope)))
        resource = content.product["url"]?.string ?? "urn:assay:product:" + (content.product["product"]?.string ?? "")
        self.hasPassed = hasPassed
        let profile = content.inputs.profile.uppercased().replacing("-", with: "_")
        levels = hasPassed ? ["ASSAY_" + profile] : []
    }

    /// Reads a payload; nil where it is no such statement.
    package init?(parsing payload: Data) {
        guard let value = try? Value.parseJSON(payload), value["_type"]?.string == Statement.type,
            value["predicateType"]?.string == Self.predicateType, let predicate = value["predicate"],
            let verifier = predicate["verifier"]?["id"]?.string,
            let verified = predicate["timeVerified"]?.string.flatMap(Instant.init(rfc3339:)),
            let resource = predicate["resourceUri"]?.string, let rules = predicate["policy"]?["uri"]?.string,
            let rulesDigest = predicate["policy"]?["digest"]?["sha256"]?.string,
            let attestation = predicate["inputAttestations"]?[0]?["digest"]?["sha256"]?.string,
            let result = predicate["verificationResult"]?.string, ["PASSED", "FAILED"].contains(result)
        else { return nil }
        self.verifier = verifier
        self.verified = verified
        self.resource = resource
        policy = Statement.Resource(name: rules, sha256: rulesDigest)
        self.attestation = attestation
        hasPassed = result == "PASSED"
        levels = (predicate["verifiedLevels"]?.array ?? []).compactMap(\.string)
        subjects = (value["subject"]?.array ?? []).compactMap { item in
            item["name"]?.string.flatMap { name in
                item["digest"]?["sha256"]?.string.map { Statement.Resource(name: name, sha256: $0) }
            }
        }
    }

    package var payload: Data {
        let value: Value = [
            "_type": .string(Statement.type),
            "subject": .array(
                subjects.map { ["name": .string($0.name), "digest": ["sha256": .string($0.sha256)]] }),
            "predicateType": .string(Self.predicateType),
            "predicate": [
                "verifier": ["id": .string(verifier)], "timeVerified": .string(verified.description),
                "resourceUri": .string(resource),
                "policy": ["uri": .string(policy.name), "digest": ["sha256": .string(policy.sha256)]],
                "inputAttestations": [
                    ["uri": .string(SealedBundle.envelope), "digest": ["sha256": .string(attestation)]]
                ],
                "verificationResult": .string(hasPassed ? "PASSED" : "FAILED"),
                "verifiedLevels": .array(levels.map { .string($0) }),
            ],
        ]
        return Data(value.jsonBytes())
    }

    /// What is wrong with a countersignature of a bundle; empty where the key signed it for this very bundle.
    package static func faults(in data: Data, of bundle: URL, by key: VerificationKey) -> [String] {
        guard let envelope = Envelope(parsing: data) else {
            return ["is not a canonical DSSE envelope with one signature"]
        }
        guard envelope.isSigned(by: key) else { return ["was not signed by \(key.keyID)"] }
        guard envelope.payloadType == Envelope.inToto, let summary = Self(parsing: envelope.payload),
            summary.payload == envelope.payload
        else { return ["holds no verification summary of this version"] }
        let sealed = (try? Data(contentsOf: bundle.appending(path: SealedBundle.envelope))).map { Digest.sha256($0) }
        var faults: [String] = []
        if summary.attestation != sealed { faults.append("is of another bundle") }
        if !summary.hasPassed { faults.append("says that verification failed") }
        return faults
    }
}

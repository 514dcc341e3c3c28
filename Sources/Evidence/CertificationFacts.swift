// SPDX-License-Identifier: Apache-2.0

package import Trace
package import Value

/// Everything a certification rule can see of a run, as one JSON value (`docs/certification.md`).
package struct CertificationFacts: Sendable, Hashable {
    /// What the suite at hand owes the profile.
    package struct Suite: Sendable, Hashable {
        /// Scenarios of the profile whose features the connector claims.
        package let required: [String]
        /// Features the profile makes mandatory.
        package let mandatoryFeatures: [String]

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
        profile: String, trace: Trace, results: Value, product: Value, challenge: String?, suite: Suite
    ) {
        func texts(_ list: [String]) -> Value { .array(list.map { .string($0) }) }
        let seed = ChallengeSeed.seed(challenge: challenge, nonce: trace.header["nonce"]?.string ?? "")
        value = [
            "profile": .string(profile),
            "challenge": Value(challenge),
            "seed-that-follows": .string(String(seed)),
            "run": .object(trace.header),
            "trace": ["complete": .bool(trace.isComplete), "events": Value(trace.events.count)],
            "results": results,
            "product": product,
            "suite": ["required": texts(suite.required), "mandatory-features": texts(suite.mandatoryFeatures)],
        ]
    }
}

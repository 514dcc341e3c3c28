// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Value

/// What is signed: in-toto Statement v1 with the test-result predicate v0.1 (in-toto/attestation).
package struct Statement: Sendable, Hashable {
    /// Something with a name and a SHA-256: a subject, or part of the configuration.
    package struct Resource: Sendable, Hashable {
        package let name: String
        package let sha256: String

        package init(name: String, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case passed = "PASSED"
        case warned = "WARNED"
        case failed = "FAILED"
    }

    static let type = "https://in-toto.io/Statement/v1"
    static let predicateType = "https://in-toto.io/attestation/test-result/v0.1"

    /// The product first, then the manifest, through which every other file is bound.
    package let subjects: [Resource]
    package let outcome: Outcome
    package let configuration: [Resource]
    package let passed: [String]
    package let warned: [String]
    package let failed: [String]

    package init(
        subjects: [Resource], outcome: Outcome, configuration: [Resource], passed: [String], warned: [String],
        failed: [String]
    ) {
        self.subjects = subjects
        self.outcome = outcome
        self.configuration = configuration
        self.passed = passed
        self.warned = warned
        self.failed = failed
    }

    /// Reads a payload; members it does not know are ignored, as the specification asks. Nil where it is no such statement.
    package init?(parsing payload: Data) {
        guard let value = try? Value.parseJSON(payload), value["_type"]?.string == Self.type,
            value["predicateType"]?.string == Self.predicateType, let predicate = value["predicate"],
            let outcome = predicate["result"]?.string.flatMap(Outcome.init), let subjects = value["subject"]?.array,
            let configuration = predicate["configuration"]?.array
        else { return nil }
        func resources(_ list: [Value]) -> [Resource]? {
            let found = list.compactMap { item -> Resource? in
                guard let name = item["name"]?.string, let digest = item["digest"]?["sha256"]?.string else {
                    return nil
                }
                return Resource(name: name, sha256: digest)
            }
            return found.count == list.count ? found : nil
        }
        func names(_ member: String) -> [String] { (predicate[member]?.array ?? []).compactMap(\.string) }
        guard let subjects = resources(subjects), let configuration = resources(configuration) else { return nil }
        self.init(
            subjects: subjects, outcome: outcome, configuration: configuration, passed: names("passedTests"),
            warned: names("warnedTests"), failed: names("failedTests"))
    }

    package var payload: Data {
        func resources(_ list: [Resource]) -> Value {
            .array(list.map { ["name": .string($0.name), "digest": ["sha256": .string($0.sha256)]] })
        }
        func texts(_ list: [String]) -> Value { .array(list.map { .string($0) }) }
        let value: Value = [
            "_type": .string(Self.type), "subject": resources(subjects), "predicateType": .string(Self.predicateType),
            "predicate": [
                "result": .string(outcome.rawValue), "configuration": resources(configuration),
                "passedTests": texts(passed), "warnedTests": texts(warned), "failedTests": texts(failed),
            ],
        ]
        return Data(value.jsonBytes())
    }

    package func digest(of subject: String) -> String? { subjects.first { $0.name == subject }?.sha256 }
}

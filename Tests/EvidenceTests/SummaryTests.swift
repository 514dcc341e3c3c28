// SPDX-License-Identifier: Apache-2.0

import Evidence
import Foundation
import Testing
import Value
import World

@Suite struct SummaryTests {
    private func summary(_ bundle: SampleBundle, hasPassed: Bool = true) throws -> VerificationSummary {
        try VerificationSummary(
            verifier: "https://programme.example", verified: Instant(microseconds: 1_800_000_000_000_000),
            of: try SealCheck(bundle.folder), bundle: bundle.folder, content: try BundleContent(bundle.folder),
            rules: "urn:assay:rules:r", rulesDigest: Digest.sha256(Data("rules".utf8)), hasPassed: hasPassed)
    }

    @Test func `a summary names bundle, product and rules, and reads back`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            let summary = try summary(bundle)
            #expect(VerificationSummary(parsing: summary.payload) == summary)
            let value = try Value.parseJSON(summary.payload)
            #expect(value["predicateType"] == "https://slsa.dev/verification_summary/v1")
            #expect(value["predicate"]?["verifiedLevels"] == ["ASSAY_CERNER_2022_06"])
            #expect(value["predicate"]?["resourceUri"] == "https://connector.example")
            #expect(summary.subjects.map(\.name) == [SealedBundle.product, SealedBundle.manifest])
        }
    }

    @Test func `a countersignature is of one bundle, by one key, and of a verification that passed`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            let other = try SampleBundle(in: parent)
            let key = SigningKey()
            func faults(_ summary: VerificationSummary, _ folder: URL, by trusted: SigningKey) throws -> [String] {
                let envelope = try Envelope(signing: summary.payload, type: Envelope.inToto, with: key)
                return VerificationSummary.faults(in: envelope.bytes, of: folder, by: trusted.publicKey)
            }
            #expect(try faults(summary(bundle), bundle.folder, by: key) == [])
            #expect(try faults(summary(bundle), other.folder, by: key) == ["is of another bundle"])
            #expect(
                try faults(summary(bundle), bundle.folder, by: bundle.key).first?.hasPrefix("was not signed") == true)
            #expect(
                try faults(summary(bundle, hasPassed: false), bundle.folder, by: key)
                    == ["says that verification failed"])
            #expect(
                VerificationSummary.faults(in: Data("{}".utf8), of: bundle.folder, by: key.publicKey)
                    == ["is not a canonical DSSE envelope with one signature"])
            // The bundle's own statement is no summary.
            let own = try Data(contentsOf: bundle.folder.appending(path: SealedBundle.envelope))
            #expect(
                VerificationSummary.faults(in: own, of: bundle.folder, by: bundle.key.publicKey)
                    == ["holds no verification summary of this version"])
            // It lies beside the bundle, which stays as it was sealed.
            #expect(try SealCheck(bundle.folder).isIntact)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Value

/// A sealed folder: a run's record and reports, the certificate, the manifest over all of it, the signature over that.
package enum SealedBundle {
    package static let manifest = "MANIFEST.sha256"
    package static let envelope = "attestation.dsse.json"
    package static let signer = "signer.pem"
    package static let certificate = "certificate.json"
    package static let product = "product.json"
    package static let results = "results.json"
    package static let trace = "trace.ndjson"
    /// Folder of the texts of the scenarios and procedures that were run.
    package static let scenarios = "scenarios"
    /// The suite's own files with their digests.
    package static let suite = "suite.sha256"

    /// The seal itself stands outside the manifest: signature and key cannot hold their own digests.
    static let seal: Set<String> = [manifest, envelope, signer]

    /// Writes manifest, signed statement and the signer's public key into a folder that holds everything else.
    ///
    /// Throws where a file cannot stand in a manifest, or what the file system says.
    package static func seal(_ folder: URL, certificate: Certificate, results: Value, key: SigningKey) throws {
        let listing = try FolderListing(folder)
        if let other = listing.others.first {
            throw EvidenceError("\(other) is no regular file", remedy: "Seal folders of files only.")
        }
        let manifest = try Manifest(of: listing.files.filter { !seal.contains($0) }, in: folder)
        let text = Data(manifest.text.utf8)
        let statement = statement(certificate, results: results, manifest: manifest, text: text)
        let envelope = try Envelope(signing: statement.payload, type: Envelope.inToto, with: key)
        try text.write(to: folder.appending(path: Self.manifest))
        try Data(key.publicKey.pem.utf8).write(to: folder.appending(path: signer))
        try envelope.bytes.write(to: folder.appending(path: Self.envelope))
    }

    /// The statement that a bundle with this content must carry.
    static func statement(_ certificate: Certificate, results: Value, manifest: Manifest, text: Data) -> Statement {
        var passed: [String] = []
        var warned: [String] = []
        var failed: [String] = []
        for scenario in results["scenarios"]?.array ?? [] {
            guard let id = scenario["id"]?.string else { continue }
            let checks = scenario["checks"]?.array ?? []
            let failing = checks.filter { $0["verdict"]?.string == "fail" }
            if scenario["verdict"]?.string == "pass" {
                passed.append(id)
            } else if !failing.isEmpty, failing.allSatisfy({ $0["level"]?.string != "M" }), certificate.isFull {
                warned.append(id)
            } else if scenario["verdict"]?.string != "not-applicable" {
                failed.append(id)
            }
        }
        let outcome: Statement.Outcome = !certificate.isFull ? .failed : warned.isEmpty ? .passed : .warned
        let inputs = certificate.inputs
        return Statement(
            subjects: [
                Statement.Resource(name: product, sha256: manifest[product] ?? ""),
                Statement.Resource(name: Self.manifest, sha256: Digest.sha256(text)),
            ],
            outcome: outcome,
            configuration: [
                Statement.Resource(name: "profile:" + inputs.profile, sha256: inputs.profileFile),
                Statement.Resource(name: suite, sha256: inputs.suiteData),
                Statement.Resource(name: "deployment", sha256: inputs.deploymentFile),
                Statement.Resource(name: "assay", sha256: inputs.executable),
            ],
            passed: passed, warned: warned, failed: failed)
    }
}

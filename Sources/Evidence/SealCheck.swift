// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Value

/// The first half of verification: nothing is judged, only bytes, hashes, signature and chain are looked at.
package struct SealCheck: Sendable {
    /// What is not as it was sealed; then nothing below is to be believed.
    package private(set) var faults: [BundleFault] = []
    /// The key that signed; nil where there is none that did.
    package private(set) var signer: VerificationKey?
    /// The signed statement.
    package private(set) var statement: Statement?
    /// The manifest that was signed.
    package private(set) var manifest: Manifest?

    private let folder: URL

    /// Throws an `EvidenceError` where there is no bundle at all.
    package init(_ folder: URL) throws {
        self.folder = folder
        let listing = try FolderListing(folder)
        guard listing.files.contains(where: SealedBundle.seal.contains) else {
            throw EvidenceError(
                "\(folder.path) is no sealed bundle", remedy: "Name a folder that `assay certify` wrote.")
        }
        for other in listing.others { fault(other, "is no regular file; nothing of the kind was sealed") }
        for name in SealedBundle.seal.sorted() where !listing.files.contains(name) { fault(name, "is missing") }
        checkSignature(listing)
        checkManifest(listing)
        if faults.isEmpty { checkChain() }
    }

    package var isIntact: Bool { faults.isEmpty }

    private mutating func fault(_ file: String, _ message: String) { faults.append(BundleFault(file, message)) }

    private func data(_ name: String) -> Data? {
        try? Data(contentsOf: folder.appending(path: name), options: .mappedIfSafe)
    }

    private mutating func checkSignature(_ listing: FolderListing) {
        var key: VerificationKey?
        if listing.files.contains(SealedBundle.signer) {
            let bytes = data(SealedBundle.signer) ?? Data()
            key = String(validating: bytes, as: UTF8.self).flatMap { VerificationKey(pem: $0) }
            if key.map({ Data($0.pem.utf8) != bytes }) ?? true {
                fault(SealedBundle.signer, "is not the canonical PEM of an Ed25519 public key")
                key = nil
            }
        }
        guard listing.files.contains(SealedBundle.envelope) else { return }
        guard let envelope = Envelope(parsing: data(SealedBundle.envelope) ?? Data()) else {
            return fault(SealedBundle.envelope, "is not a canonical DSSE envelope with one signature")
        }
        guard let key else { return }
        let isSigned = envelope.isSigned(by: key)
        switch (isSigned, envelope.keyID == key.keyID) {
        case (true, true): signer = key
        case (true, false): return fault(SealedBundle.envelope, "names another key than the one that signed")
        case (false, false):
            return fault(SealedBundle.signer, "is not the key that signed: the envelope names \(envelope.keyID)")
        case (false, true):
            return fault(SealedBundle.envelope, "the signature does not fit: payload, type or signature was changed")
        }
        guard envelope.payloadType == Envelope.inToto, let statement = Statement(parsing: envelope.payload),
            statement.payload == envelope.payload
        else { return fault(SealedBundle.envelope, "holds no in-toto test-result statement of this version") }
        self.statement = statement
    }

    private mutating func checkManifest(_ listing: FolderListing) {
        guard listing.files.contains(SealedBundle.manifest) else { return }
        let bytes = data(SealedBundle.manifest) ?? Data()
        if let statement, statement.digest(of: SealedBundle.manifest) != Digest.sha256(bytes) {
            fault(SealedBundle.manifest, "is not the one that was signed")
        }
        guard let manifest = Manifest(parsing: bytes) else {
            return fault(SealedBundle.manifest, "is not sorted lines of `<sha256>  <path>`")
        }
        if let statement, statement.digest(of: SealedBundle.product) != manifest[SealedBundle.product] {
            fault(SealedBundle.product, "is not the product that was signed for")
        }
        self.manifest = manifest
        let found = Set(listing.files).subtracting(SealedBundle.seal)
        let listed = Set(manifest.entries.map(\.path))
        for path in found.subtracting(listed).sorted() { fault(path, "was not sealed: the manifest does not know it") }
        for entry in manifest.entries {
            guard found.contains(entry.path) else {
                fault(entry.path, "is missing")
                continue
            }
            let bytes = data(entry.path) ?? Data()
            if Digest.sha256(bytes) != entry.sha256 {
                let place =
                    entry.path == SealedBundle.trace ? TraceChain.firstBreak(bytes).map { " (\($0))" } ?? "" : ""
                fault(entry.path, "was changed: its SHA-256 is not the manifest's" + place)
            }
        }
        for name in [
            SealedBundle.certificate, SealedBundle.product, SealedBundle.results, SealedBundle.suite,
            SealedBundle.trace,
        ]
        where !listed.contains(name) {
            fault(name, "was never sealed: this is no whole bundle")
        }
    }

    private mutating func checkChain() {
        guard let bytes = data(SealedBundle.trace) else { return fault(SealedBundle.trace, "cannot be read") }
        if let place = TraceChain.firstBreak(bytes), !isPartial { fault(SealedBundle.trace, place) }
        for path in manifest?.entries.map(\.path) ?? [] where path.hasPrefix("bodies/") {
            if manifest?[path] != String(path.dropFirst("bodies/".count)) {
                fault(path, "is not named by its own digest")
            }
        }
    }

    /// An honest partial may hold a trace that was cut short.
    private var isPartial: Bool {
        data(SealedBundle.certificate).flatMap { try? Value.parseJSON($0) }?["kind"]?.string == "partial"
    }
}

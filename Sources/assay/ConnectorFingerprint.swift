// SPDX-License-Identifier: Apache-2.0

import Connector
import Evidence
import Foundation
import HTTPTransport
import Value

/// What tells this connector from another: the digest of its program's files, the certificate it serves, or, where it is
/// reached without TLS and nothing of it can be seen, the artifact that the product file declares.
enum ConnectorFingerprint {
    /// Empty where there is nothing to take one of: a URL without TLS, and no `artifact` in the product file.
    static func of(_ deployment: Deployment, product: Value?) async -> Members {
        switch deployment.reach {
        case .command(let reach):
            let known = ["assay.bin": Suite.executableFolder.path, "here": deployment.folder]
            let words = reach.command.compactMap { try? $0.resolved(known) }
            // The program, and what an interpreter is given to run.
            let files = words.enumerated().compactMap { index, word in index == 0 ? program(word) : file(word) }
            guard !files.isEmpty else { return [:] }
            let digests = files.compactMap { try? Digest.sha256(Data(contentsOf: $0, options: .mappedIfSafe)) }
            guard digests.count == files.count else { return [:] }
            return ["program": .string(digests.count == 1 ? digests[0] : Digest.sha256(Data(digests.joined().utf8)))]
        case .url(let template):
            guard let url = try? template.resolved([:]) else { return [:] }
            guard url.hasPrefix("https://") else {
                return product?["artifact"]?.string.map { [Certificate.declaredArtifact: .string($0)] } ?? [:]
            }
            // Whether it may be trusted is the run's business; here it is only described.
            var request = HTTPRequest(method: "HEAD", url: url)
            request.trust = deployment.trust.map { .file($0) }
            guard let certificate = try? await HTTPClient().send(request).certificate, !certificate.pem.isEmpty else {
                return [:]
            }
            return ["tls-certificate": .string(Digest.sha256(Data(certificate.pem.utf8)))]
        }
    }

    private static func program(_ word: String) -> URL? {
        if word.contains("/") { return file(word) }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.lazy.compactMap { file("\($0)/\(word)") }.first
    }

    private static func file(_ path: String) -> URL? {
        var isFolder: ObjCBool = false
        guard path.contains("/"), FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            !isFolder.boolValue
        else { return nil }
        return URL(fileURLWithPath: path)
    }
}

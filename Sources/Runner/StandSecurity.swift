// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import MockKit
internal import Value

/// TLS of `assay mock`: an authority of this run's own, its certificate where a connector can be told to trust it.
struct StandSecurity {
    let identity: RunAuthority.Identity
    let options: MockListener.TLSOptions
    /// For the ready line.
    let description: Value

    /// Writes `ca.pem`, with mutual TLS also `client.pem` and `client-key.pem`. Throws where it cannot.
    init(_ tls: MockStand.TLSFolder) throws {
        let authority = try RunAuthority()
        identity = try authority.identity(for: ["localhost", "127.0.0.1"])
        options = .init(authority: authority, clientAuthorityPEM: tls.isMutual ? authority.certificatePEM : nil)
        let folder = tls.folder
        var members: Members = [:]
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            func write(_ name: String, _ text: String, secret: Bool = false) throws -> Value {
                let file = folder.appending(path: name)
                try Data(text.utf8).write(to: file)
                if secret {
                    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
                }
                return .string(file.path)
            }
            members["trust"] = try write("ca.pem", authority.certificatePEM + "\n")
            if tls.isMutual {
                let client = try authority.clientIdentity(named: "connector")
                members["client-certificate"] = try write("client.pem", client.certificateChainPEM)
                members["client-key"] = try write("client-key.pem", client.privateKeyPEM + "\n", secret: true)
            }
        } catch {
            throw RunError(
                "The trust bundle cannot be written to \(folder.path): \(error.localizedDescription)",
                remedy: "Name a folder that can be written with --trust.")
        }
        members["mutual"] = .bool(tls.isMutual)
        members["protocols"] = ["h2", "http/1.1"]
        description = .object(members)
    }
}

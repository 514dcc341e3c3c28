// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Key files: the private half at its path, the public half beside it with `.pub`.
package enum KeyFile {
    /// Writes both halves and returns the public one. Never overwrites: throws where either file is there.
    package static func create(at path: String) throws -> VerificationKey {
        let key = SigningKey()
        let publicPath = path + ".pub"
        for existing in [path, publicPath] where FileManager.default.fileExists(atPath: existing) {
            throw EvidenceError("\(existing) is there already", remedy: "Name a new file: a key is never overwritten.")
        }
        try write(key.pem, to: path, mode: 0o600)
        do { try write(key.publicKey.pem, to: publicPath, mode: 0o644) } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        return key.publicKey
    }

    /// The private key of a file that `create` wrote, or `openssl genpkey -algorithm ed25519`.
    package static func signingKey(at path: String) throws -> SigningKey {
        guard let key = SigningKey(pem: try text(at: path)) else {
            throw EvidenceError(
                "\(path) holds no Ed25519 private key (PKCS#8 PEM, not encrypted)",
                remedy: "Make one with `assay keygen --out FILE`.")
        }
        return key
    }

    /// The public key of a file.
    package static func verificationKey(at path: String) throws -> VerificationKey {
        guard let key = VerificationKey(pem: try text(at: path)) else {
            throw EvidenceError(
                "\(path) holds no Ed25519 public key (SPKI PEM)", remedy: "Name the .pub file the signer published.")
        }
        return key
    }

    private static func text(at path: String) throws -> String {
        do { return try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8) } catch {
            throw EvidenceError(
                "The key file \(path) cannot be read", remedy: "Name a file that exists and may be read.")
        }
    }

    /// Created with its final mode, so that it is at no moment readable by others; fails where it exists.
    private static func write(_ text: String, to path: String, mode: mode_t) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            throw EvidenceError(
                "\(path) cannot be created: \(String(cString: strerror(errno)))",
                remedy: "Name a new file in a folder that exists and may be written.")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(text.utf8))
        try file.synchronize()
        try file.close()
    }
}

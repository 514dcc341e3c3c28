// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Evidence
import Judge

/// `assay keygen`: a signer's key pair.
struct KeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen", abstract: "Make an Ed25519 key pair that signs certificates.",
        discussion: """
            Writes FILE (private, PKCS#8 PEM, readable by its owner alone) and FILE.pub (public, SPKI PEM), which the \
            signer publishes. Nothing is ever overwritten.

            Exit codes: 0 written, 3 a file is there already or cannot be written, 64 misuse.
            """)

    @Option(help: "Path of the private key; the public key goes to the same path with .pub.")
    var out: String

    func run() throws {
        do {
            let key = try KeyFile.create(at: out)
            Console.print("private key: \(out)")
            Console.print("public key:  \(out).pub")
            Console.print("key id:      \(key.keyID)")
        } catch {
            Console.error("\(error)")
            throw ExitCode(RunVerdict.invalidSetup.exitCode)
        }
    }
}

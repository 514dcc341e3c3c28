// SPDX-License-Identifier: Apache-2.0

import Evidence
import Foundation
import Testing

/// A bundle is worth what others can check of it without us.
@Suite struct IndependentToolTests {
    @Test(.enabled(if: Tool.exists("sha256sum"), "sha256sum is not here"))
    func `sha256sum checks the manifest`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            #expect(
                try Tool.run(["sha256sum", "-c", "--strict", "--quiet", SealedBundle.manifest], in: bundle.folder) == 0)
            try bundle.put("<testsuites />\n", "junit.xml")
            #expect(
                try Tool.run(["sha256sum", "-c", "--strict", "--quiet", SealedBundle.manifest], in: bundle.folder) != 0)
        }
    }

    @Test(.enabled(if: Tool.exists("openssl"), "openssl is not here"))
    func `openssl checks the signature with the public key as it stands in the bundle`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            let bytes = try Data(contentsOf: bundle.folder.appending(path: SealedBundle.envelope))
            let envelope = try #require(Envelope(parsing: bytes))
            let message = Envelope.preAuthenticationEncoding(type: envelope.payloadType, body: envelope.payload)
            try message.write(to: parent.appending(path: "message"))
            try envelope.signature.write(to: parent.appending(path: "signature"))
            let key = bundle.folder.appending(path: SealedBundle.signer).path
            let command = [
                "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", "message", "-sigfile",
                "signature",
            ]
            #expect(try Tool.run(command, in: parent) == 0)
            try (message + Data([0])).write(to: parent.appending(path: "message"))
            #expect(try Tool.run(command, in: parent) != 0)
        }
    }

    /// `$ASSAY_PYTHON` names a Python with securesystemslib, cryptography and in-toto-attestation (PyPI), for example one of
    /// a virtual environment.
    @Test(
        .enabled(
            if: Tool.hasPythonLibraries, "set ASSAY_PYTHON to a Python with securesystemslib and in-toto-attestation"))
    func `securesystemslib checks the envelope and in-toto reads the statement`() throws {
        let program = """
            import json, sys
            from cryptography.hazmat.primitives.serialization import load_pem_public_key
            from in_toto_attestation.v1.statement import Statement
            from in_toto_attestation.v1 import statement_pb2
            from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
            from google.protobuf import json_format
            from securesystemslib.dsse import Envelope
            from securesystemslib.signer import SSlibKey
            data = json.load(open("\(SealedBundle.envelope)"))
            keyid = data["signatures"][0]["keyid"]
            envelope = Envelope.from_dict(data)
            public = load_pem_public_key(open("\(SealedBundle.signer)", "rb").read())
            envelope.verify([SSlibKey.from_crypto(public, keyid=keyid)], 1)
            statement = Statement.copy_from_pb(json_format.Parse(envelope.payload, statement_pb2.Statement()))
            statement.validate()
            predicate = json.loads(envelope.payload)["predicate"]
            json_format.ParseDict(predicate, test_result_pb2.TestResult())
            """
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            let file = parent.appending(path: "check.py")
            try Data(program.utf8).write(to: file)
            #expect(try Tool.run([Tool.python, file.path], in: bundle.folder) == 0)
            let other = SigningKey().publicKey.pem
            try bundle.put(other, SealedBundle.signer)
            #expect(try Tool.run([Tool.python, file.path], in: bundle.folder) != 0)
        }
    }
}

/// Programs of other people.
enum Tool {
    static let python = ProcessInfo.processInfo.environment["ASSAY_PYTHON"] ?? "python3"
    static let hasPythonLibraries: Bool = {
        let folder = FileManager.default.temporaryDirectory
        return (try? run([python, "-c", "import securesystemslib, in_toto_attestation, cryptography"], in: folder)) == 0
    }()

    static func exists(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains { folder in
            FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)")
        }
    }

    /// Runs to the end, its output thrown away; the exit status.
    static func run(_ command: [String], in folder: URL) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

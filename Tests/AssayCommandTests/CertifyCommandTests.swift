// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value

@Suite struct CertifyCommandTests {
    private static let data: URL = {
        var folder = AssayProgram.url.resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/",
            !FileManager.default.fileExists(atPath: folder.appending(path: "Scenarios/requirements.yaml").path)
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }()
    private static let deployment = data.appending(path: "Scenarios/deployments/reference.yaml").path

    @Test func `a conformant connector is certified, and whoever doubts it judges again`() throws {
        try AssayProgram.inFolder { folder in
            let key = folder.appending(path: "signer.key").path
            let bundle = folder.appending(path: "bundle")
            #expect(try AssayProgram.run(["keygen", "--out", key]).status == 0)
            #expect(try AssayProgram.run(["keygen", "--out", key]).status == 3)
            let certify = [
                "certify", "--profile", "epic-2021-11", "--deployment", Self.deployment, "--key", key, "--challenge",
                "programme-1", "--out", bundle.path,
            ]
            let certified = try AssayProgram.run(certify)
            try #require(certified.status == 0, "\(certified.output)\n\(certified.errors)")
            #expect(!certified.output.contains("not applied"), "\(certified.output)")
            let certificate = try Value.parseJSON(
                try Data(contentsOf: bundle.appending(path: "certificate.json")))
            #expect(certificate["connector"]?["program"]?.string?.count == 64)
            #expect(certificate["rules"]?.array?.allSatisfy { $0["state"] == "held" } == true)
            #expect(try AssayProgram.run(certify).status == 3, "a bundle is never overwritten")

            func verify(_ more: [String] = []) throws -> AssayProgram.Result {
                try AssayProgram.run(["verify", bundle.path] + more)
            }
            let trusted = try verify(["--key", key + ".pub", "--challenge", "programme-1"])
            #expect(trusted.status == 0, "\(trusted.output)\n\(trusted.errors)")
            #expect(trusted.lines.last?.hasPrefix("verify: verified, signed by ") == true)
            let unknown = try verify()
            #expect(unknown.status == 5)
            #expect(unknown.lines.last == "verify: integrity only, signer unknown")
            #expect(try verify(["--challenge", "programme-2"]).status == 1)
            let other = folder.appending(path: "other.key").path
            _ = try AssayProgram.run(["keygen", "--out", other])
            #expect(try verify(["--key", other + ".pub"]).status == 1)

            // A programme countersigns what it verified.
            let programme = folder.appending(path: "programme.key").path
            _ = try AssayProgram.run(["keygen", "--out", programme])
            let summary = folder.appending(path: "summary.dsse.json").path
            let signed = try verify([
                "--key", key + ".pub", "--countersign", programme, "--verifier", "https://programme.example",
                "--summary", summary,
            ])
            #expect(signed.status == 0, "\(signed.output)\n\(signed.errors)")
            #expect(signed.lines.last?.hasPrefix("countersigned: PASSED") == true)
            let checked = try verify(["--key", key + ".pub", "--summary", summary, "--programme", programme + ".pub"])
            #expect(checked.status == 0, "\(checked.output)\n\(checked.errors)")
            #expect(checked.output.contains("countersigned by "))
            let wrong = try verify(["--key", key + ".pub", "--summary", summary, "--programme", key + ".pub"])
            #expect(wrong.status == 1)
            #expect(wrong.output.contains("was not signed by"))
            #expect(try verify(["--countersign", programme]).status == 64)

            // Another suite: a sentence of the ledger was worded differently since.
            let newer = folder.appending(path: "newer")
            try FileManager.default.createDirectory(at: newer, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: Self.data.appending(path: "Scenarios").resolvingSymlinksInPath(),
                to: newer.appending(path: "Scenarios"))
            let ledger = newer.appending(path: "Scenarios/requirements.yaml")
            let text = try String(contentsOf: ledger, encoding: .utf8)
            try Data((text + "# A later edition.\n").utf8).write(to: ledger)
            let later = try verify(["--key", key + ".pub", "--data", newer.path])
            #expect(later.status == 0, "\(later.output)\n\(later.errors)")
            #expect(later.output.contains("the suites differ"))

            let results = bundle.appending(path: "results.json")
            var bytes = try Data(contentsOf: results)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: results)
            let tampered = try verify(["--key", key + ".pub"])
            #expect(tampered.status == 1)
            #expect(tampered.lines.first?.hasPrefix("results.json: was changed") == true)
        }
    }

    @Test func `what is not conformant is refused, or sealed as a partial that says so`() throws {
        try AssayProgram.inFolder { folder in
            let key = folder.appending(path: "signer.key").path
            _ = try AssayProgram.run(["keygen", "--out", key])
            let honest = try String(contentsOfFile: Self.deployment, encoding: .utf8)
            let deployment = try folder.put(
                "deployment.yaml",
                honest.replacing(
                    #""--until-stdin-closes""#, with: #""--until-stdin-closes", "--defect", "sms-twice-on-retry""#))
            let bundle = folder.appending(path: "bundle").path
            let certify = [
                "certify", "--profile", "cerner-2022-06", "--strict", "--deployment", deployment, "--key", key, "--out",
                bundle,
            ]
            let partial = try AssayProgram.run(certify + ["--allow-partial"])
            #expect(partial.status == 1, "\(partial.output)\n\(partial.errors)")
            #expect(partial.output.contains("rule conformant: does not hold"))
            #expect(partial.output.contains("certificate: partial, this is no certificate"))
            let verified = try AssayProgram.run(["verify", bundle, "--key", key + ".pub"])
            #expect(verified.status == 2, "\(verified.output)\n\(verified.errors)")
            #expect(verified.lines.last?.hasSuffix("it is a partial, no certificate") == true)
        }
    }

    @Test func `what cannot be certified is said before anything runs`() throws {
        try AssayProgram.inFolder { folder in
            let key = folder.appending(path: "signer.key").path
            _ = try AssayProgram.run(["keygen", "--out", key])
            let product = try folder.put("product.yaml", "product: Sample\n")
            for more in [["--key", key + ".pub"], ["--key", key, "--product", product]] {
                let result = try AssayProgram.run(
                    ["certify", "--profile", "cerner-2022-06", "--deployment", Self.deployment] + more)
                #expect(result.status == 3)
            }
            #expect(try AssayProgram.run(["verify", folder.path]).status == 3)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Evidence
import Foundation
import Judge
import Reports
import Runner
import Trace
import Value
import World

/// `assay verify`: is a bundle what its signer sealed, and does its verdict follow from its record?
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a sealed bundle: bytes, signature, record, rules and the verdict again.",
        discussion: """
            Hashes and signature are checked before anything is read for its meaning. Then the record is judged again, \
            and everything that was written from it is written again and compared byte for byte. Under another version \
            of the suite differences are reported instead.

            A programme signs what it found with --countersign: an in-toto verification summary (SLSA) beside the bundle. \
            Whoever trusts the programme checks it with --summary and --programme.

            Exit codes: 0 verified; 1 changed, forged, or not following from its record (each file is named); \
            2 intact, but no valid certificate (partial, expired, another verdict by this suite); 3 no bundle, or no \
            suite to judge with; 5 integrity only, signer unknown (no --key); 64 misuse.
            """)

    /// Exit code where everything fits and nobody says whose key it is.
    static let signerUnknown: Int32 = 5

    @Argument(help: "The bundle's folder.")
    var bundle: String

    @Option(help: "The signer's public key, from a source you trust.")
    var key: String?

    @Option(help: "The nonce you gave as --challenge: the bundle must be of it.")
    var challenge: String?

    @Option(
        help: "A programme's private key: sign a verification summary of what was found (needs --key and --summary).")
    var countersign: String?

    @Option(help: "Who countersigns, a URI (default: urn:assay:key:<key id>).")
    var verifier: String?

    @Option(help: "The verification summary: with --countersign where it is written, else the one that is checked.")
    var summary: String?

    @Option(help: "The programme's public key, by which --summary is checked.")
    var programme: String?

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    func validate() throws {
        if countersign != nil, key == nil || summary == nil || programme != nil {
            throw ValidationError(
                "--countersign needs --key (whom you trust) and --summary (where it goes), without --programme.")
        }
        if countersign == nil, (summary == nil) != (programme == nil) {
            throw ValidationError("--summary is checked by --programme: give both.")
        }
        if verifier != nil, countersign == nil { throw ValidationError("--verifier goes with --countersign.") }
    }

    func run() throws {
        let code: Int32
        do { code = try verified() } catch let fault as BundleFault {
            Console.print("\(fault)")
            Console.print("verify: not verified")
            code = 1
        } catch {
            Console.error("\(error)")
            code = RunVerdict.invalidSetup.exitCode
        }
        throw ExitCode(code)
    }

    private func verified() throws -> Int32 {
        let folder = URL(fileURLWithPath: bundle)
        let trusted = try key.map { try KeyFile.verificationKey(at: $0) }
        let programmeKey = try programme.map { try KeyFile.verificationKey(at: $0) }
        let countersigner = try countersign.map { try KeyFile.signingKey(at: $0) }
        let seal = try SealCheck(folder)
        guard seal.isIntact, let signer = seal.signer else { return refuse(seal.faults) }
        if let trusted, trusted != signer {
            return refuse([
                BundleFault(
                    SealedBundle.signer, "signed by \(signer.keyID), not by the key that is trusted (\(trusted.keyID))")
            ])
        }
        let content = try BundleContent(folder)
        if let challenge, content.inputs.challenge != challenge {
            return refuse([
                BundleFault(
                    SealedBundle.certificate,
                    "is of the challenge \(content.inputs.challenge ?? "of nobody"), not of \(challenge)")
            ])
        }
        Console.print("seal: every file, the manifest, the signature and the chain are as they were sealed")
        let certification = try CertificationSuite(data: data)
        let isSame = content.inputs.suiteData == certification.digest && content.suiteVersion == SuiteVersion.text
        let results = try certification.judge(content.trace, matrix: content.attachments.killMatrix)
        let claimed = (content.trace.header["claimed-features"]?.array ?? []).compactMap(\.string)
        let again = Rederivation(
            of: folder, content: content, seal: seal, rules: certification.rules,
            suite: try certification.owed(content.inputs.profile, claimed: claimed),
            results: (ResultsJSON.text(results), ResultsJSON.value(results)),
            reports: try CertificationSuite.reports(results, trace: content.trace))
        if isSame {
            guard again.differences.isEmpty else { return refuse(again.differences) }
            Console.print("record: judged again, every report and the certificate follow from it byte for byte")
        } else {
            Console.print(
                "record: re-derived with \(SuiteVersion.text), sealed with \(content.suiteVersion); the suites differ")
            for difference in again.differences { Console.print("  \(difference)") }
        }
        if let programmeKey, let summary {
            guard let data = try? Data(contentsOf: URL(fileURLWithPath: summary)) else {
                throw Mistaken("The summary \(summary) cannot be read.\n  = Name the file that the programme gave you.")
            }
            let faults = VerificationSummary.faults(in: data, of: folder, by: programmeKey)
            guard faults.isEmpty else { return refuse(faults.map { BundleFault(summary, $0) }) }
            Console.print("countersigned by \(programmeKey.keyID)")
        }
        let code = conclude(content, verdict: results.verdict, signer: trusted == nil ? nil : signer)
        if let countersigner, let summary {
            try write(summary, countersigner, seal: seal, content: content, rules: certification, hasPassed: code == 0)
        }
        return code
    }

    /// What the programme found, signed; a file that is there is not written over.
    private func write(
        _ path: String, _ key: SigningKey, seal: SealCheck, content: BundleContent, rules: CertificationSuite,
        hasPassed: Bool
    ) throws {
        let found = try VerificationSummary(
            verifier: verifier ?? "urn:assay:key:" + key.publicKey.keyID, verified: Instant.wall.wholeSecond, of: seal,
            bundle: URL(fileURLWithPath: bundle), content: content, rules: "urn:assay:rules:" + rules.rules.id,
            rulesDigest: rules.digest, hasPassed: hasPassed)
        let envelope = try Envelope(signing: found.payload, type: Envelope.inToto, with: key)
        do { try envelope.bytes.write(to: URL(fileURLWithPath: path), options: .withoutOverwriting) } catch {
            throw Mistaken("\(path) cannot be written.\n  = Name a new file.")
        }
        Console.print("countersigned: \(hasPassed ? "PASSED" : "FAILED") in \(path), key id \(key.publicKey.keyID)")
    }

    private func refuse(_ faults: [BundleFault]) -> Int32 {
        for fault in faults { Console.print("\(fault)") }
        Console.print("verify: not verified, \(faults.count) \(faults.count == 1 ? "fault" : "faults")")
        return 1
    }

    private func conclude(_ content: BundleContent, verdict: RunVerdict, signer: VerificationKey?) -> Int32 {
        let certificate = content.certificate
        let product = content.product["product"]?.string ?? "unnamed"
        let build = content.product["build"]?.string ?? "unnamed"
        Console.print(
            "product: \(product), build \(build); profile \(content.inputs.profile); "
                + "verdict \(content.results["verdict"]?.string ?? "none")")
        for rule in certificate["rules"]?.array ?? [] where rule["state"]?.string != "held" {
            let note = rule["note"]?.string ?? ""
            let word = rule["state"]?.string == "not-applied" ? "not applied when it was sealed" : "does not hold"
            Console.print("rule \(rule["id"]?.string ?? ""): \(word)\(note.isEmpty ? "" : " (\(note))")")
        }
        var reservations: [String] = []
        if content.isPartial { reservations.append("it is a partial, no certificate") }
        if let expires = content.expires.flatMap(Instant.init(rfc3339:)), expires < Instant.wall {
            reservations.append("it expired on \(expires)")
        }
        if content.results["verdict"]?.string != verdict.rawValue {
            reservations.append("this suite judges \(verdict.rawValue)")
        }
        let remark = reservations.isEmpty ? "" : "; " + reservations.joined(separator: "; ")
        guard let signer else {
            Console.print("verify: integrity only, signer unknown\(remark)")
            return Self.signerUnknown
        }
        Console.print(
            reservations.isEmpty
                ? "verify: verified, signed by \(signer.keyID), valid until \(content.expires ?? "")"
                : "verify: intact, signed by \(signer.keyID)\(remark)")
        return reservations.isEmpty ? 0 : RunVerdict.incomplete.exitCode
    }
}

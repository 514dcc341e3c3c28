// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Evidence
import Foundation
import Judge
import Reports
import Runner
import World

/// `assay certify`: runs a profile and seals what came of it.
struct CertifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certify", abstract: "Run a profile, apply the rules of certification, and seal a signed bundle.",
        discussion: """
            The whole profile is run; the seed follows from the programme's challenge. What does not meet every rule of \
            Scenarios/certification.yaml is not sealed, unless --allow-partial: then as a partial that says so, and does \
            not pass for a certificate.

            Exit codes: 0 certified; the run's own code (1 to 4) where it is not conformant; 2 where it is, and a rule \
            does not hold; 3 invalid set-up; 64 misuse. A sealed partial keeps its code.
            """)

    @Option(help: "The profile, for example cerner-2022-06.")
    var profile: String

    @Option(help: "Deployment file of the connector under test.")
    var deployment: String

    @Option(help: "The signer's private key (assay keygen).")
    var key: String

    @Option(
        help:
            "What is certified: a file with product, build, url … (default: the deployment's title and the version the connector tells)."
    )
    var product: String?

    @Option(help: "Folder of the bundle; must not exist (default: certificates/<profile>-<UTC time>).")
    var out: String?

    @Option(help: "The programme's nonce: the seed of the run follows from it.")
    var challenge: String?

    @Option(help: "kill-matrix.json of `assay prove --full` (default: the suite's own list of what its checks find).")
    var killMatrix: String?

    @Option(help: "File of known failures; the product file must declare each under known-failures.")
    var baseline: String?

    @Flag(help: "Seal a run that does not meet every rule too, as a partial that says so.")
    var allowPartial = false

    @Flag(help: "Engineering findings fail too.")
    var strict = false

    @Option(help: "How many scenarios at once.")
    var jobs: Int = max(2, ProcessInfo.processInfo.activeProcessorCount * 2)

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    func validate() throws {
        guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1.") }
        if let challenge, challenge.isEmpty || challenge.contains(where: \.isNewline) {
            throw ValidationError("--challenge must be one line of text.")
        }
    }

    func run() async throws {
        let code: Int32
        do { code = try await certified() } catch {
            Console.clearStatus()
            Console.error("\(error)")
            throw ExitCode(RunVerdict.invalidSetup.exitCode)
        }
        throw ExitCode(code)
    }

    private func certified() async throws -> Int32 {
        // Everything that can be wrong before the run is found before the run.
        let started = Date()
        let signer = try KeyFile.signingKey(at: key)
        let given = try product.map { try ProductFile.read($0) }
        let certification = try CertificationSuite(data: data)
        let file = try certification.suite.deployment(at: deployment)
        _ = try certification.owed(profile, claimed: [])
        let profileHashes = try certification.profileHashes()
        var attachments = try CertificateAttachments.read(
            killMatrix: killMatrix, baseline: baseline, suite: certification.suite)
        let place = try BundlePlace(out: out, profile: profile, now: started)
        let folder = try RunFolder.create(at: nil, now: started)

        let interruption = RunInterruption()
        let signals = SignalWatch(interruption, started: started)
        defer { signals.end() }
        let nonce = RunFolder.freshNonce()
        let seed = ChallengeSeed.seed(challenge: challenge, nonce: nonce)
        attachments.doctor = await CertificateAttachments.examine(file, certification.suite)
        var options = RunOptions(
            seed: RunSeed(seed: seed, nonce: nonce), jobs: jobs, strict: strict, profile: profile, folder: folder.url,
            binaries: Suite.executableFolder, interruption: interruption)
        options.profileHashes = profileHashes
        options.fingerprint = await ConnectorFingerprint.of(file, product: given)
        let view = ProgressView(json: false)
        let session = RunSession(
            suiteVersion: SuiteVersion.text, ledger: certification.suite.ledger,
            scenarios: certification.suite.scenarios,
            policies: certification.suite.policies, deployment: file, options: options, isSelection: false)
        let outcome = try await session.run { view.show($0) }
        view.end()
        var results = outcome.results
        results.killMatrix = MatrixAtHand.figures(attachments.killMatrix)
        try MatrixAtHand.write(attachments.killMatrix, to: folder.url)
        try ReportFolder(url: folder.url).write(results, trace: outcome.trace)
        folder.markLatest()
        for line in TerminalSummary.lines(outcome.results).dropLast() { Console.print(line) }
        Console.print("report: \(folder.display)/report.html")
        Console.print(TerminalSummary.verdictLine(outcome.results))

        let inputs = Certificate.Inputs(
            profile: profile, challenge: challenge, issued: Instant.wall.wholeSecond, suiteData: certification.digest,
            profileFile: try certification.digest(ofProfile: profile),
            deploymentFile: Digest.sha256(try Data(contentsOf: URL(fileURLWithPath: deployment))),
            executable: try CertificationSuite.executableDigest())
        let writer = BundleWriter(
            run: folder.url, certification: certification, inputs: inputs, key: signer,
            attachments: attachments)
        let certificate = try writer.certificate(
            product: given ?? ProductFile.assumed(file, version: outcome.results.connector))
        for rule in certificate.rules where rule.state != .held { Console.print(line(rule)) }
        let code = certificate.isFull ? 0 : max(outcome.results.verdict.exitCode, RunVerdict.incomplete.exitCode)
        let word = outcome.results.verdict == .conformant ? code : outcome.results.verdict.exitCode
        guard certificate.isFull || allowPartial else {
            Console.print("certificate: refused; the run is kept in \(folder.display)")
            Console.print("  = Mend what the rules name and certify again; --allow-partial seals the record as it is.")
            return word
        }
        try writer.write(certificate, to: place.url)
        Console.print(
            "certificate: \(certificate.isFull ? "sealed" : "partial, this is no certificate; sealed as a record") in \(place.display)"
        )
        Console.print("key id: \(signer.publicKey.keyID)")
        Console.print("next: assay verify \(place.display) --key \(key).pub")
        return word
    }

    private func line(_ rule: RuleResult) -> String {
        let note = rule.note.isEmpty ? "" : " (\(rule.note))"
        return rule.state == .notApplied
            ? "rule \(rule.id): not applied in this version\(note)"
            : "rule \(rule.id): does not hold: \(rule.says)\(note)"
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The promises of the command line: last line, files, exit codes.
struct CommandLineTests {
    private let one = "cerner-portal-sign-in"

    /// The exact form of the last line.
    static var verdictLine: Regex<(Substring, Substring, Substring?)> {
        #/verdict: (conformant|nonconformant|incomplete|invalid-setup|harness-error) \(\d+ scenarios, \d+ checks, \d+ failed, \d+(\.\d+)? s\)/#
    }

    @Test func `a run of one scenario ends green with every file in its folder`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await assay(["run", "--only", one, "--out", "out"], in: folder)
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.lastLine.wholeMatch(of: Self.verdictLine)?.1 == "conformant", "\(ended)")
        #expect(ended.lastLine.hasPrefix("verdict: conformant (1 scenarios, "))
        let record = RunRecord(folder.url.appending(path: "out"))
        for name in ["results.json", "junit.xml", "report.html", "trace.ndjson"] {
            #expect(record.has(name), "\(name)")
        }
        #expect(record.hasFooter)
        #expect(record.results?["verdict"] as? String == "conformant")
        #expect(try await folder.remainingProcesses() == [])
    }

    @Test func `without --out the run goes to runs and latest points there`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await assay(["run", "--only", one], in: folder)
        #expect(ended.status == 0, "\(ended)")
        let latest = folder.url.appending(path: "runs/latest")
        let target = try FileManager.default.destinationOfSymbolicLink(atPath: latest.path)
        #expect(target.wholeMatch(of: #/\d{8}T\d{6}Z/#) != nil)
        #expect(RunRecord(latest).hasFooter)
    }

    @Test func `with --json the results and then the verdict line are all there is on standard output`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await assay(["run", "--only", one, "--out", "out", "--json"], in: folder)
        #expect(ended.status == 0, "\(ended)")
        let json = ended.output.dropLast(ended.lastLine.count + 1)
        let results = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(results["verdict"] as? String == "conformant")
        #expect(ended.lastLine.wholeMatch(of: Self.verdictLine) != nil)
    }

    @Test func `output that is no terminal has no escape codes and one line a scenario`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await assay(["run", "--only", one, "--out", "out"], in: folder, environment: ["NO_COLOR": "1"])
        #expect(!ended.output.contains("\u{1B}") && !ended.errors.contains("\u{1B}"))
        #expect(ended.lines.contains("[1/1] \(one): completed"), "\(ended)")
    }

    @Test func `a part of a profile is never the whole of it`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await assay(["run", "--profile", "cerner-2022-06", "--only", one, "--out", "out"], in: folder)
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.lastLine.hasPrefix("verdict: incomplete ("))
        #expect(ended.output.contains("only a part of the profile was selected"))
    }

    @Test(arguments: [
        (["--only", "cerner-portal-signin"], "There is no scenario cerner-portal-signin."),
        (["--profile", "cerner-1999-01"], "There is no profile cerner-1999-01."),
        (["--deployment", "nowhere.yaml"], "nowhere.yaml cannot be read"),
        (["empty"], "There is no scenario in empty"),
        (["absent.yaml"], "absent.yaml"),
        (["--profile", "epic-2021-11", "--only", "cerner-portal-sign-in"], "None of the 1 scenarios applies"),
        (["--data", "empty"], "Scenarios"),
    ])
    func `a question that cannot be asked is no verdict on the connector`(
        arguments: [String], message: String
    ) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "empty"), withIntermediateDirectories: true)
        let ended = try await assay(["run", "--out", "out"] + arguments, in: folder)
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.lastLine.wholeMatch(of: Self.verdictLine)?.1 == "invalid-setup", "\(ended)")
        #expect(ended.errors.contains(message), "\(ended)")
        #expect(RunRecord(folder.url.appending(path: "out")).events("http.request").isEmpty)
    }

    @Test(arguments: [
        ["run", "--no-such-option"], ["run", "--jobs", "0"], ["run", "--seed", "many"], ["no-such-command"],
        ["run", "--deployment", "d.yaml", "--defect", "sms-link-missing"],
    ])
    func `misuse of the command line ends with 64`(arguments: [String]) async throws {
        let ended = try await assay(arguments, in: try TemporaryFolder())
        #expect(ended.status == 64, "\(ended)")
        #expect(ended.errors.contains("Usage:"), "\(ended)")
    }

    @Test func `scenarios whose profiles the deployment does not claim are not green`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try StandIn.reference(
            command: nil, changes: [("profiles: [cerner-2022-06, epic-2021-11]", "profiles: [epic-2021-11]")],
            in: folder)
        let scenarios = BuiltAssay.project.appending(path: "Scenarios/cerner").path
        let ended = try await assay(["run", scenarios, "--deployment", deployment, "--out", "out"], in: folder)
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.errors.contains("epic-2021-11 is judged"), "\(ended)")
    }

    @Test func `a run folder that holds something is not overwritten`() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("mine", to: "out/notes.txt")
        let ended = try await assay(["run", "--only", one, "--out", "out"], in: folder)
        #expect(ended.status == 3, "\(ended)")
        #expect(try String(contentsOf: folder.url.appending(path: "out/notes.txt"), encoding: .utf8) == "mine")
    }

    @Test func `a defect the connector does not have is told, not judged`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await assay(["run", "--only", one, "--defect", "no-such-defect", "--out", "out"], in: folder)
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.errors.contains("no-such-defect"), "\(ended)")
    }
}

func assay(
    _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:]
) async throws -> BuiltAssay.Ended {
    try await Turnstile.shared.pass {
        try await BuiltAssay.run(arguments, in: folder.url, environment: environment)
    }
}

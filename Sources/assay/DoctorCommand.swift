// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Connector
import Foundation
import Ledger
import Runner
import SourceText
import Value

/// `assay doctor`: the set-up, before anything is judged.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check a deployment: file, reach, clock, bindings, callbacks, evidence.",
        discussion: """
            Everything that is wrong is told at once, each with its remedy. Nothing here is a verdict on the connector.

            Exit codes: 0 a run can begin, 3 something is to be mended first, 64 misuse.
            """)

    @Option(help: "Deployment file (default: the reference connector's).")
    var deployment: String?

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let suite: Suite
        do { suite = try Suite.load(data: data, paths: []) } catch {
            Console.error("\(error)")
            throw ExitCode(3)
        }
        let path = deployment ?? suite.folder.scenarios("deployments/reference.yaml").path
        guard let text = try? String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8) else {
            Console.error(
                "The deployment file \(path) cannot be read.\n  = `assay new deployment --out FILE` writes one to begin with."
            )
            throw ExitCode(3)
        }
        let file = SourceFile(path: path, text: text)
        let (parsed, diagnostics) = Deployment.parse(file, environment: ProcessInfo.processInfo.environment)
        var findings = diagnostics.map { diagnostic in
            DoctorFinding(
                "file", diagnostic.severity == .error ? .problem : .warning, diagnostic.rendered(in: file))
        }
        if let parsed {
            let folder = FileManager.default.temporaryDirectory.appending(path: "assay-doctor-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            if findings.isEmpty { findings.append(DoctorFinding("file", .ok, "\(path) is well formed")) }
            findings += await Doctor(
                deployment: parsed, ledger: suite.ledger, scenarios: suite.scenarios, folder: folder,
                binaries: Suite.executableFolder
            ).examine()
        }
        let problems = findings.count { $0.state == .problem }
        if json {
            let values = findings.map { finding -> Value in
                [
                    "area": .string(finding.area), "state": .string(finding.state.rawValue),
                    "message": .string(finding.message), "remedy": Value(finding.remedy),
                ]
            }
            let answer: Value = ["deployment": .string(path), "problems": Value(problems), "findings": .array(values)]
            Console.print(answer.json(pretty: true))
        } else {
            for finding in findings { show(finding) }
            Console.print(problems == 0 ? "a run can begin" : "\(problems) to be mended before a run")
        }
        throw ExitCode(problems == 0 ? 0 : 3)
    }

    private func show(_ finding: DoctorFinding) {
        let colour: Console.Colour =
            switch finding.state {
            case .ok: .green
            case .problem: .red
            case .warning, .unproven: .yellow
            }
        let word = finding.state.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
        Console.print("\(Console.coloured(word, colour)) \(finding.area): \(finding.message)")
        if let remedy = finding.remedy { Console.print("          = \(remedy)") }
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Connector
import Foundation
import Ledger
import ScenarioLanguage
import SourceText

/// `assay lint`: every mistake of scenario, procedure and deployment files, without any traffic.
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Check scenario, procedure and deployment files: all mistakes at once, with place, cause and remedy.",
        discussion: """
            Without PATH the whole suite is looked at: scenarios, procedures, flow policies and deployments. An environment \
            variable that a deployment needs and that is not set is a warning here.

            Exit codes: 0 no mistakes, 3 mistakes, 64 misuse.
            """)

    @Argument(help: "Files or folders (default: the whole suite).")
    var paths: [String] = []

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    func run() throws {
        let folder: DataFolder
        let loader: ScenarioLoader
        do {
            folder = try Suite.locate(data: data)
            loader = ScenarioLoader(ledger: try Ledger(dataFolder: folder), dataFolder: folder)
            if paths.isEmpty { try Suite.checkPolicies(in: folder) }
        } catch {
            Console.error("\(error)")
            throw ExitCode(3)
        }
        var counts: [FileShape: Int] = [:]
        var haveErrors = false
        var seen = 0
        // One file at a time: memory grows with the largest, not with their number.
        for loaded in loader.files(at: places(folder)) {
            seen += 1
            let (text, isBroken) = complaints(about: loaded, loader.ledger)
            if !text.isEmpty { Console.error(text) }
            haveErrors = haveErrors || isBroken
            counts[loaded.shape, default: 0] += loaded.shape == .scenario ? loaded.scenarios.count : 1
        }
        guard seen > 0 else {
            Console.error("There is no file to look at in \(paths.joined(separator: ", ")).")
            throw ExitCode(3)
        }
        if haveErrors { throw ExitCode(3) }
        let told = FileShape.allCases.compactMap { shape in
            counts[shape].map { "\($0) \(shape.rawValue)\($0 == 1 ? "" : "s")" }
        }
        Console.print(told.joined(separator: ", ") + ", no mistakes")
    }

    /// Named folders are searched; procedures and deployments in them too.
    private func places(_ folder: DataFolder) -> [URL] {
        if paths.isEmpty {
            let others = ["procedures", "deployments"].map { folder.scenarios($0) }
            return Suite.suiteFolders(folder) + others.filter { FileManager.default.fileExists(atPath: $0.path) }
        }
        return paths.map { URL(fileURLWithPath: $0) }.flatMap { place in
            [place]
                + ["procedures", "deployments"].map { place.appending(path: $0) }
                .filter { FileManager.default.fileExists(atPath: $0.path) }
        }
    }

    private func complaints(about loaded: LoadedScenario, _ ledger: Ledger) -> (text: String, isBroken: Bool) {
        var diagnostics = loaded.diagnostics
        if loaded.shape == .deployment {
            let read = Deployment.parse(
                loaded.file, environment: ProcessInfo.processInfo.environment, ledger: ledger)
            diagnostics = read.diagnostics.map { diagnostic in
                // Secrets stand where the run happens, not where the file is looked at.
                diagnostic.code == "undefined-environment" ? diagnostic.asWarning : diagnostic
            }
        }
        return (
            diagnostics.map { $0.rendered(in: loaded.file) }.joined(separator: "\n"),
            diagnostics.contains { $0.severity == .error }
        )
    }
}

extension Diagnostic {
    fileprivate var asWarning: Diagnostic {
        Diagnostic(.warning, code: code, message: message, remedy: remedy, path: path, span: span)
    }
}

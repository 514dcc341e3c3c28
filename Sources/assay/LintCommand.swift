// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Ledger
import ScenarioLanguage
import SourceText

/// `assay lint`: every mistake of scenario files, without any traffic.
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Check scenario files: all mistakes at once, with place, cause and remedy.")

    @Argument(help: "Scenario files or folders (default: the whole suite).")
    var paths: [String] = []

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    func run() throws {
        let folder: DataFolder
        let ledger: Ledger
        do {
            folder = try Suite.locate(data: data)
            ledger = try Ledger(dataFolder: folder)
        } catch {
            Console.error("\(error)")
            throw ExitCode(3)
        }
        let places = paths.isEmpty ? Suite.suiteFolders(folder) : paths.map { URL(fileURLWithPath: $0) }
        var count = 0
        var haveErrors = false
        var seen = 0
        // One file at a time: memory grows with the largest, not with their number.
        for loaded in ScenarioLoader(ledger: ledger, dataFolder: folder).files(at: places) {
            seen += 1
            if !loaded.rendered.isEmpty { Console.error(loaded.rendered) }
            haveErrors = haveErrors || loaded.diagnostics.contains { $0.severity == .error }
            count += loaded.scenarios.count
        }
        guard seen > 0 else {
            Console.error("There is no scenario file in \(paths.joined(separator: ", ")).")
            throw ExitCode(3)
        }
        if haveErrors { throw ExitCode(3) }
        Console.print("\(count) scenarios, no mistakes")
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Ledger
package import ScenarioLanguage
internal import SourceText

/// The texts of a run's scenarios and procedures, as they lie in its folder: with them the record can be judged, replayed
/// and minimized wherever it is carried.
///
/// `scenarios/<id>.yaml`, one a file of the suite, and `scenarios/procedures/<name>.yaml`.
package enum ScenarioTexts {
    /// Where they lie below a run's folder.
    package static let folder = "scenarios"

    /// Writes them. Throws what the file system says.
    package static func write(_ scenarios: [Scenario], to run: URL) throws {
        let place = run.appending(path: folder)
        try FileManager.default.createDirectory(
            at: place.appending(path: "procedures"), withIntermediateDirectories: true)
        var written: Set<String> = []
        for scenario in scenarios where !scenario.file.text.isEmpty {
            if written.insert(scenario.family).inserted {
                try Data(scenario.file.text.utf8).write(to: place.appending(path: "\(scenario.family).yaml"))
            }
            for file in scenario.procedureFiles {
                let name = URL(fileURLWithPath: file.path).lastPathComponent
                guard written.insert("procedures/" + name).inserted else { continue }
                try Data(file.text.utf8).write(to: place.appending(path: "procedures/\(name)"))
            }
        }
    }

    /// The scenarios a run's folder holds; nil where it holds none, as those of earlier versions. Throws with every mistake
    /// where they cannot be read by this ledger.
    package static func load(from run: URL, ledger: Ledger) throws -> [Scenario]? {
        let place = run.appending(path: folder)
        guard FileManager.default.fileExists(atPath: place.path) else { return nil }
        let library = ProcedureLibrary(folders: [place.appending(path: "procedures")])
        let scenarios = try ScenarioLoader(ledger: ledger, library: library).scenarios(at: [place])
        return scenarios.isEmpty ? nil : scenarios
    }
}

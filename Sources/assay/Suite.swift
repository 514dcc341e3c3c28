// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import Judge
import Ledger
import Runner
import ScenarioLanguage
import SourceText

/// The data a command works on: ledger, scenarios, deployment file, found at run time.
struct Suite {
    let folder: DataFolder
    let ledger: Ledger
    let scenarios: [Scenario]
    let policies: [String: FlowPolicy]

    /// The same with other scenarios.
    func with(_ scenarios: [Scenario]) -> Suite {
        Suite(folder: folder, ledger: ledger, scenarios: scenarios, policies: policies)
    }

    /// The folder this executable runs from, symbolic links resolved.
    static var executableFolder: URL {
        let path =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent()
    }

    /// Locates the data folder: `--data`, `$ASSAY_HOME`, beside the executable, above it.
    static func locate(data: String?) throws -> DataFolder {
        try DataFolder.locate(
            option: data, environment: ProcessInfo.processInfo.environment,
            executable: executableFolder.appending(path: "assay"))
    }

    /// Reads everything; throws all mistakes of all files at once.
    static func load(data: String?, paths: [String]) throws -> Suite {
        let folder = try locate(data: data)
        let ledger = try Ledger(dataFolder: folder)
        let loader = ScenarioLoader(ledger: ledger, dataFolder: folder)
        let places = paths.isEmpty ? suiteFolders(folder) : paths.map { URL(fileURLWithPath: $0) }
        let scenarios = try loader.scenarios(at: places)
        guard !scenarios.isEmpty else {
            throw Mistaken(
                "There is no scenario in \(paths.joined(separator: ", ")).\n  = Name scenario files or folders that hold some."
            )
        }
        return Suite(folder: folder, ledger: ledger, scenarios: scenarios, policies: try policies(in: folder))
    }

    /// Throws with the mistakes of the flow policies.
    static func checkPolicies(in folder: DataFolder) throws { _ = try policies(in: folder) }

    private static func policies(in folder: DataFolder) throws -> [String: FlowPolicy] {
        let place = folder.scenarios("policies")
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path).filter { $0.hasSuffix(".yaml") }
            .sorted()
        let files = try names.map { name in
            SourceFile(
                path: "Scenarios/policies/\(name)",
                text: try String(contentsOf: place.appending(path: name), encoding: .utf8))
        }
        let (policies, diagnostics) = FlowPolicyReader.read(files)
        if diagnostics.contains(where: { $0.severity == .error }) {
            let texts = diagnostics.map { diagnostic in
                diagnostic.rendered(in: files.first { $0.path == diagnostic.path })
            }
            throw Mistaken(texts.joined(separator: "\n"))
        }
        return policies
    }

    /// The folders of `Scenarios/` that hold scenarios.
    static func suiteFolders(_ folder: DataFolder) -> [URL] {
        ["cerner", "epic", "privacy", "reliability", "security"].map { folder.scenarios($0) }
            .filter { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// The scenarios that a record planned, by id and in its order. Throws a `Mistaken` where one is neither in a run's
    /// folder nor in this suite.
    /// - Parameter folders: run folders whose own texts go before the suite's, which may have changed since.
    func planned(_ ids: [String], recordedIn folders: [URL] = []) throws -> [Scenario] {
        var texts: [Scenario] = []
        var trouble: (any Error)?
        for folder in folders {
            do { texts += try ScenarioTexts.load(from: folder, ledger: ledger) ?? [] } catch { trouble = error }
        }
        let known = Dictionary((texts + scenarios).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        if let trouble, ids.contains(where: { known[$0] == nil }) { throw trouble }
        let missing = ids.filter { known[$0] == nil }
        guard missing.isEmpty, !ids.isEmpty else {
            throw Mistaken(
                "The record's scenarios \(missing.joined(separator: ", ")) are not in the suite at hand.\n"
                    + "  = Name their files with --scenarios, or the data folder they came from with --data.")
        }
        return ids.compactMap { known[$0] }
    }

    func deployment(at path: String?) throws -> Deployment {
        let url = path.map { URL(fileURLWithPath: $0) } ?? folder.scenarios("deployments/reference.yaml")
        let text: String
        do { text = try String(contentsOf: url, encoding: .utf8) } catch {
            throw Mistaken(
                "The deployment file \(path ?? url.path) cannot be read.\n  = Name a file that exists and is UTF-8 text."
            )
        }
        let file = SourceFile(path: path ?? "Scenarios/deployments/reference.yaml", text: text)
        let (deployment, diagnostics) = Deployment.parse(file, environment: ProcessInfo.processInfo.environment)
        guard let deployment, !diagnostics.contains(where: { $0.severity == .error }) else {
            throw Mistaken(diagnostics.map { $0.rendered(in: file) }.joined(separator: "\n"))
        }
        return deployment
    }
}

/// Mistakes in files, already rendered with their places.
struct Mistaken: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import ScenarioLanguage
import SourceText

/// What `assay mock` finds at run time: its pages, and with `--data` worlds of the user's own.
struct MockData {
    /// `MockEHR/pages`.
    let pages: URL
    let worlds: [WorldSpec]

    /// `--data` names either Assay's own data folder, or one with world files; then the pages come from the usual places.
    init(_ option: String?) throws {
        let isData =
            option.map { FileManager.default.fileExists(atPath: $0 + "/Scenarios/requirements.yaml") } ?? true
        let folder = try Suite.locate(data: isData ? option : nil)
        pages = folder.url.appending(path: "MockEHR/pages", directoryHint: .isDirectory)
        worlds = isData ? [] : try Self.worlds(option ?? "")
    }

    private static func worlds(_ path: String) throws -> [WorldSpec] {
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        } catch {
            throw Mistaken("The folder \(path) cannot be read.\n  = Name a folder that exists with --data.")
        }
        guard !names.isEmpty else {
            throw Mistaken(
                "The folder \(path) holds neither world files (*.yaml) nor Scenarios/requirements.yaml.\n"
                    + "  = Put a file there with what stands under `world:` in a scenario: organization, people, appointments."
            )
        }
        var worlds: [WorldSpec] = []
        var mistakes: [String] = []
        for name in names {
            let text: String
            do { text = try String(contentsOf: folder.appending(path: name), encoding: .utf8) } catch {
                mistakes.append("\(path)/\(name) cannot be read: it must be UTF-8 text.")
                continue
            }
            let file = SourceFile(path: "\(path)/\(name)", text: text)
            let (world, diagnostics) = WorldFile.read(file)
            if let world { worlds.append(world) } else { mistakes += diagnostics.map { $0.rendered(in: file) } }
        }
        guard mistakes.isEmpty else { throw Mistaken(mistakes.joined(separator: "\n")) }
        return worlds
    }
}

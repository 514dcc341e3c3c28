// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Reports
import Value

/// The kill matrix that the reports of a run tell of. Its file lies in the run's folder then, so that whoever judges the
/// record again writes the same.
struct MatrixAtHand {
    static let name = "kill-matrix.json"

    let value: Value
    let figures: MatrixFigures

    private init?(_ value: Value) {
        guard let figures = MatrixFigures(value) else { return nil }
        self.value = value
        self.figures = figures
    }

    /// The file that was named, which must be of this suite; else the newest whole one under `runs/` that is; nil: there is none.
    ///
    /// - Parameter suite: SHA-256 over the suite's files; asked for only where there is a matrix.
    static func find(_ path: String?, suite: () throws -> String) throws -> MatrixAtHand? {
        if let path {
            guard FileManager.default.isReadableFile(atPath: path) else {
                throw Mistaken(
                    "\(path) cannot be read.\n  = Give kill-matrix.json of `assay prove --full --out FOLDER`.")
            }
            guard let found = read(URL(fileURLWithPath: path)) else {
                throw Mistaken(
                    "\(path) is no kill matrix of this version.\n  = Give kill-matrix.json of `assay prove --full --out FOLDER`."
                )
            }
            guard found.figures.suiteData == (try suite()) else {
                throw Mistaken(
                    "\(path) is the kill matrix of another suite (\(found.figures.suiteVersion)).\n"
                        + "  = Make one of this suite: assay prove --full --out FOLDER.")
            }
            return found
        }
        let runs = URL(fileURLWithPath: "runs")
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? []).sorted(by: >)
        for folder in names where folder != "latest" {
            let file = runs.appending(path: "\(folder)/\(name)")
            // What another run tells of is a copy; that counts as well.
            guard FileManager.default.fileExists(atPath: file.path), let found = read(file),
                found.figures.isWhole, found.figures.suiteData == (try suite())
            else { continue }
            return found
        }
        return nil
    }

    /// What lies beside a record; nil where nothing does.
    static func beside(_ folder: URL) -> MatrixAtHand? { read(folder.appending(path: name)) }

    /// Of a bundle's attachment.
    static func figures(_ value: Value?) -> MatrixFigures? { value.flatMap { MatrixFigures($0) } }

    private static func read(_ url: URL) -> MatrixAtHand? {
        guard let data = try? Data(contentsOf: url), let value = try? Value.parseJSON(data) else { return nil }
        return MatrixAtHand(value)
    }

    /// Throws what the file system says.
    func write(to folder: URL) throws { try Self.write(value, to: folder) }

    /// The same of a matrix that may be none.
    static func write(_ value: Value?, to folder: URL) throws {
        guard let value else { return }
        try Data((value.json(pretty: true) + "\n").utf8).write(to: folder.appending(path: name))
    }
}

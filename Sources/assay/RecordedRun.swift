// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import Trace
import Value

/// A run's folder, or a bundle, as it lies on the disk.
struct RecordedRun {
    let folder: URL
    let results: Value
    /// Nil where the folder holds results alone.
    let trace: Trace?

    /// Throws a `Mistaken` where there is no readable `results.json`.
    init(folder path: String, withTrace: Bool = true) throws {
        folder = URL(fileURLWithPath: path)
        let file = folder.appending(path: "results.json")
        guard let data = try? Data(contentsOf: file) else {
            throw Mistaken(
                "\(path) holds no results.json.\n  = Name the folder of a run, for example runs/latest.")
        }
        let value: Value
        do { value = try Value.parseJSON(data) } catch {
            throw Mistaken(
                "\(path)/results.json is no JSON: \(error).\n  = Judge the run again: assay judge \(path) --json.")
        }
        guard value["format"]?.string == ResultsJSON.format else {
            throw Mistaken(
                "\(path)/results.json has format \(value["format"]?.scalarText ?? "unknown"), this version reads "
                    + "\(ResultsJSON.format).\n  = Judge the run again: assay judge \(path) --json.")
        }
        results = value
        trace = withTrace ? try? TraceReader.read(folder: folder) : nil
    }
}

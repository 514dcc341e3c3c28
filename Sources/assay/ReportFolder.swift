// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Reports
import Trace

/// Writes every report of a run into its folder.
struct ReportFolder {
    let url: URL

    /// Throws what the file system says.
    func write(_ results: RunResults, trace: Trace) throws {
        try put(ResultsJSON.text(results), "results.json")
        try put(JUnitReport.xml(results), "junit.xml")
        try put(HTMLReport.html(results, trace: trace), "report.html")
    }

    private func put(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: url.appending(path: name), options: .atomic)
    }
}

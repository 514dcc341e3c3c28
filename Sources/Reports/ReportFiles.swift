// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Judge
package import Trace

/// Every report of a run, written from its results and its record.
package enum ReportFiles {
    /// File name and content, in the order they are documented in `docs/results.md`.
    /// - Parameter matrix: relative address of the kill matrix, where the run is part of a proof.
    package static func all(_ results: RunResults, trace: Trace, matrix: String? = nil) -> [(name: String, data: Data)]
    {
        let texts = [
            ("results.json", ResultsJSON.text(results)),
            ("junit.xml", JUnitReport.xml(results)),
            ("ctrf.json", CTRFReport.text(results)),
            ("findings.sarif", SARIFReport.text(results)),
            ("testreport.fhir.json", TestReportFHIR.text(results)),
            ("traffic.har", HARWriter.text(results, trace: trace)),
            ("summary.md", MarkdownSummary.text(results)),
            ("report.html", HTMLReport.html(results, trace: trace, matrix: matrix)),
        ]
        return texts.map { ($0.0, Data($0.1.utf8)) }
    }
}

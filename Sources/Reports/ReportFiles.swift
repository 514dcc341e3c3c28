// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Judge
package import Trace

/// Every report of a run, written from its results and its record.
package enum ReportFiles {
    /// File name and content (`docs/results.md`).
    /// - Parameter matrix: relative address of the kill matrix, where the run is part of a proof.
    package static func all(_ results: RunResults, trace: Trace, matrix: String? = nil) -> [(name: String, data: Data)]
    {
        makers(results, trace: trace, matrix: matrix).map { ($0.name, $0.make()) }
    }

    /// The same as work that can be done side by side, the longest first.
    package static func makers(
        _ results: RunResults, trace: Trace, matrix: String? = nil
    ) -> [(name: String, make: @Sendable () -> Data)] {
        [
            ("report.html", { Data(HTMLReport.html(results, trace: trace, matrix: matrix).utf8) }),
            ("traffic.har", { Data(HARWriter.bytes(results, trace: trace)) }),
            ("results.json", { Data(ResultsJSON.text(results).utf8) }),
            ("ctrf.json", { Data(CTRFReport.text(results).utf8) }),
            ("testreport.fhir.json", { Data(TestReportFHIR.text(results).utf8) }),
            ("junit.xml", { Data(JUnitReport.xml(results).utf8) }),
            ("findings.sarif", { Data(SARIFReport.text(results).utf8) }),
            ("summary.md", { Data(MarkdownSummary.text(results).utf8) }),
        ]
    }
}

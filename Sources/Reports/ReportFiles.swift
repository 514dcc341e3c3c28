// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Judge
package import Trace
internal import Value

/// Every report of a run, written from its results and its record.
package enum ReportFiles {
    /// Writes one report, in pieces.
    package typealias Maker = @Sendable (_ take: ([UInt8]) throws -> Void) throws -> Void

    /// File name and content (`docs/results.md`).
    /// - Parameter matrix: relative address of the kill matrix, where the run is part of a proof.
    package static func all(
        _ results: RunResults, trace: Trace, matrix: String? = nil
    ) throws -> [(name: String, data: Data)] {
        try makers(results, trace: trace, matrix: matrix).map { name, make in
            var data = Data()
            try make { data.append(contentsOf: $0) }
            return (name, data)
        }
    }

    /// The same as work that can be done side by side, the longest first.
    package static func makers(
        _ results: RunResults, trace: Trace, matrix: String? = nil
    ) -> [(name: String, make: Maker)] {
        [
            ("report.html", { try $0(Array(HTMLReport.html(results, trace: trace, matrix: matrix).utf8)) }),
            ("traffic.har", { try HARWriter.write(results, trace: trace, to: $0) }),
            ("results.json", { try $0(json(ResultsJSON.value(results))) }),
            ("ctrf.json", { try $0(json(CTRFReport.value(results))) }),
            ("testreport.fhir.json", { try $0(json(TestReportFHIR.value(results))) }),
            ("junit.xml", { try $0(Array(JUnitReport.xml(results).utf8)) }),
            ("findings.sarif", { try $0(json(SARIFReport.value(results))) }),
            ("summary.md", { try $0(Array(MarkdownSummary.text(results).utf8)) }),
        ]
    }

    private static func json(_ report: Value) -> [UInt8] { report.jsonBytes(pretty: true) + [UInt8(ascii: "\n")] }
}

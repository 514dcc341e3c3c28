// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Judge
package import Trace
internal import World

/// `report.html`: one file that needs nothing else; it works offline, in print, light and dark.
///
/// What a reader comes for stands in the page itself and needs no script: verdict, findings with their messages, requirements,
/// checks. The messages of what is in order lie in one data block and are drawn when they are asked for.
package enum HTMLReport {
    /// How much of each body the page shows; the trace holds the whole.
    package struct Limits: Sendable {
        /// Characters of a body in a scenario that did not pass.
        package var body = 4096
        /// Characters of a body in a scenario that passed.
        package var passingBody = 800
        /// From so many scenarios on passing ones show a quarter of that.
        static let many = 200
        /// Exchanges of one scenario that are written out.
        package var exchanges = 400
        /// Rows of one sequence diagram.
        package var diagramRows = 250

        package init() {}
    }

    /// The page. `trace` is the one the results were judged from.
    /// - Parameter matrix: relative address of the kill matrix, where the run is part of a proof.
    package static func html(
        _ results: RunResults, trace: Trace, limits: Limits = Limits(), matrix: String? = nil
    ) -> String {
        var limits = limits
        // What a browser reads before it shows the page grows with every passing scenario's messages.
        if results.scenarios.count > Limits.many { limits.passingBody = min(limits.passingBody, 200) }
        let page = ReportPage(results: results, record: ReportRecord(trace: trace), limits: limits, matrix: matrix)
        return HTMLWriter.page(
            title: "\(results.verdict.rawValue): \(results.connector) – Assay report", hasScript: true
        ) { out in
            page.write(into: &out)
        }
    }
}

/// How a verdict looks: its class in the style sheet and its word.
enum Mark: String {
    case pass, fail, warn, open, na

    init(_ check: CheckResult, in results: RunResults) {
        self = results.isWarning(check) ? .warn : Mark(check.verdict)
    }

    init(_ verdict: CheckVerdict) {
        switch verdict {
        case .pass: self = .pass
        case .fail: self = .fail
        case .inconclusive, .error: self = .open
        case .notApplicable: self = .na
        }
    }

    /// A sign beside the word, so that colour is never the only carrier.
    var sign: String {
        switch self {
        case .pass: "✓"
        case .fail: "✗"
        case .warn: "!"
        case .open: "?"
        case .na: "–"
        }
    }
}

extension HTMLWriter {
    mutating func tag(_ mark: Mark, _ word: String) {
        element("span", ["class": "tag " + mark.rawValue], mark.sign + " " + word)
    }
}

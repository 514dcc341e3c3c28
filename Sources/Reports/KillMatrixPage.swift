// SPDX-License-Identifier: Apache-2.0

package import Judge
internal import Ledger

/// `kill-matrix.html`: one file that needs nothing else, in the look of the report.
package enum KillMatrixPage {
    /// - Parameter kept: folders beside the page that hold the `report.html` of a run: `honest`, `defects/ID`.
    package static func html(_ matrix: KillMatrix, kept: Set<String>) -> String {
        HTMLWriter.page(title: "Kill matrix – Assay") { out in Body(matrix: matrix, kept: kept).write(into: &out) }
    }

    private struct Body {
        let matrix: KillMatrix
        let kept: Set<String>

        func write(into out: inout HTMLWriter) {
            out.element("header") { out in
                out.element("h1", "Kill matrix")
                out.element(
                    "p",
                    "Each defect is one deliberate fault of the reference connector. A check is worth what it finds: a defect "
                        + "counts as killed only where the check that is there for it fails, for the reason it is there for."
                )
                verdict(into: &out)
                facts(into: &out)
            }
            out.element("main") { out in
                areas(into: &out)
                defects(into: &out)
                idle(into: &out)
            }
            out.element(
                "footer",
                "Written from kill-matrix.json beside this file. Suite \(matrix.suiteVersion), seed \(matrix.seed), "
                    + "nonce \(matrix.nonce).")
        }

        private func verdict(into out: inout HTMLWriter) {
            let mark = matrix.isProved ? "pass" : matrix.isIncomplete ? "open" : "fail"
            out.element("div", ["class": "verdict " + mark, "role": "status"]) { out in
                out.element("strong", matrix.isProved ? "proved" : matrix.isIncomplete ? "incomplete" : "not proved")
                out.element("span", KillMatrixText.lastLine(matrix))
            }
            guard !matrix.complaints.isEmpty else { return }
            out.element("h2", "Why")
            out.element("ul") { out in
                for line in matrix.complaints { out.element("li", line) }
            }
        }

        private func facts(into out: inout HTMLWriter) {
            let how =
                matrix.isFull
                ? "every scenario against every defect" : "the scenarios concerned, and a drawn share of the others"
            var facts: [(String, String)] = [
                ("Honest connector", matrix.honest?.verdict.rawValue ?? "not run to its end"), ("Scenarios", how),
                ("Defects", matrix.isSelection ? "a selection" : "the whole catalogue"),
                ("As seen by", matrix.asSeenBy ?? "the reference deployment, everything visible"),
            ]
            if let score = matrix.score { facts.insert(("Mutation score", KillMatrixText.percent(score)), at: 0) }
            out.element("dl", ["class": "facts"]) { out in
                for (name, value) in facts {
                    out.element("div") { out in
                        out.element("dt", name)
                        out.element("dd") { out in
                            if name == "Honest connector", kept.contains("honest") {
                                out.element("a", ["href": "honest/report.html"], value)
                            } else {
                                out.text(value)
                            }
                        }
                    }
                }
            }
        }

        private func areas(into out: inout HTMLWriter) {
            guard !matrix.areas.isEmpty else { return }
            out.element("h2", "Mutation score by area")
            KillAreaTable(areas: matrix.areas, killed: "Killed as expected").write(into: &out)
        }

        private func defects(into out: inout HTMLWriter) {
            guard !matrix.proofs.isEmpty else { return }
            out.element("h2", ["id": "defects"], "Defects (\(matrix.proofs.count))")
            out.element("table") { out in
                out.tableHead(["Defect", "Outcome", "Check that must find it", "Red checks", "Scenarios", "s"])
                out.element("tbody") { out in
                    for proof in matrix.proofs { row(proof, into: &out) }
                }
            }
        }

        private func row(_ proof: DefectProof, into out: inout HTMLWriter) {
            let expected = proof.defect.expected
            out.element("tr", ["id": "d-" + proof.defect.id]) { out in
                out.element("td") { out in
                    if kept.contains("defects/" + proof.defect.id) {
                        out.element("a", ["href": "defects/\(proof.defect.id)/report.html"], proof.defect.id)
                    } else {
                        out.element("strong", proof.defect.id)
                    }
                    out.element("div", ["class": "soft"], "\(proof.defect.area): \(proof.defect.story)")
                    out.element("div", ["class": "soft"], "Source: \(proof.defect.source)")
                }
                out.element("td") { out in
                    out.tag(Self.mark(proof.outcome), proof.outcome.rawValue)
                    if !proof.note.isEmpty { out.element("div", ["class": "soft"], proof.note) }
                }
                out.element("td") { out in
                    out.element(
                        "div", ["class": "mono"], (expected.scenario.map { $0 + "/" } ?? "") + expected.check)
                    out.element("div", ["class": "soft"], expected.reason)
                }
                out.element("td", ["class": "mono"]) { out in
                    for red in proof.red {
                        out.element("div") { out in
                            out.text("\(red.check) (\(red.reason)) ")
                            if red.isUnrelated { out.tag(.fail, "unrelated") }
                        }
                    }
                }
                out.element("td", ["class": "num"]) { out in
                    out.text(String(proof.scenarios.count))
                    guard !proof.unreached.isEmpty else { return }
                    out.element("div", ["class": "soft"], "\(proof.unreached.count) not reached")
                }
                out.element("td", ["class": "num"], readable(proof.seconds))
            }
        }

        private func idle(into out: inout HTMLWriter) {
            let lists = [
                ("Checks that kill nothing", matrix.idleChecks),
                ("Rules over every exchange that no defect breaks", matrix.idleRules), ("Not run", matrix.missing),
            ]
            for (title, names) in lists where !names.isEmpty {
                out.element("h2", "\(title) (\(names.count))")
                out.element("ul") { out in
                    for name in names { out.element("li", ["class": "mono"], name) }
                }
            }
        }

        private static func mark(_ outcome: DefectProof.Outcome) -> Mark {
            switch outcome {
            case .killed: .pass
            case .killedOtherwise: .warn
            case .survived: .fail
            case .unseen: .na
            case .trouble: .open
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Judge

/// The kill matrix in the report of a run: what the checks that judged it are worth.
struct MatrixSection {
    let results: RunResults
    /// Relative address of the whole matrix; nil where none lies beside the run.
    let address: String?

    func write(into out: inout HTMLWriter) {
        out.element("h2", ["id": "kill-matrix"], "Kill matrix")
        if let address {
            out.element("p") { out in
                out.text("What these checks are worth: ")
                out.element("a", ["href": address], "the kill matrix of this suite")
            }
        }
        guard let figures = results.killMatrix else {
            guard address == nil else { return }
            out.element(
                "p",
                "None: no kill matrix of this suite (\(results.suiteVersion)) was at hand, so this report does not say which "
                    + "deliberate faults its checks are known to find.")
            out.element("p") { out in
                out.text("To have it here: ")
                out.element("code", "assay prove --full --out proof")
                out.text(", then ")
                out.element("code", "assay run --matrix proof/kill-matrix.json")
                out.text(".")
            }
            return
        }
        verdict(figures, into: &out)
        areas(figures, into: &out)
        checks(figures, into: &out)
    }

    private func verdict(_ figures: MatrixFigures, into out: inout HTMLWriter) {
        out.element("p") { out in
            out.tag(figures.isProved ? .pass : .fail, figures.isProved ? "proved" : "not proved")
            out.text(
                " Against deliberate faults of the reference connector: "
                    + "\(figures.count("killed")) of \(counted(figures.count("defects"), "defect")) found by the check that is "
                    + "there for them, \(figures.count("killed-otherwise")) otherwise, "
                    + "\(figures.count("survived")) not found"
                    + (figures.score.map { "; mutation score \($0)" } ?? "")
                    + (figures.isFull
                        ? "; every scenario against every defect"
                        : "; the scenarios concerned and a drawn share of the others")
                    + (figures.isWhole ? "" : "; only a part of the catalogue, or not all of it to be seen")
                    + ". Suite \(figures.suiteVersion).")
        }
    }

    private func areas(_ figures: MatrixFigures, into out: inout HTMLWriter) {
        guard !figures.areas.isEmpty else { return }
        KillAreaTable(areas: figures.areas, killed: "Found as expected").write(into: &out)
    }

    /// Which of this run's checks a defect is known to turn red.
    private func checks(_ figures: MatrixFigures, into out: inout HTMLWriter) {
        let names = results.everyCheck.filter { $0.check.verdict != .notApplicable }.map {
            "\($0.scenario)/\($0.check.check)"
        }
        let known = names.filter { figures.kills[$0] != nil }
        out.element(
            "p",
            "Of the \(counted(names.count, "check")) that apply to this run, \(known.count) are known to find a defect."
        )
        guard !known.isEmpty else { return }
        out.element("details") { out in
            out.element("summary", "Which check finds what (\(known.count))")
            out.element("div", ["class": "body"]) { out in
                out.element("table") { out in
                    out.tableHead(["Check", "Defects"])
                    out.element("tbody") { out in
                        for name in known {
                            out.element("tr") { out in
                                out.element("td", ["class": "mono"], name)
                                out.element("td", Self.shortened(figures.kills[name] ?? []))
                            }
                        }
                    }
                }
            }
        }
        let idle = names.filter { figures.kills[$0] == nil }
        guard !idle.isEmpty else { return }
        out.element("details") { out in
            out.element("summary", "Checks that no defect of the matrix turned red (\(idle.count))")
            out.element("div", ["class": "body"]) { out in
                out.element("ul") { out in
                    for name in idle { out.element("li", ["class": "mono"], name) }
                }
            }
        }
    }

    private static func shortened(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Judge

/// How many of each area's defects were found as expected.
struct KillAreaTable {
    let areas: [KillMatrix.Area]
    /// What stands above the number of those.
    let killed: String

    func write(into out: inout HTMLWriter) {
        out.element("table") { out in
            out.tableHead(["Area", killed, "Defects", "Score"])
            out.element("tbody") { out in
                for area in areas {
                    out.element("tr") { out in
                        out.element("td", area.name)
                        out.element("td", ["class": "num"], String(area.killed))
                        out.element("td", ["class": "num"], String(area.total))
                        out.element(
                            "td", ["class": "num"],
                            area.total == 0 ? "–" : KillMatrixText.percent(Double(area.killed) / Double(area.total)))
                    }
                }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Judge
internal import Trace
internal import Value
internal import World

/// What is told of the run as a whole: how long things took.
extension ReportPage {
    func timing(into out: inout HTMLWriter) {
        var times: [String: [Int]] = [:]
        for event in record.trace.events where event.kind == "http.response" {
            guard event["from"] == "connector" || event["to"] == "connector", let time = event["duration-us"]?.int
            else {
                continue
            }
            let from = event["from"]?.string ?? ""
            times[from == "connector" ? "the connector answers" : "\(from) answers the connector", default: []].append(
                time)
        }
        let slow = results.scenarios.filter { $0.world != nil }.sorted { $0.seconds > $1.seconds }.prefix(10)
        guard !times.isEmpty || !slow.isEmpty else { return }
        out.element("h2", ["id": "timing"], "Timing")
        if !times.isEmpty {
            out.element("table") { out in
                out.tableHead(["Who", "Answers", "Median, ms", "95 of 100, ms", "Longest, ms"])
                out.element("tbody") { out in
                    for (name, found) in times.sorted(by: { $0.key < $1.key }) { row(name, found.sorted(), into: &out) }
                }
            }
        }
        guard !slow.isEmpty else { return }
        out.element("h3", "The slowest scenarios")
        out.element("table") { out in
            out.tableHead(["Scenario", "Seconds"])
            out.element("tbody") { out in
                for scenario in slow {
                    out.element("tr") { out in
                        out.element("td") { $0.link(to: "s-" + scenario.id, scenario.id) }
                        out.element("td", ["class": "num"], milliseconds(scenario.seconds))
                    }
                }
            }
        }
    }

    private func row(_ name: String, _ sorted: [Int], into out: inout HTMLWriter) {
        func at(_ part: Int) -> String {
            milliseconds(Double(sorted[min(sorted.count - 1, sorted.count * part / 100)]) / 1000)
        }
        out.element("tr") { out in
            out.element("td", name)
            for text in [String(sorted.count), at(50), at(95), at(100)] { out.element("td", ["class": "num"], text) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Judge

/// The data-flow map: a picture, the table under it, and the sentence to sign.
struct DataFlowSection {
    let map: DataFlowMap

    private static let rowHeight = 46
    private static let width = 900

    /// One arrow: all flows between two places.
    private struct Arrow {
        let from: String
        let to: String
        let isStorage: Bool
        var flows: [DataFlowMap.Flow]

        var isBad: Bool { flows.contains { !$0.isAllowed } }
        /// Classes, what is forbidden first.
        var label: String {
            var seen: [String] = []
            for flow in flows.sorted(by: { !$0.isAllowed && $1.isAllowed }) where !seen.contains(flow.dataClass) {
                seen.append(flow.dataClass)
            }
            let more = seen.count > 4 ? " and \(seen.count - 4) more" : ""
            return seen.prefix(4).joined(separator: ", ") + more
        }
    }

    private var arrows: [Arrow] {
        var arrows: [Arrow] = []
        for flow in map.flows {
            let place = arrows.firstIndex { $0.from == flow.from && $0.to == flow.to && $0.isStorage == flow.isStorage }
            if let place {
                arrows[place].flows.append(flow)
            } else {
                arrows.append(Arrow(from: flow.from, to: flow.to, isStorage: flow.isStorage, flows: [flow]))
            }
        }
        // What comes to the connector, what it sends, what it keeps.
        func rank(_ arrow: Arrow) -> Int { arrow.from != "connector" ? 0 : arrow.isStorage ? 2 : 1 }
        return arrows.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(
            \.element)
    }

    func write(into out: inout HTMLWriter) {
        out.element("h2", ["id": "data-flows"], "What flowed where")
        let arrows = arrows
        if arrows.isEmpty {
            out.element("p", "No value of any person appeared anywhere.")
        } else {
            picture(arrows, into: &out)
            table(into: &out)
        }
        out.element("p", ["class": map.forbidden.isEmpty && map.unproven.isEmpty ? "card" : "card fail"]) { out in
            out.element("strong", "For the privacy officer: ")
            out.text(map.statement)
        }
    }

    private func picture(_ arrows: [Arrow], into out: inout HTMLWriter) {
        let height = arrows.count * Self.rowHeight + 16
        out.element(
            "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Data-flow map"]
        ) { out in
            out.element(
                "svg",
                [
                    "width": String(Self.width), "height": String(height), "viewBox": "0 0 \(Self.width) \(height)",
                    "role": "img", "aria-label": "Data-flow map; the table below holds the same in text",
                ]
            ) { out in
                for (row, arrow) in arrows.enumerated() { draw(arrow, y: 8 + row * Self.rowHeight, into: &out) }
            }
        }
    }

    private func draw(_ arrow: Arrow, y: Int, into out: inout HTMLWriter) {
        let line = y + 26
        let (start, end) = (150, Self.width - 170)
        out.element("g", ["class": arrow.isBad ? "bad" : nil]) { out in
            out.element(
                "title",
                "\(arrow.from) → \(arrow.to): \(arrow.label), \(arrow.isBad ? "not all of it allowed" : "allowed")")
            box(arrow.from, x: 16, y: line - 13, into: &out)
            box(arrow.isStorage ? "kept: " + arrow.to : arrow.to, x: end + 20, y: line - 13, into: &out)
            out.element(
                "line",
                [
                    "class": "arrow", "x1": String(start), "y1": String(line), "x2": String(end + 12),
                    "y2": String(line), "stroke-dasharray": arrow.isStorage ? "6 3" : nil,
                ], "")
            out.element(
                "path",
                ["class": "tip", "d": "M\(end + 19) \(line)L\(end + 11) \(line - 4)L\(end + 11) \(line + 4)Z"], "")
            let count = arrow.flows.reduce(0) { $0 + $1.count }
            out.element(
                "text", ["x": String((start + end) / 2), "y": String(line - 6), "text-anchor": "middle"],
                shortened("\(arrow.isBad ? "✗" : "✓") \(arrow.label) (\(count))", to: 78))
        }
    }

    private func box(_ name: String, x: Int, y: Int, into out: inout HTMLWriter) {
        out.element(
            "rect",
            ["class": "head", "x": String(x), "y": String(y), "width": "132", "height": "26", "rx": "5"], "")
        out.element(
            "text", ["x": String(x + 66), "y": String(y + 17), "text-anchor": "middle"], shortened(name, to: 19))
    }

    private func table(into out: inout HTMLWriter) {
        out.element("details", ["open": map.forbidden.isEmpty ? nil : ""]) { out in
            out.element("summary", "All \(map.flows.count) flows, and the rule that decides each")
            out.element(
                "div", ["class": "body wide", "tabindex": "0", "role": "region", "aria-label": "Flows, row by row"]
            ) { out in
                out.element("table") { out in
                    out.tableHead(["From", "To", "Datum", "Known to", "Form", "Times", "Verdict", "Rule"])
                    out.element("tbody") { out in
                        for flow in map.flows { row(flow, into: &out) }
                    }
                }
            }
        }
    }

    private func row(_ flow: DataFlowMap.Flow, into out: inout HTMLWriter) {
        out.element("tr") { out in
            out.element("td", flow.from)
            out.element("td", flow.isStorage ? "kept: " + flow.to : flow.to)
            out.element("td", ["class": "nowrap"], flow.dataClass)
            out.element("td", flow.origin)
            out.element("td", flow.forms.joined(separator: "; "))
            out.element("td", ["class": "num"], String(flow.count))
            out.element("td", ["class": "nowrap"]) { out in
                out.tag(flow.isAllowed ? .pass : .fail, flow.isAllowed ? "allowed" : "not allowed")
            }
            out.element("td", flow.rule.isEmpty ? "no rule allows it" : "\(flow.rule): \(flow.because)")
        }
    }
}

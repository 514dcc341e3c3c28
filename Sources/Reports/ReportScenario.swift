// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Judge
internal import Trace
internal import Value
internal import World

/// One scenario of the page: checks, diagram, steps, exchanges.
extension ReportPage {
    func scenarios(into out: inout HTMLWriter) {
        guard !results.scenarios.isEmpty else { return }
        out.element("h2", ["id": "scenarios"], "Scenarios (\(results.scenarios.count))")
        for scenario in results.scenarios { self.scenario(scenario, into: &out) }
    }

    private func scenario(_ scenario: ScenarioResult, into out: inout HTMLWriter) {
        let events = scenario.world.map { record.events(of: $0) } ?? []
        let isClean = Self.isClean(scenario)
        // Open where something is wrong: the reader came for it.
        let hasFailed = scenario.checks.contains { $0.verdict == .fail || $0.verdict == .error }
        out.element("details", ["id": "s-" + scenario.id, "open": hasFailed ? "" : nil]) { out in
            out.element("summary") { out in
                let onlyWarnings =
                    scenario.verdict == .fail
                    && scenario.checks.allSatisfy { $0.verdict != .fail || results.isWarning($0) }
                out.tag(
                    onlyWarnings ? .warn : Mark(scenario.verdict), onlyWarnings ? "warning" : scenario.verdict.rawValue)
                out.text(" ")
                out.element("strong", scenario.title)
                out.element(
                    "span", ["class": "soft"],
                    " \(scenario.id) · \(counted(scenario.checks.count, "check")) · \(scenario.outcome) · "
                        + "\(readable(scenario.seconds)) s")
            }
            out.element("div", ["class": "body"]) { out in
                if !scenario.checks.isEmpty { checkTable(scenario.checks, scenario: scenario.id, into: &out) }
                guard !events.isEmpty else { return }
                if !isClean {
                    let diagram = SequenceDiagram(
                        events: events, offending: offending, written: written, limit: limits.diagramRows,
                        name: scenario.title, record: record)
                    out.element("h3", "What happened")
                    diagram.write(into: &out)
                    steps(events, into: &out)
                }
                offendingExchanges(of: scenario, into: &out)
                holder(scenario.id, into: &out)
            }
        }
    }

    private func steps(_ events: [TraceEvent], into out: inout HTMLWriter) {
        let started = events.filter { $0.kind == "step.started" }
        guard !started.isEmpty else { return }
        let finished = Dictionary(
            events.filter { $0.kind == "step.finished" }.map { ($0["step"]?.string ?? "", $0) },
            uniquingKeysWith: { first, _ in first })
        out.element("details", ["class": "exchange"]) { out in
            out.element("summary", counted(started.count, "step"))
            out.element("div", ["class": "body"]) { out in
                out.element("table") { out in
                    for step in started {
                        let id = step["step"]?.string ?? ""
                        let end = finished[id]
                        out.element("tr") { out in
                            out.element("td", ["class": "nowrap"], id)
                            out.element("td", step["text"]?.string ?? "")
                            out.element("td", ["class": "nowrap"], end?["outcome"]?.string ?? "not finished")
                            out.element("td", end?["reason"]?.string ?? "")
                            out.element("td", ["class": "nowrap"], step.clock?.description ?? "")
                            out.element(
                                "td", ["class": "num"],
                                end.map { milliseconds(($0.at - step.at).inSeconds) + " s" } ?? "")
                        }
                    }
                }
            }
        }
    }

    private func offendingExchanges(of scenario: ScenarioResult, into out: inout HTMLWriter) {
        let shown = record.exchanges(of: scenario.world, limit: 0, offending: offending)
        guard !shown.isEmpty else { return }
        out.element("h3", "Messages that decided a failed check (\(shown.count))")
        for (request, response, isBad) in shown {
            exchange(request, response, isBad: isBad, bodyLimit: limits.body, into: &out)
        }
    }

    func exchange(
        _ request: TraceEvent, _ response: TraceEvent?, isBad: Bool, bodyLimit: Int, into out: inout HTMLWriter
    ) {
        let id = request.exchange?.rawValue ?? "e\(request.seq)"
        let status = response?["status"]?.int.map(String.init) ?? "no answer"
        out.element("details", ["class": isBad ? "exchange bad" : "exchange", "id": "x-" + id]) { out in
            out.element("summary") { out in
                out.element("span", ["class": "soft"], "#\(request.seq) ")
                out.text("\(request["from"]?.string ?? "?") → \(request["to"]?.string ?? "?") ")
                out.element(
                    "code", (request["method"]?.string ?? "") + " " + shortened(request["url"]?.string ?? "", to: 140))
                out.text(" " + status)
                if let time = response?["duration-us"]?.int {
                    out.element("span", ["class": "soft"], " \(milliseconds(Double(time) / 1_000_000)) s")
                }
                if let fault = response?["fault"]?.string { out.element("span", ["class": "soft"], " fault: \(fault)") }
                if isBad { out.text(" decides a failed check") }
            }
            out.element("div", ["class": "body"]) { out in
                message(
                    "Request", request, first: "\(request["method"]?.string ?? "") \(request["url"]?.string ?? "")",
                    limit: bodyLimit, into: &out)
                out.element("details", ["class": "exchange"]) { out in
                    out.element("summary", "cURL")
                    let line = CurlCommand.line(request, body: record.trace.body(of: request))
                    out.element("pre", shortened(line, to: bodyLimit + 2000))
                }
                if let response { message("Answer", response, first: "status \(status)", limit: bodyLimit, into: &out) }
            }
        }
    }

    private func message(
        _ title: String, _ event: TraceEvent, first: String, limit: Int, into out: inout HTMLWriter
    ) {
        let headers = (event["headers"]?.array ?? []).map { "\($0[0]?.string ?? ""): \($0[1]?.string ?? "")" }
        out.element("div", ["class": "soft"], "\(title), event #\(event.seq), \(event.at)")
        out.element("pre", ([first] + headers).joined(separator: "\n"))
        guard let recorded = RecordedBody(event["body"]), recorded.size > 0 else { return }
        guard let text = recorded.text ?? String(validating: record.trace.body(of: event), as: UTF8.self) else {
            return out.element(
                "div", ["class": "soft"], "\(recorded.size) bytes that are no text, SHA-256 \(recorded.sha256)")
        }
        let readable = text.utf8.contains(0x0D) ? text.replacing("\r\n", with: "\n") : text
        out.element("pre", shortened(readable, to: limit))
        if isLonger(readable, than: limit) {
            out.element("div", ["class": "soft"], "cut: \(recorded.size) bytes, SHA-256 \(recorded.sha256)")
        }
    }
}

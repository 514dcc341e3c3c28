// SPDX-License-Identifier: Apache-2.0

internal import Judge
internal import Trace
internal import World

/// The parts of the page from top to bottom: verdict, reasons, what failed, requirements, scenarios, the run.
struct ReportPage {
    let results: RunResults
    let record: ReportRecord
    let limits: HTMLReport.Limits
    /// Events that decided a failed check, of scenarios and of the run.
    let offending: Set<Int>
    /// Exchanges that the page writes out: what links may lead to.
    let written: Set<ExchangeID>

    /// Relative address of the kill matrix; nil where there is none.
    let matrix: String?

    init(results: RunResults, record: ReportRecord, limits: HTMLReport.Limits, matrix: String? = nil) {
        self.matrix = matrix
        self.results = results
        self.record = record
        self.limits = limits
        let offending = Set(
            results.everyCheck.map(\.check).filter {
                $0.verdict == .fail || $0.verdict == .error
            }
            .flatMap(\.evidence))
        self.offending = offending
        let worlds = results.scenarios.compactMap(\.world).map(Optional.some) + [nil]
        written = Set(
            worlds.flatMap { world in
                record.exchanges(of: world, limit: 0, offending: offending).compactMap(
                    \.request.exchange)
            })
    }

    func write(into out: inout HTMLWriter) {
        out.element("a", ["class": "skip", "href": "#findings"], "Skip to the findings")
        out.element("header") { out in
            out.element("h1", "Assay conformance report")
            verdict(into: &out)
            configuration(into: &out)
            out.element("p") { out in
                out.text("What these checks are worth: ")
                if let matrix {
                    out.element("a", ["href": matrix], "the kill matrix of this suite")
                } else {
                    out.link(to: "kill-matrix", results.killMatrix == nil ? "not known here" : "the kill matrix")
                }
            }
        }
        out.element("main") { out in
            findings(into: &out)
            if let flows = results.dataFlows { DataFlowSection(map: flows).write(into: &out) }
            requirements(into: &out)
            MatrixSection(results: results, address: matrix).write(into: &out)
            scenarios(into: &out)
            runChecks(into: &out)
            timing(into: &out)
        }
        out.data("record", json: data.json)
        out.element(
            "footer",
            "Written from results.json and trace.ndjson of this run; bodies are cut at \(limits.body) characters "
                + "(\(limits.passingBody) in scenarios that passed), the trace holds them whole. "
                + "Suite \(results.suiteVersion), seed \(results.seed), nonce \(results.nonce).")
    }

    private func verdict(into out: inout HTMLWriter) {
        let mark: String
        switch results.verdict {
        case .conformant: mark = "pass"
        case .nonconformant: mark = "fail"
        case .incomplete, .invalidSetup, .harnessError: mark = "open"
        }
        let checks = results.everyCheck.map(\.check)
        let warnings = checks.count { results.isWarning($0) }
        let open = checks.count { $0.verdict == .inconclusive || $0.verdict == .error }
        out.element("div", ["class": "verdict " + mark, "role": "status"]) { out in
            out.element("strong", results.verdict.rawValue)
            var line = "\(counted(results.scenarios.count, "scenario")), \(counted(results.checkCount, "check")), "
            line += "\(results.failedCount - warnings) failed, \(counted(warnings, "warning")), \(open) undecided, "
            line += "\(readable(results.seconds)) s"
            out.element("span", line)
        }
        guard !results.reasons.isEmpty else { return }
        out.element("h2", "Why")
        out.element("ul") { out in
            for reason in results.reasons { out.element("li", reason) }
        }
    }

    private func configuration(into out: inout HTMLWriter) {
        let claimed = results.claimedProfiles.joined(separator: ", ")
        var facts: [(String, String)] = [
            ("Connector", results.connector), ("Deployment", results.deployment),
            ("Profile", results.profile ?? "every claimed one"), ("Claims", claimed.isEmpty ? "nothing" : claimed),
            ("Strict", results.isStrict ? "yes" : "no"), ("Started", results.started.description),
            ("Suite", results.suiteVersion), ("Seed", String(results.seed)), ("Nonce", results.nonce),
        ]
        for condition in results.conditions { facts.append(("Condition", condition)) }
        if !results.defects.isEmpty { facts.append(("Defects", results.defects.joined(separator: ", "))) }
        out.element("dl", ["class": "facts"]) { out in
            for (name, value) in facts {
                out.element("div") { out in
                    out.element("dt", name)
                    out.element("dd", value)
                }
            }
        }
    }

    private func findings(into out: inout HTMLWriter) {
        let all = results.everyCheck
        let groups: [(String, (CheckResult) -> Bool)] = [
            ("Failed", { $0.verdict == .fail && !results.isWarning($0) }),
            ("Errors of the harness", { $0.verdict == .error }),
            ("Warnings", { results.isWarning($0) }),
            ("Undecided", { $0.verdict == .inconclusive }),
        ]
        out.element("div", ["id": "findings"]) { out in
            var isEmpty = true
            for (title, belongs) in groups {
                let found = all.filter { belongs($0.1) }
                guard !found.isEmpty else { continue }
                isEmpty = false
                out.element("h2", "\(title) (\(found.count))")
                guard found.count > 20 else {
                    for (scenario, check) in found { finding(check, of: scenario, into: &out) }
                    continue
                }
                // A long list would hide what follows it.
                out.element("details") { out in
                    out.element("summary", "Show all \(found.count)")
                    out.element("div", ["class": "body"]) { out in
                        for (scenario, check) in found { finding(check, of: scenario, into: &out) }
                    }
                }
            }
            if isEmpty {
                out.element("h2", "Findings")
                out.element("p", "None: every check that applies passed.")
            }
        }
    }

    func finding(_ check: CheckResult, of scenario: String, into out: inout HTMLWriter) {
        let mark = Mark(check, in: results)
        out.element("section", ["class": "card " + mark.rawValue, "id": anchor(check, of: scenario)]) { out in
            out.element("h3") { out in
                out.tag(mark, mark == .warn ? "warning" : check.verdict.rawValue)
                out.text(" ")
                if scenario == "run" { out.text("run") } else { out.link(to: "s-" + scenario, scenario) }
                out.text("/" + check.check)
            }
            out.element("div", check.message)
            out.element("dl", ["class": "pair"]) { out in
                func pair(_ name: String, _ value: String) {
                    guard !value.isEmpty else { return }
                    out.element("dt", name)
                    out.element("dd", value)
                }
                pair("Reason", check.reason?.rawValue ?? "")
                pair("Expected", check.expected)
                pair("Actual", check.actual)
                pair("Near misses", check.nearMisses.joined(separator: "\n"))
                pair("Step", check.step ?? "")
                pair("Seen", check.observability == .observed ? "" : check.observability.rawValue)
                for id in check.requirements {
                    guard let row = results.requirements.first(where: { $0.id == id }) else {
                        pair(id, "level \(check.level.rawValue)")
                        continue
                    }
                    pair(id, row.sentence)
                    pair("Source", Self.source(row))
                }
                if let defects = results.killMatrix?.kills["\(scenario)/\(check.check)"] {
                    pair("Known to find", defects.prefix(8).joined(separator: ", "))
                }
                if !check.evidence.isEmpty {
                    out.element("dt", "Evidence")
                    out.element("dd") { out in evidence(check.evidence, into: &out) }
                }
                pair("Next", Advice.next(check))
                command("Again", Reproduction.command(results, scenario: scenario), into: &out)
                if let request = record.decidingRequest(of: check.evidence) {
                    command(
                        "Send it again", CurlCommand.line(request, body: record.trace.body(of: request)), into: &out)
                }
            }
        }
    }

    /// Where a requirement comes from, for people.
    private static func source(_ row: RequirementResult) -> String {
        guard row.sources.isEmpty else { return row.sources.joined(separator: "\n") }
        return row.level == .engineering ? "no page states it: the field needs it" : "no page of the ledger"
    }

    private func command(_ name: String, _ line: String, into out: inout HTMLWriter) {
        out.element("dt", name)
        out.element("dd") { out in out.element("code", shortened(line, to: limits.body)) }
    }

    private func evidence(_ seqs: [Int], into out: inout HTMLWriter) {
        for (index, seq) in seqs.prefix(30).enumerated() {
            if index > 0 { out.text(", ") }
            let event = record.event(seq)
            let label = "#\(seq) \(event?.kind ?? "")"
            if let exchange = event?.exchange, written.contains(exchange) {
                out.link(to: "x-" + exchange.rawValue, label)
            } else {
                out.text(label)
            }
        }
        if seqs.count > 30 { out.text(" and \(seqs.count - 30) more") }
    }

    private func requirements(into out: inout HTMLWriter) {
        guard !results.requirements.isEmpty else { return }
        out.element("h2", ["id": "requirements"], "Requirements (\(results.requirements.count))")
        out.element("table") { out in
            out.tableHead(["Requirement", "Level", "Verdict", "Sentence", "Checks"])
            out.element("tbody") { out in
                for row in results.requirements { requirement(row, into: &out) }
            }
        }
    }

    private func requirement(_ row: RequirementResult, into out: inout HTMLWriter) {
        let isWarning = row.verdict == .fail && row.level != .must && results.profile != nil && !results.isStrict
        out.element("tr", ["id": "r-" + row.id]) { out in
            out.element("td", ["class": "nowrap"], row.id)
            out.element("td", row.level.rawValue)
            out.element("td", ["class": "nowrap"]) { out in
                out.tag(isWarning ? .warn : Mark(row.verdict), isWarning ? "warning" : row.verdict.rawValue)
                if row.observability != .observed { out.text(" " + row.observability.rawValue) }
            }
            out.element("td", row.sentence)
            out.element("td", ["class": "mono"]) { out in
                guard !row.checks.isEmpty else { return out.text("no check") }
                for (index, check) in row.checks.enumerated() {
                    if index > 0 { out.text(", ") }
                    let scenario = check.prefix { $0 != "/" }
                    if scenario == "run" { out.text(check) } else { out.link(to: "s-\(scenario)", check) }
                }
            }
        }
    }

    private func runChecks(into out: inout HTMLWriter) {
        guard !results.runChecks.isEmpty else { return }
        out.element("h2", ["id": "run"], "Checks of the whole run (\(results.runChecks.count))")
        checkTable(results.runChecks, scenario: "run", into: &out)
        let count = record.events(of: nil).count { $0.kind == "http.request" }
        guard count > 0 else { return }
        out.element("h3", "Messages that belong to no scenario (\(counted(count, "exchange")))")
        for (request, response, isBad) in record.exchanges(of: nil, limit: 0, offending: offending) {
            exchange(request, response, isBad: isBad, bodyLimit: limits.body, into: &out)
        }
        out.element("details") { out in
            out.element("summary", "Show them")
            holder("run", into: &out)
        }
    }

    /// A place that the page's script fills.
    func holder(_ name: String, into out: inout HTMLWriter) {
        out.element("div", ["class": "body", "data-scenario": name]) { out in
            out.element("noscript") { out in
                out.element(
                    "p", ["class": "soft"],
                    "The page's script draws what is not wrong; it stands in trace.ndjson and traffic.har too.")
            }
        }
    }

    /// What the script may be asked for.
    private var data: ReportData {
        var data = ReportData(record: record, limits: limits, offending: offending)
        for scenario in results.scenarios {
            guard let world = scenario.world else { continue }
            let isClean = Self.isClean(scenario)
            data.add(
                scenario.id, title: scenario.title, world: world,
                bodyLimit: isClean ? limits.passingBody : limits.body, withStory: isClean)
        }
        data.add("run", title: "the run", world: nil, bodyLimit: limits.passingBody, withStory: false)
        return data
    }

    static func isClean(_ scenario: ScenarioResult) -> Bool {
        scenario.checks.allSatisfy { $0.verdict == .pass || $0.verdict == .notApplicable }
    }

    func checkTable(_ checks: [CheckResult], scenario: String, into out: inout HTMLWriter) {
        out.element("table") { out in
            out.tableHead(["Check", "Verdict", "Requirements", "What was seen"])
            out.element("tbody") { out in
                for check in checks {
                    out.element("tr") { out in
                        out.element("td", ["class": "mono"]) { out in
                            let needsCard = check.verdict != .pass && check.verdict != .notApplicable
                            if needsCard {
                                out.link(to: anchor(check, of: scenario), check.check)
                            } else {
                                out.text(check.check)
                            }
                        }
                        out.element("td", ["class": "nowrap"]) { out in
                            let mark = Mark(check, in: results)
                            out.tag(mark, mark == .warn ? "warning" : check.verdict.rawValue)
                        }
                        out.element("td", check.requirements.joined(separator: ", "))
                        out.element("td", check.message)
                    }
                }
            }
        }
    }

    private func anchor(_ check: CheckResult, of scenario: String) -> String { "c-\(scenario)-\(check.check)" }
}

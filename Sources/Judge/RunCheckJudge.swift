// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import ProtocolRules
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Judges what belongs to the whole run: every exchange of every world and of the run's own lane.
struct RunCheckJudge {
    /// What of the record concerns the whole run.
    struct Source {
        let events: [TraceEvent]
        let isComplete: Bool
        let count: Int

        init(_ source: some TraceSource) {
            events = source.runEvents
            isComplete = source.isComplete
            count = source.eventCount
        }
    }

    let source: Source
    /// The run-level lane first, then the worlds in the order of their names.
    let worlds: [WorldOutcome]
    let lane: RunLane
    let context: JudgeContext

    func judge() -> [CheckResult] {
        let table = RequirementTable(context.requirements)
        var results = [
            result(knownParties, ["PRI-02"], table), result(staysUp, [], table, level: .must),
            result(completeTrace, [], table), result(flows, ["PRI-01", "PRI-02"], table),
        ]
        for (rule, finding) in protocolFindings() {
            // A rule without a vendor's or a standard's word behind it warns, whatever row it speaks to.
            let level: RequirementLevel? = rule.mark == .verified ? nil : .engineering
            results.append(result(finding, rule.requirement.map { [$0] } ?? [], table, level: level))
        }
        return results
    }

    private func result(
        _ finding: Finding, _ requirements: [String], _ table: RequirementTable, level: RequirementLevel? = nil
    ) -> CheckResult {
        // Rows of other vendors' profiles would only be noise.
        let known = requirements.filter { table[$0] != nil }
        return CheckResult(finding, requirements: known, level: level ?? table.level(of: known))
    }

    // MARK: Traffic

    private var knownParties: Finding {
        let check = "traffic-only-to-known-parties"
        let named = hostsEnteredByPeople
        let urls = urlsEnteredByPeople
        let strangers = source.events.filter { event in
            switch event.kind {
            // An address that a person entered is asked at, even where nothing lives there.
            case "traffic.unexpected": !urls.contains { event["url"]?.string?.hasPrefix($0) ?? false }
            // A connector validates the address it was given: that host is no stranger.
            case "egress.attempted": !named.contains(event["host"]?.string?.lowercased() ?? "") && !isOwnService(event)
            default: false
            }
        }
        let expected = "messages to the EHR, to Microsoft, to the SMS gateway and to addresses that people entered"
        if let first = strangers.first {
            let hosts = Array(Set(strangers.map { $0["host"]?.string ?? $0["url"]?.string ?? "?" })).sorted()
            return .fail(
                check, .forbiddenEvent, "The connector sent something to a stranger: \(EventText.line(first))",
                expected: expected,
                actual: hosts.joined(separator: ", "), evidence: strangers.map(\.seq))
        }
        if context.isCapture {
            return .open(
                check, .notObservable, "A capture does not show what it left out, nor whose every host is.",
                expected: expected)
        }
        guard context.observesEgress else {
            return .open(
                check, .notObservable, "The way out of the connector was not watched (`egress: unobserved`).",
                expected: expected)
        }
        let unread = source.events.filter { isOwnService($0) && $0["scheme"]?.string != "http" }
        if let first = unread.first {
            return .open(
                check, .notObservable,
                "What the connector tells \(first["host"]?.string ?? "its own service") under TLS nobody could read.",
                expected: expected)
        }
        let count = worlds.reduce(0) { $0 + $1.connectorMessages }
        return .pass(check, "All \(count) messages of the connector went to known parties.", evidence: [])
    }

    /// An attempt to reach a host that the deployment names as the connector's own.
    private func isOwnService(_ event: TraceEvent) -> Bool {
        guard event.kind == "egress.attempted", let host = event["host"]?.string?.lowercased() else { return false }
        return context.ownServices.contains { pattern in
            let pattern = pattern.lowercased()
            return pattern.hasPrefix("*.") ? host.hasSuffix(pattern.dropFirst()) : host == pattern
        }
    }

    private var urlsEnteredByPeople: [String] {
        source.events.filter { $0.kind == "operation.started" }
            .flatMap { event in (event["arguments"]?.members ?? Members()).compactMap(\.value.string) }
            .filter { $0.contains("://") }
    }

    private var hostsEnteredByPeople: Set<String> {
        var hosts: Set<String> = []
        for event in source.events where event.kind == "operation.started" {
            for argument in event["arguments"]?.members ?? Members() {
                guard let text = argument.value.string else { continue }
                let authority = WireURL(text).authority
                // Whoever enters it: inside the own network nobody is to be asked (SET-13).
                if PrivateAddress.isPrivate(authority) { continue }
                hosts.insert(authority)
                hosts.insert(String(authority.prefix { $0 != ":" }))
            }
        }
        return hosts.subtracting([""])
    }

    // MARK: The connector and the record

    private var staysUp: Finding {
        let check = "connector-stays-up"
        if context.isCapture {
            return Finding(
                check: check, verdict: .notApplicable, reason: .notObservable,
                message: "Nobody watched the connector's process.")
        }
        let exits = source.events.filter { $0.kind == "connector.exited" && $0["expected"]?.bool == false }
        if !exits.isEmpty {
            return .fail(
                check, .connectorFailure, "The connector ended by itself.",
                expected: "it runs until the harness ends it",
                actual: exits.map { "#\($0.seq) status \($0["status"]?.scalarText ?? "unknown")" }.joined(
                    separator: "; "),
                evidence: exits.map(\.seq))
        }
        return .pass(check, "The connector ran until the harness ended it.", evidence: [])
    }

    private var completeTrace: Finding {
        let check = "trace-complete"
        if context.isCapture {
            return .open(
                check, .notObservable, "A capture has no footer: what was left out of it is not known.",
                expected: "a trace with its footer")
        }
        let open = worlds.filter { $0.isRecord && !$0.isClosed }
        if !source.isComplete {
            return .open(
                check, .harness, "The record has no footer: the run was cut short.", expected: "a trace with its footer"
            )
        }
        if let first = open.first {
            return .open(
                check, .harness,
                "\(open.count) world(s) were not drained, the first is \(first.world?.rawValue ?? "").",
                expected: "every world closed before the footer")
        }
        return .pass(check, "\(source.count) events, every world drained.", evidence: [])
    }

    private var flows: Finding {
        let check = "privacy.seed-policy"
        guard let policy = lane.policy else {
            return Finding(
                check: check, verdict: .notApplicable, reason: .notExecuted, message: "No seed policy was given.")
        }
        let leaks = worlds.flatMap(\.leaks) + lane.leaks
        if !leaks.isEmpty { return SweepRecord.finding(leaks, check: check, policy: policy) }
        if !worlds.contains(where: \.hasSweep) {
            // Whether that matters is for the scenarios with a privacy check to say.
            return Finding(
                check: check, verdict: .notApplicable, reason: .notExecuted,
                message: "Nothing was searched for canaries.")
        }
        if context.isCapture {
            return .open(
                check, .notObservable,
                "No value of a patient stands where it may not be in the captured messages; what the connector keeps, or sent "
                    + "elsewhere, was not seen.", expected: policy.title)
        }
        return .pass(check, "Every appearance of a planted value is where it may be.", evidence: [])
    }

    // MARK: Protocols

    private func protocolFindings() -> [(ProtocolRule, Finding)] {
        var examined: [String: Int] = [:]
        var broken: [String: [Violation]] = [:]
        for outcome in worlds.flatMap(\.rules) {
            examined[outcome.rule.id, default: 0] += outcome.examined
            broken[outcome.rule.id, default: []] += outcome.violations
        }
        return ProtocolRules.all.map { rule in
            let check = "protocol." + rule.id
            let violations = (broken[rule.id] ?? []).sorted { ($0.evidence.first ?? 0) < ($1.evidence.first ?? 0) }
            let count = examined[rule.id] ?? 0
            guard let first = violations.first else {
                if count == 0 {
                    return (
                        rule,
                        Finding(
                            check: check, verdict: .notApplicable, reason: .notExecuted,
                            message: "Nothing of the kind was seen.")
                    )
                }
                return (rule, .pass(check, "Kept \(count) time(s).", evidence: []))
            }
            let actual =
                "\(violations.count) of \(count): " + violations.prefix(3).map(\.actual).joined(separator: "; ")
            let evidence = Array(violations.flatMap(\.evidence).prefix(40))
            if rule.isAdvice {
                return (rule, .pass(check, "Advice: \(first.message) (\(actual))", evidence: evidence))
            }
            return (
                rule,
                .fail(
                    check, .protocolViolation, first.message, expected: rule.statement, actual: actual,
                    evidence: evidence)
            )
        }
    }
}

extension CheckResult {
    init(_ finding: Finding, requirements: [String], level: RequirementLevel) {
        self.init(
            check: finding.check, requirements: requirements, level: level, verdict: finding.verdict,
            reason: finding.reason,
            message: finding.message, expected: finding.expected, actual: finding.actual,
            nearMisses: finding.nearMisses,
            evidence: finding.evidence, observability: finding.observability, step: finding.step)
    }
}

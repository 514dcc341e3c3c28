// SPDX-License-Identifier: Apache-2.0

package import Trace
package import Value

/// What changed between two runs: pure, over their `results.json` and, where they are at hand, their traces.
package struct RunComparison: Sendable, Hashable {
    /// A word that was another one before. Nil: it was not there.
    package struct Change: Sendable, Hashable {
        package let name: String
        package let before: String?
        package let after: String?
        /// It was right and is not any more.
        package let isRegression: Bool
    }

    /// A number that was another one before.
    package struct Shift: Sendable, Hashable {
        package let name: String
        package let before: Double
        package let after: Double
    }

    /// Facts of the set-up that differ (suite, profile, deployment, connector, seed): a reader weighs the rest by them.
    package let setup: [Change]
    package let verdict: Change
    package let requirements: [Change]
    /// `scenario/check`, with verdict and reason.
    package let checks: [Change]
    /// Checks that fail in both runs and say something else now.
    package let findings: [Change]
    /// Exchanges of each shape (`connector → ehr GET /r4/{}/Appointment/{}`), where their number changed.
    package let traffic: [Shift]
    /// Scenarios whose wall-clock time changed by more than half and by more than half a second; in seconds.
    package let timing: [Shift]

    package var isSame: Bool {
        verdict.before == verdict.after && requirements.isEmpty && checks.isEmpty && findings.isEmpty
    }

    /// Something that was right is not any more, or the verdict got worse.
    package var hasRegression: Bool { (requirements + checks + [verdict]).contains(where: \.isRegression) }

    /// - Parameters:
    ///   - before: The content of a `results.json`.
    ///   - after: That of the later run.
    package init(before: Value, after: Value, traces: (before: Trace, after: Trace)? = nil) {
        setup = ["suite-version", "profile", "deployment", "connector", "strict", "seed", "defects"].compactMap {
            name in
            let old = before[name].map(Self.word)
            let new = after[name].map(Self.word)
            return old == new ? nil : Change(name: name, before: old, after: new, isRegression: false)
        }
        let words = (before["verdict"]?.string, after["verdict"]?.string)
        verdict = Change(
            name: "verdict", before: words.0, after: words.1,
            isRegression: words.0 == "conformant" && words.1 != "conformant")
        requirements = Self.changes(
            Self.table(before["requirements"], key: "id") { $0["verdict"]?.string },
            Self.table(after["requirements"], key: "id") { $0["verdict"]?.string })
        let old = Self.checks(before)
        let new = Self.checks(after)
        checks = Self.changes(old.mapValues(Self.outcome), new.mapValues(Self.outcome))
        findings = new.keys.sorted().compactMap { name in
            guard let was = old[name], let now = new[name], now["verdict"]?.string != "pass",
                Self.outcome(was) == Self.outcome(now)
            else { return nil }
            let texts = (Self.telling(was), Self.telling(now))
            return texts.0 == texts.1
                ? nil : Change(name: name, before: texts.0, after: texts.1, isRegression: false)
        }
        traffic = traces.map { Self.shifts(TrafficShape.counts($0.before), TrafficShape.counts($0.after)) } ?? []
        timing = Self.shifts(Self.seconds(before), Self.seconds(after)).filter { shift in
            let (low, high) = (min(shift.before, shift.after), max(shift.before, shift.after))
            return low > 0 && high - low > 0.5 && high > low * 1.5
        }
    }

    private static func word(_ value: Value) -> String { value.scalarText ?? (value.isNull ? "none" : value.json()) }

    private static func table(
        _ rows: Value?, key: String, _ word: (Value) -> String?
    ) -> [String: String] {
        var table: [String: String] = [:]
        for row in rows?.array ?? [] {
            if let name = row[key]?.string, let word = word(row) { table[name] = word }
        }
        return table
    }

    private static func checks(_ results: Value) -> [String: Value] {
        var checks: [String: Value] = [:]
        for scenario in results["scenarios"]?.array ?? [] {
            let id = scenario["id"]?.string ?? ""
            for check in scenario["checks"]?.array ?? [] { checks["\(id)/\(check["check"]?.string ?? "")"] = check }
        }
        for check in results["run-checks"]?.array ?? [] { checks["run/\(check["check"]?.string ?? "")"] = check }
        return checks
    }

    private static func outcome(_ check: Value) -> String {
        let verdict = check["verdict"]?.string ?? "unknown"
        return check["reason"]?.string.map { "\(verdict) (\($0))" } ?? verdict
    }

    private static func telling(_ check: Value) -> String {
        let message = check["message"]?.string ?? ""
        let actual = check["actual"]?.string ?? ""
        return actual.isEmpty ? message : "\(message) Actual: \(actual)"
    }

    private static func changes(_ old: [String: String], _ new: [String: String]) -> [Change] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            let (was, now) = (old[name], new[name])
            guard was != now else { return nil }
            let isRight = now == "pass" || (now?.hasPrefix("not-applicable") ?? false)
            return Change(
                name: name, before: was, after: now,
                isRegression: was == "pass" ? now != "pass" : was != nil ? false : !isRight)
        }
    }

    private static func seconds(_ results: Value) -> [String: Double] {
        var seconds: [String: Double] = [:]
        for scenario in results["scenarios"]?.array ?? [] {
            if let id = scenario["id"]?.string { seconds[id] = scenario["seconds"]?.double }
        }
        return seconds
    }

    private static func shifts(_ old: [String: Double], _ new: [String: Double]) -> [Shift] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            let (was, now) = (old[name] ?? 0, new[name] ?? 0)
            return was == now ? nil : Shift(name: name, before: was, after: now)
        }
    }
}

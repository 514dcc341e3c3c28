// SPDX-License-Identifier: Apache-2.0

internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Who sent which class of datum to whom, or kept it where, in which form, and whether the policy lets it.
package struct DataFlowMap: Sendable, Hashable {
    /// All appearances of one class between the same two places that the same rule decided.
    package struct Flow: Sendable, Hashable {
        /// `ehr`, `connector`, `a person` …
        package let from: String
        /// A party, or a source of evidence: `database`, `log`, ….
        package let to: String
        package let isStorage: Bool
        package let dataClass: String
        /// Whose records it came out of: `ehr`, `directory`, `typed`.
        package let origin: String
        /// In what shape: `value`, `last-four, within base64`, ….
        package var forms: [String]
        package var count: Int
        package let isAllowed: Bool
        /// Id of the rule that decided, and why; empty where none fits, and so forbids it.
        package let rule: String
        package let because: String
        /// An event that shows it: the sweep.
        package let evidence: Int

        package init(
            from: String, to: String, isStorage: Bool, dataClass: String, origin: String, forms: [String], count: Int,
            isAllowed: Bool, rule: String, because: String, evidence: Int
        ) {
            self.from = from
            self.to = to
            self.isStorage = isStorage
            self.dataClass = dataClass
            self.origin = origin
            self.forms = forms
            self.count = count
            self.isAllowed = isAllowed
            self.rule = rule
            self.because = because
            self.evidence = evidence
        }
    }

    package let policy: String
    package let title: String
    package var flows: [Flow]
    /// Searches, and the bytes they went over.
    package var searches = 0
    package var bytes = 0
    /// Sources that could not be searched to their end, or did not hold what should be in them.
    package var unproven: [String] = []
    /// People whose values were searched for.
    package var people = 0

    package var forbidden: [Flow] { flows.filter { !$0.isAllowed } }

    /// What a privacy officer can put a name under; says so where it cannot be signed.
    package var statement: String {
        let scope =
            "The values of \(people) synthetic people were searched for in \(searches) sources and message streams "
            + "(\(bytes) bytes), plainly, reformatted, encoded, compressed and as digests."
        guard searches > 0 else {
            return "Not to be signed: nothing was searched, so nothing is known of what flowed where."
        }
        if !forbidden.isEmpty {
            let classes = Array(Set(forbidden.map(\.dataClass))).sorted().joined(separator: ", ")
            return scope
                + " Not to be signed: \(forbidden.count) of \(flows.count) flows are allowed by no rule of the "
                + "policy “\(policy)” (\(classes))."
        }
        if !unproven.isEmpty {
            return scope + " Not to be signed: \(unproven.joined(separator: "; "))."
        }
        return scope + " In this run the connector kept and passed on nothing of them but what the policy “\(policy)” "
            + "allows: \(flows.count) flows, each listed below with the rule that allows it. What was not exercised, "
            + "and what no form of the search knows, is not covered."
    }

    package init(policy: String, title: String, flows: [Flow]) {
        self.policy = policy
        self.title = title
        self.flows = flows
    }
}

extension SweepRecord {
    /// What flowed in a whole run, as the policy sees it; nil where nothing was swept.
    func map(_ policy: FlowPolicy, records: [WorldRecord]) -> DataFlowMap? {
        guard !isEmpty else { return nil }
        var map = DataFlowMap(policy: policy.name, title: policy.title, flows: [])
        var places: [Key: Int] = [:]
        var people = Set<String>()
        for record in records {
            let facts = FlowWorld(record)
            people.formUnion(facts.roles.keys.map { "\(record.world.rawValue)/\($0)" })
            add(hits(of: record.world), policy, facts, &map, &places)
        }
        add(hits(of: nil), policy, FlowWorld(), &map, &places)
        map.people = people.count
        for sweep in sweeps {
            map.searches += 1
            map.bytes += sweep["bytes"]?.int ?? 0
            let source = sweep["source"]?.string ?? "a source"
            if (sweep["unscanned"]?.int ?? 0) > 0 { map.unproven.append("\(source) was not searched to its end") }
            if sweep["control"]?.string == "missing" { map.unproven.append("\(source) lacks what should be in it") }
        }
        map.flows.sort {
            ($0.isAllowed ? 1 : 0, $0.isStorage ? 1 : 0, $0.from, $0.to, $0.dataClass)
                < ($1.isAllowed ? 1 : 0, $1.isStorage ? 1 : 0, $1.from, $1.to, $1.dataClass)
        }
        return map
    }

    private struct Key: Hashable {
        let from: String
        let to: String
        let dataClass: String
        let origin: String
        let rule: String
        let isAllowed: Bool
    }

    private func add(
        _ hits: [SurfaceHit], _ policy: FlowPolicy, _ facts: FlowWorld, _ map: inout DataFlowMap,
        _ places: inout [Key: Int]
    ) {
        for hit in hits {
            let (isAllowed, rule) = policy.decision(hit, world: facts, bodies: body)
            let from = hit.isMessage ? Self.name(hit.from) : "connector"
            let to = hit.isMessage ? Self.name(hit.to) : String(hit.surface.prefix { $0 != ":" })
            let key = Key(
                from: from, to: to, dataClass: hit.dataClass, origin: hit.origin, rule: rule?.id ?? "",
                isAllowed: isAllowed)
            let form =
                (hit.form.isEmpty ? "value" : hit.form)
                + (hit.chain.isEmpty ? "" : ", within " + hit.chain.joined(separator: " > "))
            if let place = places[key] {
                map.flows[place].count += 1
                if map.flows[place].forms.count < 8, !map.flows[place].forms.contains(form) {
                    map.flows[place].forms.append(form)
                }
            } else {
                places[key] = map.flows.count
                map.flows.append(
                    DataFlowMap.Flow(
                        from: from, to: to, isStorage: !hit.isMessage, dataClass: hit.dataClass, origin: hit.origin,
                        forms: [form], count: 1, isAllowed: isAllowed, rule: rule?.id ?? "",
                        because: rule?.because ?? "", evidence: hit.sweep))
            }
        }
    }

    /// People are one place: who of them it was stands in the findings.
    private static func name(_ party: Party?) -> String {
        guard let party else { return "unknown" }
        return party.actorAlias == nil ? party.rawValue : "people"
    }
}

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
    /// Comparisons of several people's rounds (PRI-12), and what depended on the person in them.
    package var comparisons = 0
    package var dependences = 0

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
        if dependences > 0 {
            return scope
                + " Not to be signed: \(dependences) things that are kept or passed on depend on the patient, in a form "
                + "that no search explains (PRI-12)."
        }
        let compared =
            comparisons > 0
            ? " Nothing that is kept or passed on told one patient from another where several took turns (PRI-12)."
            : " Whether something tells one patient from another, as a keyed hash would (PRI-12), was not judged in this "
                + "run."
        return scope + " In this run the connector kept and passed on nothing of them but what the policy “\(policy)” "
            + "allows: \(flows.count) flows, each listed below with the rule that allows it." + compared
            + " What was not exercised, and what no form of the search knows, is not covered."
    }

    package init(policy: String, title: String, flows: [Flow]) {
        self.policy = policy
        self.title = title
        self.flows = flows
    }
}

/// What one world, or the run-level lane, adds to the map of the run.
struct DataFlowPart: Sendable {
    /// One search, as the map counts it.
    struct Search: Sendable {
        let seq: Int
        let bytes: Int
        let unproven: [String]

        init(_ sweep: TraceEvent) {
            seq = sweep.seq
            bytes = sweep["bytes"]?.int ?? 0
            let source = sweep["source"]?.string ?? "a source"
            unproven =
                ((sweep["unscanned"]?.int ?? 0) > 0 ? ["\(source) was not searched to its end"] : [])
                + (sweep["control"]?.string == "missing" ? ["\(source) lacks what should be in it"] : [])
        }
    }

    fileprivate struct Key: Hashable {
        let from: String
        let to: String
        let dataClass: String
        let origin: String
        let rule: String
        let isAllowed: Bool
    }

    fileprivate var flows: [(key: Key, flow: DataFlowMap.Flow)] = []
    fileprivate var places: [Key: Int] = [:]
    var people = 0
    var searches: [Search] = []
    /// Comparisons of several people's rounds, and what depended on the person.
    var comparisons = 0
    var dependences = 0

    /// The same flow is counted once more; its first eight forms are kept.
    fileprivate mutating func add(_ flow: DataFlowMap.Flow, _ key: Key) {
        guard let place = places[key] else {
            places[key] = flows.count
            return flows.append((key, flow))
        }
        flows[place].flow.count += flow.count
        for form in flow.forms where flows[place].flow.forms.count < 8 && !flows[place].flow.forms.contains(form) {
            flows[place].flow.forms.append(form)
        }
    }
}

extension DataFlowMap {
    /// What flowed in a whole run, as the policy sees it; nil where nothing was swept.
    /// - Parameter parts: of the worlds in the order of their names, then of the run-level lane.
    init?(_ policy: FlowPolicy, parts: [DataFlowPart]) {
        let searches = parts.flatMap(\.searches).sorted { $0.seq < $1.seq }
        guard !searches.isEmpty else { return nil }
        var whole = DataFlowPart()
        for part in parts {
            for (key, flow) in part.flows { whole.add(flow, key) }
        }
        var map = DataFlowMap(policy: policy.name, title: policy.title, flows: whole.flows.map(\.flow))
        map.people = parts.reduce(0) { $0 + $1.people }
        map.searches = searches.count
        map.bytes = searches.reduce(0) { $0 + $1.bytes }
        map.unproven = searches.flatMap(\.unproven)
        map.comparisons = parts.reduce(0) { $0 + $1.comparisons }
        map.dependences = parts.reduce(0) { $0 + $1.dependences }
        map.flows.sort {
            ($0.isAllowed ? 1 : 0, $0.isStorage ? 1 : 0, $0.from, $0.to, $0.dataClass)
                < ($1.isAllowed ? 1 : 0, $1.isStorage ? 1 : 0, $1.from, $1.to, $1.dataClass)
        }
        self = map
    }
}

extension SweepRecord {
    /// What flowed of one world's people, or with nil of those nobody can place.
    /// - Parameter searches: those that are to be counted with it.
    func flows(
        _ policy: FlowPolicy, of world: WorldID?, facts: FlowWorld, searches: [TraceEvent]
    ) -> DataFlowPart {
        var part = DataFlowPart()
        part.people = facts.roles.count
        part.searches = searches.map(DataFlowPart.Search.init)
        for hit in hits(of: world) {
            let (isAllowed, rule) = policy.decision(hit, world: facts, bodies: body)
            let from = hit.isMessage ? Self.name(hit.from) : "connector"
            let to = hit.isMessage ? Self.name(hit.to) : String(hit.surface.prefix { $0 != ":" })
            let key = DataFlowPart.Key(
                from: from, to: to, dataClass: hit.dataClass, origin: hit.origin, rule: rule?.id ?? "",
                isAllowed: isAllowed)
            let form =
                (hit.form.isEmpty ? "value" : hit.form)
                + (hit.chain.isEmpty ? "" : ", within " + hit.chain.joined(separator: " > "))
            part.add(
                DataFlowMap.Flow(
                    from: from, to: to, isStorage: !hit.isMessage, dataClass: hit.dataClass, origin: hit.origin,
                    forms: [form], count: hit.times, isAllowed: isAllowed, rule: rule?.id ?? "",
                    because: rule?.because ?? "", evidence: hit.sweep), key)
        }
        return part
    }

    /// People are one place: who of them it was stands in the findings.
    private static func name(_ party: Party?) -> String {
        guard let party else { return "unknown" }
        return party.actorAlias == nil ? party.rawValue : "people"
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import ScenarioLanguage
package import World

/// A walk through the model, written down as a scenario: what is done, and at each place what must follow.
package struct VisitWalk: Sendable {
    package private(set) var state: VisitState
    /// What was done, with which of the visits.
    package private(set) var way: [Leg] = []
    /// `state > move` of each visit that was touched, and the states it was in: for coverage.
    package private(set) var transitions: Set<String> = []
    package private(set) var states: Set<String> = []
    package private(set) var needsProcess = false
    private(set) var steps: [TextNode] = []
    private(set) var always: [TextNode] = []
    private(set) var ties: [(requirement: String, check: String)] = []
    private var counts: [String: Int] = [:]

    /// One move with one visit.
    package struct Leg: Sendable, Hashable {
        package let move: VisitMove
        package let visit: Int

        package init(_ move: VisitMove, _ visit: Int = 0) {
            self.move = move
            self.visit = visit
        }
    }

    package var moves: [VisitMove] { way.map(\.move) }

    /// Each expectation is written where it is due, not only as what holds of the whole.
    var saysEverything = false

    /// Who takes part beside those the model itself knows, with their roles.
    var people: [String: String] = [:]
    /// Languages of those who have not the usual one.
    var locales: [String: String] = [:]

    package init(vendor: Vendor, hasTexts: Bool) {
        self.init(state: VisitState(vendor: vendor, hasTexts: hasTexts))
    }

    init(state: VisitState) {
        let (vendor, hasTexts) = (state.vendor, state.hasTexts)
        self.state = state
        steps.append(["do": .text(vendor == .cerner ? "cerner-ready" : "epic-ready")])
        if hasTexts {
            steps.append(["do": "sms-linked"])
            // The number arrives after two minutes.
            self.state.pass(atLeast: 120, atMost: 120)
        }
        note()
    }

    /// Does a move with one visit.
    mutating func make(_ move: VisitMove, _ index: Int) {
        let before = state.abstract(index)
        way.append(Leg(move, index))
        if move.needsProcess { needsProcess = true }
        apply(move, index)
        transitions.insert("\(before) > \(move.rawValue)")
        note()
    }

    private mutating func note() {
        for index in state.visits.indices { states.insert(state.abstract(index)) }
    }

    // MARK: Writing steps

    /// A check of a name that is unique in the file; the number tells them apart.
    mutating func check(_ name: String, _ requirement: String) -> TextNode {
        counts[name, default: 0] += 1
        let id = "\(name)-\(counts[name] ?? 1)"
        ties.append((requirement, id))
        return .text(id)
    }

    /// A check that says something of another requirement too.
    mutating func tie(_ check: String, _ requirement: String) { ties.append((requirement, check)) }

    mutating func add(_ step: TextNode) { steps.append(step) }

    mutating func addAct(_ step: TextNode, needsProcess: Bool) {
        if needsProcess { self.needsProcess = true }
        steps.append(step)
    }

    mutating func hold(_ item: TextNode, _ name: String, _ requirement: String) {
        var item = item
        item["as"] = check(name, requirement)
        always.append(item)
    }

    mutating func change(_ body: (inout VisitState) -> Void) { body(&state) }

    mutating func visit(_ index: Int, _ body: (inout VisitState.Visit) -> Void) { body(&state.visits[index]) }

    /// A point of time as the file writes it: from the start that was planned.
    static func time(_ seconds: Int, _ visit: VisitState.Visit) -> TextNode {
        let offset = seconds - visit.planned
        if offset == 0 { return .text("\(visit.alias).start") }
        let size = DurationText.format(.seconds(abs(offset)))
        return .text("\(visit.alias).start \(offset < 0 ? "-" : "+") \(size)")
    }

    mutating func setClock(to seconds: Int, _ visit: VisitState.Visit) {
        add(["set": ["clock": Self.time(seconds, visit)]])
        state.pass(atLeast: seconds, atMost: max(seconds, state.latest))
    }

    mutating func setClock(forward seconds: Int) {
        add(["set": ["clock": .text("+" + DurationText.format(.seconds(seconds)))]])
        state.wait(seconds)
    }

    // MARK: The file

    /// The whole scenario: what was done, its end, and what must hold throughout.
    package func draft(id: String, profile: String) -> ScenarioDraft {
        var copy = self
        copy.finish()
        var rows: [TextNode.Entry] = []
        for tie in copy.ties {
            if let index = rows.firstIndex(where: { $0.key == tie.requirement }) {
                rows[index].value = .list((rows[index].value.items ?? []) + [.text(tie.check)])
            } else {
                rows.append(.init(tie.requirement, .list([.text(tie.check)])))
            }
        }
        var people: TextNode = ["ada": "administrator"]
        if state.vendor == .epic { people["eli"] = "approver" }
        people["dr-ruiz"] = "provider"
        let hasSecond = copy.steps.contains { $0.entries?.first?.key.hasPrefix("dr-lee") ?? false }
        if hasSecond { people["dr-lee"] = "provider" }
        for visit in state.visits { people[visit.patient] = "patient" }
        people["bot"] = "staff"
        for (name, role) in copy.people.sorted(by: { $0.key < $1.key }) where people[name] == nil {
            people[name] = .text(role)
        }
        for (name, locale) in copy.locales.sorted(by: { $0.key < $1.key }) {
            guard let role = people[name]?.string else { continue }
            people[name] = ["role": .text(role), "locale": .text(locale)]
        }
        var appointments: TextNode = [:]
        for visit in state.visits {
            var appointment: TextNode = ["patient": .text(visit.patient), "provider": "dr-ruiz"]
            if hasSecond { appointment["second-provider"] = "dr-lee" }
            appointment["starts"] = .text("+" + DurationText.format(.seconds(visit.planned)))
            appointments[visit.alias] = appointment
        }
        var root: TextNode = [
            "id": .text(id), "title": .text("A walk: \(moves.map(\.rawValue).joined(separator: ", "))"),
            "profiles": [.text(profile)], "verifies": .map(rows),
        ]
        if needsProcess { root["isolation"] = "process" }
        root["world"] = [
            "organization": ["ehr": .text(state.vendor.rawValue)], "people": people, "appointments": appointments,
        ]
        root["steps"] = .list(copy.steps)
        root["always"] = .list(copy.always)
        var draft = ScenarioDraft(root)
        draft.prune()
        draft.checkTraffic()
        return draft
    }
}

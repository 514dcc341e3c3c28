// SPDX-License-Identifier: Apache-2.0

internal import World

/// Writes a story as a scenario: the same walk through the model of a visit that exploration makes, so that it is held
/// against the same expectations.
struct StoryWriter {
    private var walk: VisitWalk
    private let story: Story
    private(set) var unmapped: [String]
    private var inLobby: Set<String> = []

    init(_ story: Story) {
        self.story = story
        unmapped = story.unmapped
        let vendor = Vendor(rawValue: story.vendor) ?? .cerner
        var visits: [VisitState.Visit] = []
        for happening in story.happenings {
            if case .booked(let alias, let patient, let start) = happening.kind,
                !visits.contains(where: { $0.alias == alias })
            {
                visits.append(VisitState.Visit(alias: alias, patient: patient, start: start, planned: start))
            }
        }
        walk = VisitWalk(
            state: VisitState(vendor: vendor, hasTexts: story.hasTexts && vendor == .cerner, visits: visits))
        walk.saysEverything = true
        walk.people = story.people
        walk.locales = story.locales
        walk.change { $0.foreignSpeaking = Set(story.locales.keys) }
    }

    /// The scenario; what could not be told is in ``unmapped`` then.
    mutating func draft(id: String, profile: String) -> ScenarioDraft {
        for (place, happening) in story.happenings.enumerated() {
            synchronize(happening)
            if let wait = refusal(after: place) { walk.change { $0.askedToWait = wait } }
            take(happening)
            walk.expectPatience()
        }
        return walk.draft(id: id, profile: profile)
    }

    /// The refusal with a time to come back that the connector met on what is done there, before anything else was done.
    private func refusal(after place: Int) -> VisitState.Wait? {
        switch story.happenings[place].kind {
        case .toldToWait, .fault, .set: return nil
        default: break
        }
        let next = place + 1
        guard next < story.happenings.count, case .toldToWait(let seconds, let party) = story.happenings[next].kind,
            ["ehr", "sms"].contains(party)
        else { return nil }
        // Of the EHR, only where attendance is written: what else is asked of it, a person waits for.
        let trouble = party == "ehr" ? "writeback" : "text-messages"
        // Where another fault was set since, a better connector meets that one here.
        var last: TextNode?
        for happening in story.happenings[..<place] {
            if case .fault(let fault) = happening.kind, fault["place"]?.string == trouble { last = fault }
        }
        guard last?["retry-after"]?.string == String(seconds) else { return nil }
        return .init(seconds: seconds, place: trouble)
    }

    private func index(_ alias: String?) -> Int? {
        alias.flatMap { alias in walk.state.visits.firstIndex { $0.alias == alias } }
    }

    /// Lets the clock come to where the record's stood.
    private mutating func synchronize(_ happening: Happening) {
        let isSetting = if case .set = happening.kind { true } else { false }
        guard !isSetting, happening.at > walk.state.latest, let visit = walk.state.visits.first else { return }
        // A second or two is only what messages take.
        guard happening.at - walk.state.latest > 2 || happening.at == visit.start else { return }
        walk.setClock(to: happening.at, walk.state.visits.first { $0.start == happening.at } ?? visit)
    }

    private mutating func take(_ happening: Happening) {
        switch happening.kind {
        case .booked(let alias, _, _):
            guard let index = index(alias) else { return }
            walk.make(.book, index)
            let patient = walk.state.visits[index].patient
            if walk.state.undialable.contains(patient) { walk.visit(index) { $0.mayNotBeDialled = true } }
            // What was not refused is expected here; of a refusal the wait comes first.
            walk.expectPatience()
            walk.expectNoText(index)
            if walk.isPossible(.receiveLink, index), isTold(index) { walk.make(.receiveLink, index) }
        case .moved(let alias, let start):
            guard let index = index(alias) else { return unbooked(alias) }
            // Said again, but nothing changed.
            if start == walk.state.visits[index].start { return walk.make(.moveNowhere, index) }
            walk.move(index, to: start)
        case .cancelled(let alias):
            guard let index = index(alias) else { return unbooked(alias) }
            walk.make(.cancel, index)
        case .launched(let alias, let by, let isPatient):
            guard let index = index(alias) else { return unbooked(alias) }
            if isPatient {
                walk.make(.patientLaunches, index)
            } else if by == "dr-ruiz" {
                walk.make(.providerLaunches, index)
            } else {
                walk.make(.secondProviderLaunches, index)
            }
        case .opened(let alias, let by, let message):
            guard let index = index(alias) else { return unbooked(alias) }
            if !walk.state.visits[index].hasLink {
                // Whether it was due is not for the record to say: it came, and brought the link.
                walk.receive(index, isDue: isTold(index) && !walk.state.visits[index].isRefused, by: message)
            }
            if by == walk.state.visits[index].patient {
                walk.make(.openLink, index)
            } else {
                walk.add(["\(by) opens": .text("$(link-\(alias))"), "outcome": "any"])
            }
        case .admitted(let guest, let alias):
            guard let index = index(alias), walk.state.visits[index].patient == guest else {
                return walk.add(["dr-ruiz admits": .text(guest), "optional": "true"])
            }
            walk.make(.admit, index)
        case .left(let who, let alias): leave(who, alias)
        case .ended(let alias):
            if let index = index(alias), walk.state.visits[index].providerAt != .out { walk.make(.endCall, index) }
        case .operation(let name, let by, let arguments): operate(name, by, arguments)
        case .set(let value): set(value)
        case .toldToWait: break
        case .doubt: walk.change { $0.hasDoubtfulTexts = true }
        case .fault(let fault):
            walk.add(["set": ["fault": fault]])
            if ["sms", "text-messages"].contains(fault["place"]?.string) { walk.change { $0.hasTextTrouble = true } }
            let isOfEHR = ["ehr", "writeback"].contains(fault["place"]?.string)
            if isOfEHR { walk.change { $0.hasWritebackTrouble = true } }
            if fault["after-work"]?.string == "true" {
                walk.change { $0.lostAnswers += fault["times"]?.string.flatMap { Int($0) } ?? 1 }
            }
        case .step(let step, let needsProcess):
            if let act = step.entries?.first {
                if act.key.hasSuffix(" replies") {
                    let who = String(act.key.prefix { $0 != " " })
                    answer(act.value.string ?? "", of: who)
                }
                if act.key == "connector stops" { walk.change { $0.isDown = true } }
                if act.key == "connector starts" { walk.change { $0.isDown = false } }
            }
            walk.addAct(step, needsProcess: needsProcess)
        }
    }

    /// A message for the visit is due: nothing was done that may stand in its way.
    private func isTold(_ index: Int) -> Bool {
        !walk.state.hasDoubtfulTexts && !walk.state.unreachable.contains(walk.state.visits[index].patient)
    }

    private mutating func unbooked(_ alias: String) {
        unmapped.append("something was done with \(alias), whose booking is not in the record")
    }

    private mutating func leave(_ who: String, _ alias: String?) {
        guard let index = index(alias) else { return }
        let visit = walk.state.visits[index]
        if who == visit.patient, visit.patientAt == .in {
            walk.make(.patientLeaves, index)
        } else if who == "dr-ruiz", visit.providerAt == .in {
            walk.make(.providerLeaves, index)
        }
    }

    /// Who may not do something is refused; everybody else's operation is accepted.
    private mutating func operate(_ name: String, _ by: String, _ arguments: [TextNode.Entry]) {
        if name == "view-appointment" || name == "send-link" || name == "read-status" {
            let alias = arguments.first { $0.key == "appointment" }?.value.string
            if let index = index(alias) {
                let move: VisitMove =
                    name == "send-link" ? .sendLink : name == "read-status" ? .readStatus : .viewAppointment
                if walk.isPossible(move, index) { return walk.make(move, index) }
            }
        }
        if Self.touchesTexts.contains(name) { walk.change { $0.hasDoubtfulTexts = true } }
        var step: TextNode = ["\(by) does": .text(name)]
        if !arguments.isEmpty { step["with"] = .map(arguments) }
        let isPortal = !["view-appointment", "send-link", "read-status"].contains(name)
        // Who may set Epic up is for its approver to say.
        if isPortal, walk.state.vendor == .cerner, ["staff", "patient"].contains(story.people[by]) {
            step["outcome"] = "refused"
            step["as"] = walk.check(
                "who-may-not-is-refused",
                name.hasPrefix("read-usage") || name.hasPrefix("read-quality") ? "INS-04" : "SET-02")
        } else {
            step["outcome"] = ["accepted", "refused"]
        }
        walk.add(step)
    }

    /// Operations after which nobody but the connector's administrator knows who gets messages.
    static let touchesTexts: Set<String> = ["give-sms-consent", "link-number", "unlink-number", "request-number"]

    private mutating func set(_ value: TextNode) {
        if let person = value["microsoft"]?["person"]?.string {
            if let licences = value["microsoft"]?["licences"]?.items {
                let isLicensed = licences.contains("teams")
                walk.change { state in
                    if person == "dr-ruiz" { return state.hasLicence = isLicensed }
                    if isLicensed { state.shutOut.remove(person) } else { state.shutOut.insert(person) }
                }
            }
            if value["microsoft"]?["tenant"] == "foreign" { walk.change { $0.shutOut.insert(person) } }
        }
        if value["ehr"]?["identity"] != nil { walk.change { $0.hasFlawedIdentity = true } }
        if value["microsoft"]?["notifications"] != nil { walk.change { $0.hasDisorder = true } }
        if let refused = value["microsoft"]?["sms"]?["refuse"]?.string,
            let index = walk.state.visits.firstIndex(where: { $0.patient == refused })
        {
            walk.visit(index) { $0.isRefused = true }
        }
        if let ehr = value["ehr"], let person = ehr["person"]?.string { setPerson(person, ehr) }
        walk.add(["set": value])
    }

    /// What changes of a patient in the EHR: without a valid present number there is nobody to write to.
    private mutating func setPerson(_ person: String, _ ehr: TextNode) {
        guard walk.state.visits.contains(where: { $0.patient == person }) else { return }
        if let number = ehr["phone"]?.string, Self.isDialled(number) {
            walk.change { $0.undialable.remove(person) }
        } else if ehr["phone"] != nil || ehr["expired-phone"] != nil {
            walk.change { $0.undialable.insert(person) }
        }
        walk.change { $0.unreachable.insert(person) }
    }

    /// E.164: a plus sign and seven to fifteen digits, the first of them no zero.
    private static func isDialled(_ number: String) -> Bool {
        number.wholeMatch(of: /\+[1-9][0-9]{6,14}/) != nil
    }

    private mutating func answer(_ text: String, of who: String) {
        walk.change { state in
            switch OptOutWord(reply: text) {
            case .stop: state.optedOut.insert(who)
            case .start: state.optedOut.remove(who)
            case nil: break
            }
            // Whether other words, or a second wish, bring messages is not known.
            state.unreachable.insert(who)
        }
    }
}

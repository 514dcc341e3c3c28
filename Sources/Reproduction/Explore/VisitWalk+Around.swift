// SPDX-License-Identifier: Apache-2.0

internal import World

/// What time, the network, the parties around and the connector's operator do; and how a walk ends.
extension VisitWalk {
    mutating func around(_ move: VisitMove, _ index: Int) {
        let visit = state.visits[index]
        switch move {
        case .wait: setClock(forward: 600)
        case .jumpBefore: setClock(to: visit.start - 5 * 3600, visit)
        case .jumpEarly: setClock(to: visit.start - 20 * 60, visit)
        case .jumpToStart: setClock(to: visit.start, visit)
        case .jumpMidway: setClock(to: visit.start + 600, visit)
        case .jumpPastEnd: setClock(to: visit.end + 9000, visit)
        case .expireTokens: add(["set": ["ehr": ["tokens": "expired"]]])
        case .loseAnswer:
            fault(["drop": "true", "after-work": "true", "times": "1"])
            change { $0.lostAnswers += 1 }
        case .briefOutage: fault(["status": "503", "times": "2"])
        case .longOutage: fault(["status": "503", "times": "8"])
        case .busy: fault(["status": "429", "retry-after": "90", "times": "1"])
        case .lockEHR: fault(["locked": "true", "times": "2"])
        case .refuseRecipient:
            add(["set": ["microsoft": ["sms": ["refuse": .text(visit.patient)]]]])
            self.visit(index) { $0.isRefused = true }
        case .endLicence: licences(.list([]), true)
        case .giveLicence: licences(["teams"], false)
        case .duplicateNotification: add(["microsoft delivers": "duplicate-notification", "optional": "true"])
        case .forgedNotification: add(["microsoft delivers": "forged-notification", "optional": "true"])
        case .reorderNotifications: add(["set": ["microsoft": ["notifications": ["reorder": "yes"]]]])
        case .lateNotifications: add(["microsoft delivers": "late-notification"])
        case .kill: add(["connector restarts": "kill"])
        case .restart: add(["connector restarts": "graceful"])
        case .downWhileLeaving:
            add(["connector stops": "kill"])
            add(["\(visit.patient) leaves": .text(visit.alias)])
            add(["connector starts": "again"])
            self.visit(index) { $0.patientAt = .out }
            setClock(forward: 180)
        default: break
        }
    }

    private mutating func licences(_ list: TextNode, _ isEnd: Bool) {
        add(["set": ["microsoft": ["person": "dr-ruiz", "licences": list]]])
        change { $0.hasLicence = !isEnd }
    }

    /// On the way where this vendor's visits write most: text messages, or writebacks.
    private mutating func fault(_ effect: TextNode) {
        var fault: TextNode = ["place": state.vendor == .cerner ? "text-messages" : "writeback"]
        for entry in effect.entries ?? [] { fault[entry.key] = entry.value }
        add(["set": ["fault": fault]])
        if state.vendor == .cerner { change { $0.hasTextTrouble = true } }
    }

    // MARK: The end

    /// Everybody leaves, what waits has its time, and what must hold of the whole is written down.
    mutating func finish() {
        for index in state.visits.indices {
            let visit = state.visits[index]
            switch visit.providerAt {
            case .in: end(index)
            case .unknown: add(["dr-ruiz ends": .text(visit.alias), "optional": "true"])
            case .out, .waiting:
                if visit.patientAt == .in { add(["\(visit.patient) leaves": .text(visit.alias)]) }
            }
        }
        // Where that keeps reminders out of it, a record's end comes sooner: a second confirmation is not taken for one.
        let isNear = state.visits.contains {
            $0.booking == .booked && !$0.maybeReminded.contains($0.start)
                && (0..<2700).contains($0.start - 2 * 3600 - state.latest)
        }
        setClock(forward: saysEverything && isNear ? 900 : 2700)
        var told: Set<String> = []
        for visit in state.visits where visit.booking != .unbooked {
            if state.hasTexts, visit.wasBookedEarly, !state.unreachable.contains(visit.patient) {
                hold(
                    [
                        "at-most": "1", "of": "sms.sent", "to": .text(visit.patient),
                        "cause": .text("\(visit.alias).booked"),
                    ], "one-confirmation-\(visit.alias)", "SMS-10")
            }
            if state.hasTexts, told.insert(visit.patient).inserted { texts(to: visit.patient) }
            if state.vendor == .epic { writebacks(visit) }
            if state.hasTexts, visit.mayNotBeDialled {
                hold(
                    [
                        "never": "http.request", "to": "sms", "url": ["matches": "/sms[?]"],
                        "cause": .text("\(visit.alias).booked"),
                    ], "not-dialled-for-\(visit.alias)", "SMS-13")
            }
        }
        // What was never to be seen would stay undecided.
        if state.visits.contains(where: \.wasAdmitted) {
            hold(
                [
                    "first": "lobby.admitted", "then": ["event": "meeting.joined", "account": "anonymous"],
                    "per": "by",
                ], "nobody-in-before-admission", "PAT-05")
        }
        if state.vendor == .epic, state.visits.contains(where: { $0.joins > 0 }) {
            hold(
                [
                    "first": "writeback.received", "status": "connected", "accepted": "true",
                    "then": ["event": "writeback.received", "status": "disconnected", "accepted": "true"],
                    "per": "attendee,appointment",
                ], "connect-before-disconnect", "WBK-04")
        }
    }

    /// What must hold of the messages to a patient, of all their visits together.
    private mutating func texts(to patient: String) {
        func messages(_ bound: String, _ count: Int, _ kind: String) -> TextNode {
            [(bound): .text(String(count)), "of": .text(kind), "to": .text(patient)]
        }
        let visits = state.visits.filter { $0.patient == patient && $0.booking != .unbooked }
        let most = visits.reduce(0) { $0 + $1.mostTexts }
        let least = visits.reduce(0) { $0 + ($1.booking == .booked ? $1.leastTexts : 0) }
        hold(messages("at-most", most, "sms.sent"), "no-message-too-many-\(patient)", "SMS-10")
        if visits.contains(where: \.isRefused) {
            hold(
                messages("at-most", most + state.lostAnswers, "sms.refused"), "refusal-is-final-\(patient)", "SMS-14")
        } else if least > 0, !state.hasDoubtfulTexts, !state.unreachable.contains(patient) {
            hold(messages("at-least", least, "sms.sent"), "no-message-too-few-\(patient)", "SMS-06")
        }
    }

    private mutating func writebacks(_ visit: VisitState.Visit) {
        // Nobody came to it: whatever is written of it belongs to another.
        guard visit.joins + visit.maybeJoins > 0 else {
            return hold(
                ["never": "writeback.received", "appointment": .text(visit.alias)],
                "nothing-written-for-\(visit.alias)", "WBK-03")
        }
        for (word, name) in [("connected", "connects"), ("disconnected", "disconnects")] {
            let fields: [(String, TextNode)] = [
                ("of", "writeback.received"), ("appointment", .text(visit.alias)), ("status", .text(word)),
                ("accepted", "true"),
            ]
            func item(_ bound: String, _ count: Int) -> TextNode {
                .map([.init(bound, .text(String(count)))] + fields.map { .init($0.0, $0.1) })
            }
            hold(
                item("at-most", visit.joins + visit.maybeJoins), "no-\(name)-too-many-\(visit.alias)", "WBK-04")
            if visit.joins > 0, !visit.isBlurred {
                hold(item("at-least", visit.joins), "no-\(name)-too-few-\(visit.alias)", "WBK-03")
            }
        }
    }
}

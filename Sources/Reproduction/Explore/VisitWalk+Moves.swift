// SPDX-License-Identifier: Apache-2.0

internal import ScenarioLanguage
internal import World

/// What each move does to the model, which steps it writes, and what it makes of people's expectations.
extension VisitWalk {
    /// Whether a move makes sense now: people do not do what cannot be done.
    func isPossible(_ move: VisitMove, _ index: Int) -> Bool {
        let visit = state.visits[index]
        let isBooked = visit.booking == .booked
        let phase = state.phase(visit)
        let canMove = isBooked && visit.patientAt == .out && visit.providerAt == .out && phase == .before
        switch move {
        case .book: return visit.booking == .unbooked && phase == .before
        case .moveLater: return canMove && visit.moves < 3
        case .moveNowhere: return isBooked && phase != .after && phase != .over
        case .moveEarlier: return canMove && visit.moves < 3 && state.latest < visit.start - 5 * 3600
        case .cancel: return isBooked && phase != .over && phase != .after
        case .openLink, .doubleOpen: return visit.hasLink
        case .previewLink: return visit.hasLink
        case .patientLaunches: return state.vendor == .epic && visit.booking == .booked
        case .providerLaunches, .doubleLaunch: return isBooked && (phase == .during || phase == .near)
        case .secondProviderLaunches: return state.vendor == .cerner && isBooked && phase == .during
        case .admit: return visit.patientAt == .waiting && visit.providerAt == .in
        case .patientLeaves: return visit.patientAt == .in || visit.patientAt == .waiting
        case .providerLeaves, .endCall: return visit.providerAt == .in
        case .sendLink: return state.vendor == .cerner && isBooked && visit.wasLaunched && phase == .during
        case .viewAppointment: return isBooked && visit.wasLaunched && phase == .during
        case .readStatus:
            return isBooked && visit.wasLaunched && phase == .during && visit.patientAt != .unknown
                && visit.providerAt != .unknown
        case .replayLaunch: return visit.wasLaunched
        case .wait: return true
        case .jumpBefore: return state.latest < visit.start - 5 * 3600
        case .jumpEarly: return isBooked && state.latest < visit.start - 20 * 60
        case .jumpToStart: return isBooked && state.latest < visit.start
        case .jumpMidway: return isBooked && state.latest < visit.start + 600
        case .jumpPastEnd: return visit.booking != .unbooked && state.latest < visit.end
        case .expireTokens: return visit.booking != .unbooked
        case .loseAnswer, .refuseRecipient: return state.hasTexts && !visit.isRefused && phase != .over
        case .briefOutage, .longOutage, .busy: return (state.hasTexts || state.vendor == .epic) && phase != .over
        case .lockEHR: return state.vendor == .epic && phase != .over
        case .endLicence: return state.hasLicence && visit.wasLaunched && phase == .during
        case .giveLicence: return !state.hasLicence
        case .duplicateNotification, .forgedNotification: return visit.joins > 0 && phase != .over
        case .reorderNotifications, .lateNotifications: return isBooked && phase != .over
        case .kill, .restart: return visit.booking != .unbooked
        case .downWhileLeaving: return visit.patientAt == .in && visit.providerAt == .in
        case .receiveLink: return isBooked && !visit.hasLink && state.vendor == .cerner && !visit.isRefused
        }
    }

    mutating func apply(_ move: VisitMove, _ index: Int) {
        let visit = state.visits[index]
        let alias = visit.alias
        switch move {
        case .book:
            add(["ehr books": .text(alias)])
            let now = state.latest
            self.visit(index) {
                $0.booking = .booked
                $0.bookedAt = now
                $0.wasBookedEarly = now + 1200 < $0.start - 2 * 3600
                $0.mostTexts += 1
                $0.leastTexts += 1
            }
        case .moveLater: self.move(index, to: max(visit.start, state.latest) + 3 * 3600)
        case .moveEarlier: self.move(index, to: visit.start - 2 * 3600)
        case .moveNowhere:
            add(["ehr moves": .text(alias), "to": Self.time(visit.start, visit)])
            expectSilence(visit)
        case .cancel:
            add(["ehr cancels": .text(alias)])
            self.visit(index) {
                $0.booking = .cancelled
                if $0.patientAt != .out || $0.providerAt != .out { $0.isBlurred = true }
            }
        case .receiveLink: receive(index, isDue: true, by: state.hasTexts ? "sms.sent" : "mail.sent")
        case .openLink: enter(index, ["\(visit.patient) opens": .text("$(link-\(alias))")], "link")
        case .doubleOpen:
            for _ in 0..<2 { enter(index, ["\(visit.patient) opens": .text("$(link-\(alias))")], "link") }
        case .previewLink: add(["bot opens": .text("$(link-\(alias))"), "outcome": "any"])
        case .patientLaunches: enter(index, ["\(visit.patient) launches": .text(alias)], "launch")
        case .providerLaunches: launch(index)
        case .doubleLaunch:
            launch(index)
            launch(index)
        case .secondProviderLaunches: launchSecond(index)
        case .admit:
            add(["dr-ruiz admits": .text(visit.patient)])
            self.visit(index) {
                $0.patientAt = .in
                $0.hasReturned = $0.wasAdmitted
                $0.wasAdmitted = true
                $0.joins += 1
            }
            expectWriteback(alias, "connected", ["not": "dr-ruiz"], isAgain: visit.wasAdmitted)
        case .patientLeaves:
            add(["\(visit.patient) leaves": .text(alias)])
            if visit.patientAt == .in {
                expectWriteback(alias, "disconnected", ["not": "dr-ruiz"], isAgain: visit.hasReturned)
            }
            self.visit(index) { $0.patientAt = .out }
        case .providerLeaves:
            add(["dr-ruiz leaves": .text(alias)])
            expectWriteback(alias, "disconnected", "dr-ruiz")
            self.visit(index) { $0.providerAt = .out }
        case .endCall: end(index)
        case .sendLink:
            add([
                "dr-ruiz does": "send-link", "with": ["appointment": .text(alias)],
                "as": check("link-can-be-sent", "PRV-03"),
            ])
            self.visit(index) { $0.mostTexts += 1 }
        case .viewAppointment:
            add([
                "dr-ruiz does": "view-appointment", "with": ["appointment": .text(alias)],
                "as": check("appointment-shown", "PRV-11"),
            ])
        case .readStatus: readStatus(index)
        case .replayLaunch:
            add(["dr-ruiz replays": "dr-ruiz", "outcome": ["page", "error"], "as": check("replay-refused", "SEC-01")])
        default: around(move, index)
        }
    }

    /// Where everything is said: the record of a connect or disconnect, which trouble on the way may delay.
    private mutating func expectWriteback(
        _ alias: String, _ status: String, _ attendee: TextNode, isAgain: Bool = false
    ) {
        guard saysEverything, state.vendor == .epic, !state.isDown else { return }
        expectPatience()
        let requirement = status == "connected" ? "WBK-01" : "WBK-02"
        let written = check("\(status)-is-written", requirement)
        if state.hasWritebackTrouble { tie(written.string ?? "", "WBK-05") }
        if isAgain { tie(written.string ?? "", "WBK-03") }
        add([
            "expect": "writeback.received", "appointment": .text(alias), "attendee": attendee,
            "status": .text(status), "accepted": "true", "within": "15m",
            "as": written,
        ])
    }

    /// Where the connector has just been told when to come back: it does not come sooner.
    mutating func expectPatience() {
        guard let wait = state.askedToWait else { return }
        change { $0.askedToWait = nil }
        add(["expect": "fault.struck", "within": "2m"])
        setClock(forward: 1)
        // What was on its way at the time, and the clock's last seconds, are left out.
        let seconds = wait.seconds - 5
        guard seconds > 0 else { return }
        let isWriteback = wait.place == "writeback"
        var step: TextNode =
            isWriteback
            ? ["absent": "writeback.received"]
            : ["absent": "http.request", "from": "connector", "to": "sms", "method": "POST"]
        step["for"] = .text(DurationText.format(.seconds(seconds)))
        step["as"] = check("waits-as-long-as-asked", isWriteback ? "WBK-05" : "SMS-14")
        add(step)
        change { $0.wait(seconds) }
    }

    /// Who has opted out gets nothing for a new booking.
    mutating func expectNoText(_ index: Int) {
        let patient = state.visits[index].patient
        guard state.hasTexts, state.optedOut.contains(patient) else { return }
        add([
            "absent": "sms.sent", "to": .text(patient), "for": "2m", "as": check("nothing-after-opting-out", "SMS-12"),
        ])
        change { $0.wait(120) }
    }

    // MARK: The EHR

    /// Nothing changed: no message, where none can be under way.
    private mutating func expectSilence(_ visit: VisitState.Visit) {
        guard state.hasTexts, visit.hasLink, visit.moves == 0, !state.hasTextTrouble, !state.hasDoubtfulTexts,
            state.latest + 120 < visit.start - 2 * 3600
        else { return }
        add([
            "absent": "sms.sent", "to": .text(visit.patient), "for": "2m",
            "as": check("nothing-for-an-unchanged-time", "SMS-10"),
        ])
        change { $0.wait(120) }
    }

    mutating func move(_ index: Int, to start: Int) {
        let visit = state.visits[index]
        add(["ehr moves": .text(visit.alias), "to": Self.time(start, visit)])
        self.visit(index) {
            $0.start = start
            $0.moves += 1
            $0.mostTexts += 1
        }
        change { $0.wait(0) }
    }

    // MARK: People

    /// The message that tells of the visit. Where none is due it is only waited for.
    mutating func receive(_ index: Int, isDue: Bool, by kind: String) {
        let visit = state.visits[index]
        var step: TextNode = ["expect": .text(kind), "to": .text(visit.patient), "since": "start", "within": "20m"]
        // From the start on, the first message would be that of another visit.
        if toldBefore(index), wasJustBooked(visit) { step["since"] = nil }
        let isText = kind == "sms.sent"
        if isDue {
            let told = check("told-of-the-visit", isText ? "SMS-06" : "EML-01")
            step["as"] = told
            if isText, state.hasTextTrouble { tie(told.string ?? "", "SMS-14") }
            // What is wrong with one patient's number, or wish, stops nobody else's message.
            if isText, !state.undialable.isEmpty { tie(told.string ?? "", "SMS-13") }
            if isText, !state.optedOut.isEmpty { tie(told.string ?? "", "SMS-12") }
            step["strict"] = "true"
            let link = check("has-a-join-link", isText ? "SMS-08" : "EML-01").string ?? ""
            step["check"] = [(link): "links.exists()"]
        }
        step["capture"] = [("link-" + visit.alias): "links.first()"]
        add(step)
        self.visit(index) { $0.hasLink = true }
        // A record tells when it came.
        let blur = saysEverything ? 0 : 1200
        change { $0.pass(atLeast: $0.earliest, atMost: $0.latest + blur) }
    }

    private func toldBefore(_ index: Int) -> Bool {
        let patient = state.visits[index].patient
        return state.visits.indices.contains { other in
            other != index && state.visits[other].patient == patient && state.visits[other].booking != .unbooked
        }
    }

    /// Nothing was done since the booking: what came since the last act came of it.
    private func wasJustBooked(_ visit: VisitState.Visit) -> Bool {
        let act = steps.last { !["expect", "absent"].contains($0.entries?.first?.key) }
        return act?["ehr books"]?.string == visit.alias
    }

    /// The patient goes in by link or launch.
    private mutating func enter(_ index: Int, _ act: TextNode, _ way: String) {
        let visit = state.visits[index]
        let phase = state.phase(visit)
        var step = act
        let isSure = visit.booking == .booked && visit.moves == 0 && phase == .during
        let isClosed = visit.booking == .cancelled || phase == .before || phase == .over
        if isSure {
            step["outcome"] = "meeting"
            let starts = check("\(way)-starts-the-visit", way == "link" ? "SMS-08" : "PAT-07")
            step["as"] = starts
            if way == "link", state.foreignSpeaking.contains(visit.patient) { tie(starts.string ?? "", "SMS-16") }
            if visit.hasMeeting {
                let name = check("\(way)-leads-to-its-own-visit", "PAT-09").string ?? ""
                step["check"] = [(name): .text("meeting = %captures.\(visit.meetingName)")]
            }
        } else if isClosed {
            step["outcome"] = ["page", "error"]
            step["as"] = check("no-visit-out-of-time", "PAT-10")
            let name = check("page-is-clear", "PAT-10").string ?? ""
            step["check"] = [(name): "status < 500 and text.length() > 30"]
        } else {
            step["outcome"] = "any"
        }
        add(step)
        guard visit.patientAt == .out, !isClosed else { return }
        self.visit(index) { $0.patientAt = isSure ? .waiting : .unknown }
    }

    private mutating func launch(_ index: Int) {
        let visit = state.visits[index]
        let isSure = visit.booking == .booked && state.phase(visit) == .during
        var step: TextNode = ["dr-ruiz launches": .text(visit.alias)]
        guard isSure else {
            step["outcome"] = "any"
            add(step)
            self.visit(index) {
                guard $0.providerAt == .out else { return }
                $0.providerAt = .unknown
                $0.maybeJoins += 1
                $0.isBlurred = true
            }
            return
        }
        guard state.hasLicence, !state.hasFlawedIdentity else {
            step["outcome"] = ["page", "error"]
            step["as"] =
                state.hasLicence
                ? check("flawed-identity-refused", "SEC-07") : check("no-visit-without-licence", "SET-11")
            change { $0.hasFlawedIdentity = false }
            add(step)
            return
        }
        step["outcome"] = "meeting"
        step["as"] = check("provider-starts-the-visit", "PRV-04")
        if visit.hasMeeting {
            let name = check("same-meeting-again", "PRV-04").string ?? ""
            step["check"] = [(name): .text("meeting = %captures.\(visit.meetingName)")]
        } else {
            step["capture"] = [("meeting-" + visit.alias): "meeting"]
        }
        add(step)
        if visit.providerAt == .out { expectWriteback(visit.alias, "connected", "dr-ruiz") }
        self.visit(index) {
            $0.hasMeeting = true
            $0.wasLaunched = true
            if $0.providerAt == .out { $0.joins += 1 }
            if $0.providerAt == .unknown { $0.maybeJoins += 1 }
            $0.providerAt = .in
        }
    }

    private mutating func launchSecond(_ index: Int) {
        let visit = state.visits[index]
        guard !state.shutOut.contains("dr-lee") else {
            add([
                "dr-lee launches": .text(visit.alias), "outcome": ["page", "error"],
                "as": check("shut-out-provider-refused", "SET-11"),
            ])
            return
        }
        if state.vendor == .epic { self.visit(index) { $0.maybeJoins += 1 } }
        var step: TextNode = [
            "dr-lee launches": .text(visit.alias), "outcome": "meeting", "as": check("second-provider-joins", "PRV-12"),
        ]
        if visit.hasMeeting {
            let name = check("second-in-the-same-meeting", "PRV-12").string ?? ""
            step["check"] = [(name): .text("meeting = %captures.\(visit.meetingName)")]
        }
        add(step)
        self.visit(index) { $0.secondAt = .in }
    }

    mutating func end(_ index: Int) {
        add(["dr-ruiz ends": .text(state.visits[index].alias)])
        visit(index) {
            $0.patientAt = .out
            $0.providerAt = .out
            $0.secondAt = .out
        }
    }

    private mutating func readStatus(_ index: Int) {
        let visit = state.visits[index]
        // Notifications take their time, more of it where the receiver was down.
        setClock(forward: 180)
        if state.hasDisorder, saysEverything {
            add(["dr-ruiz does": "read-status", "with": ["appointment": .text(visit.alias)]])
            return
        }
        let name = check("status-is-true", "PRV-07").string ?? ""
        let wanted = visit.patientAt == .in ? 1 : 0
        add([
            "dr-ruiz does": "read-status", "with": ["appointment": .text(visit.alias)],
            "check": [
                (name): .text(
                    "values.attendees.where(role = 'patient' and state = 'connected').count() = \(wanted)")
            ],
        ])
    }
}

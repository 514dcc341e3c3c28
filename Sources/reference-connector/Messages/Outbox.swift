// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// Messages to patients: queued durably, sent once, addressed at the moment of sending.
struct Outbox: Sendable {
    let services: Services
    /// Only the deliberate faults of a queue look at them.
    private let announced = Tally()

    init(services: Services) { self.services = services }

    /// Kinds of messages of the variant `cancellations-told`.
    static let cancellation = "cancellation"
    private static let dayBefore = "day-before"
    private static let hourBefore = "hour-before"
    /// Starts that moved visits had before (variant `cancellations-told`); empty without it.
    static let earlierStarts = Remembered()

    private static let reminderLead = 15.0 * 60
    private static let lateReminderLead = 5.0 * 60

    /// Queues the messages that a booked or moved visit brings.
    func announce(_ visit: VisitRow, base: BaseRow) async throws {
        guard base.vendor == .cerner else { return }
        if try await isToldAgainByFault(visit) { return }
        let notice = visit.start.timeIntervalSince(await services.clocks.now(visit.tenant))
        if notice < 1800, services.behaviour.has(.shortNoticeUnconfirmed) { return }
        if services.behaviour.has(.otherOrder) { try await queue("confirmation", visit, channel: "mail") }
        if !services.behaviour.has(.smsNoConfirmation) {
            let again = services.behaviour.has(.smsPerNotification) ? "-" + Secret.token(bytes: 6) : ""
            try await queue("confirmation" + again, visit, channel: "sms")
        }
        if services.behaviour.has(.confirmationTwice) { try await queue("confirmation-ready", visit, channel: "sms") }
        try await queue("confirmation", visit, channel: "mail")
        try await scheduleReminder(visit)
    }

    /// The deliberate faults of hearing again of an appointment at an unchanged time; true where nothing more is done.
    private func isToldAgainByFault(_ visit: VisitRow) async throws -> Bool {
        let key = Self.reminderKey(visit)
        if services.behaviour.has(.reminderLostWhenToldAgain), announced.add("told of " + key) > 1 {
            try await services.store.cancel(.reminder, key: key, tenant: visit.tenant)
            return true
        }
        guard services.behaviour.has(.confirmedAgainLater) else { return false }
        let now = await services.clocks.now(visit.tenant).timeIntervalSince1970
        if let last = Self.toldAt[key].flatMap(Double.init), now - last > 3600 {
            try await queue("confirmation-\(now)", visit, channel: "sms")
        }
        Self.toldAt[key] = "\(now)"
        return false
    }

    /// When visits were told of last (deliberate fault `confirmed-again-later`); empty without it.
    private static let toldAt = Remembered()

    /// Only with a deliberate fault does linking a number tell of visits that were told of.
    func repeatForLink(_ base: BaseRow) async throws {
        guard services.behaviour.has(.relinkRepeatsMessages) else { return }
        for visit in try await services.store.visits(tenant: base.tenant) {
            guard visit.base == base.id, visit.appointment != nil, !visit.isCancelled else { continue }
            try await queue("confirmation-" + Secret.token(), visit, channel: "sms")
        }
    }

    /// Puts the reminder where it belongs for the visit's present start, or nowhere.
    private func scheduleReminder(_ visit: VisitRow) async throws {
        let now = await services.clocks.now(visit.tenant)
        if announced.add(Self.reminderKey(visit)) == 1 { announced.add("start of \(visit.id)") }
        if services.behaviour.has(.cancellationsTold), visit.start.timeIntervalSince(now) > 86_400 {
            let early = visit.start.addingTimeInterval(-86_400)
            let key = Self.reminderKey(visit) + "|" + Self.dayBefore
            try await services.store.scheduleOnce(.reminder, key: key, tenant: visit.tenant, due: early)
        }
        let hourBefore = visit.start.addingTimeInterval(-3600)
        if services.behaviour.has(.cancellationsTold), hourBefore > now {
            let key = Self.reminderKey(visit) + "|" + Self.hourBefore
            try await services.store.scheduleOnce(.reminder, key: key, tenant: visit.tenant, due: hourBefore)
        }
        guard var due = reminderTime(start: visit.start, now: now) else { return }
        // Milliseconds in 32 bits reach 24.8 days.
        if services.behaviour.has(.timersOverflow), due.timeIntervalSince(now) * 1000 > Double(Int32.max) { due = now }
        if services.behaviour.has(.remindersTwoDaysAhead), due.timeIntervalSince(now) > 2 * 86_400 { return }
        if services.behaviour.has(.reminderLostWhenMoved), announced.add(visit.id) > 1 { return }
        try await services.store.scheduleOnce(.reminder, key: Self.reminderKey(visit), tenant: visit.tenant, due: due)
    }

    /// Names the start, so that a visit's further notifications leave its reminder alone and a moved one gets another.
    private static func reminderKey(_ visit: VisitRow) -> String { "\(visit.id)|\(visit.startsAt)" }

    private func reminderTime(start: Date, now: Date) -> Date? {
        if services.behaviour.has(.smsNoReminder) { return nil }
        if services.behaviour.has(.smsReminderAfterStart) { return start.addingTimeInterval(300) }
        let usual = start.addingTimeInterval(-Self.reminderLead)
        if usual > now { return usual }
        let late = start.addingTimeInterval(-Self.lateReminderLead)
        return late > now ? late : nil
    }

    func remind(_ job: JobRow) async throws -> JobOutcome {
        let id = job.key.prefix { $0 != "|" }
        guard let visit = try await services.store.visit(id: String(id)), isWanted(visit, by: job) else { return .done }
        if services.behaviour.has(.remindedOnce), announced.add("reminded of \(visit.id)") > 1 { return .done }
        let early = [Self.dayBefore, Self.hourBefore].first { job.key.hasSuffix("|" + $0) }
        try await queue(early ?? "reminder", visit, channel: "sms")
        return .done
    }

    /// The deliberate fault of a reminder that a move has put out of the cancellation's reach.
    private func isKeptByFault(_ visit: VisitRow) -> Bool {
        services.behaviour.has(.movedReminderAfterCancel) && announced.count("start of \(visit.id)") > 1
    }

    /// True where the visit takes place at the time the reminder was set for.
    private func isWanted(_ visit: VisitRow, by job: JobRow) -> Bool {
        if visit.isCancelled, isKeptByFault(visit) { return Self.reminderKey(visit) == job.key }
        if visit.isCancelled { return services.behaviour.has(.smsReminderAfterCancel) }
        let isEarly = [Self.dayBefore, Self.hourBefore].contains { job.key == Self.reminderKey(visit) + "|" + $0 }
        return isEarly || Self.reminderKey(visit) == job.key || services.behaviour.has(.smsReminderNotMoved)
    }

    /// A link sent again at the provider's wish: each wish is an event of its own.
    func sendLink(_ visit: VisitRow, channel: String) async throws {
        let isSwallowed = services.behaviour.has(.sendLinkSwallowed)
        try await queue(isSwallowed ? "confirmation" : "link-" + Secret.token(bytes: 6), visit, channel: channel)
    }

    /// One row per visit, kind, start and channel: a repeated notification adds nothing.
    private func queue(_ kind: String, _ visit: VisitRow, channel: String) async throws {
        if kind == "reminder", services.behaviour.has(.remindersForTestOnly),
            try await services.store.base(id: visit.base)?.environment == "production"
        {
            return
        }
        var now = await services.clocks.now(visit.tenant)
        if services.behaviour.has(.unhurriedMessages) { now += 30 }
        let due = now
        let message = MessageRow(
            id: Secret.token(), visit: visit.id, kind: kind, startsAt: visit.startsAt, channel: channel,
            repeatability: UUID().uuidString.lowercased(), firstSent: HTTPDate.now(), state: "pending", phone: nil)
        try await services.store.write { database in
            let same =
                Column("visit") == visit.id && Column("kind") == kind && Column("startsAt") == visit.startsAt
                && Column("channel") == channel
            guard try MessageRow.filter(same).isEmpty(database) else { return }
            try message.insert(database)
            try Store.schedule(.message, key: message.id, tenant: visit.tenant, due: due, in: database)
        }
        await services.clocks.kick(visit.tenant)
    }

    /// Only one of the variants tells what time a visit had before.
    func noteMove(of visit: VisitRow, from start: Double) {
        if services.behaviour.has(.cancellationsTold) { Self.earlierStarts[visit.id] = "\(start)" }
    }

    /// Cancels what is queued for a visit that will not take place.
    func withdraw(_ visit: VisitRow) async throws {
        if services.behaviour.has(.smsReminderAfterCancel) || isKeptByFault(visit) { return }
        try await services.store.cancel(.reminder, key: Self.reminderKey(visit), tenant: visit.tenant)
        if services.behaviour.has(.retryAfterCancel) { return }
        _ = try await services.store.write { database in
            try MessageRow.filter(Column("visit") == visit.id && Column("kind") != Self.cancellation)
                .deleteAll(database)
        }
        guard services.behaviour.has(.cancellationsTold), visit.start > (await services.clocks.now(visit.tenant)) else {
            return
        }
        try await queue(Self.cancellation, visit, channel: "sms")
    }

    /// Forgets what was said about other times, so that a visit moved back is announced again.
    func forgetOtherTimes(_ visit: VisitRow) async throws {
        _ = try await services.store.write { database in
            try MessageRow.filter(Column("visit") == visit.id && Column("startsAt") != visit.startsAt).deleteAll(
                database)
        }
    }

    /// Sends one queued message, or finds that it is no longer wanted.
    func send(_ job: JobRow) async throws -> JobOutcome {
        let store = services.store
        guard let message = try await message(job.key),
            message.state == "pending",
            let visit = try await store.visit(id: message.visit), let base = try await store.base(id: visit.base)
        else { return .done }
        let now = await services.clocks.now(visit.tenant)
        let isOff =
            visit.isCancelled && message.kind != Self.cancellation && !services.behaviour.has(.smsReminderAfterCancel)
            && !isKeptByFault(visit) && !(job.attempts > 0 && services.behaviour.has(.retryAfterCancel))
        let isStale = isOff || visit.startsAt != message.startsAt || now >= visit.end
        guard !isStale, let appointment = visit.appointment else { return try await finish(message, "skipped") }
        let isUnasked = job.attempts > 0 && services.behaviour.has(.retryIgnoresWithdrawal)
        let known = isUnasked ? base.number : try await number(for: message, base)
        let number = try await kept(known, message, base, isAgain: job.attempts > 0)
        let sender = message.channel == "sms" ? number : nil
        if services.behaviour.has(.mailOnlyBesideSMS), number == nil { return try await finish(message, "skipped") }
        if services.behaviour.has(.queueStopsAtRefusal), announced.count("stopped " + visit.tenant) > 0 {
            return try await finish(message, "skipped")
        }
        let isForTest = services.behaviour.has(.mailForTestOnly) && message.channel == "mail"
        if isForTest, base.environment == "production" { return try await finish(message, "skipped") }
        if message.channel == "sms", sender == nil { return try await finish(message, "skipped") }

        if message.kind == "reminder", isNightByFault(now, base) { return try await finish(message, "skipped") }
        if sender != nil { try await waitForGateway(visit.tenant, now) }
        let current = try await services.fhir.appointment(appointment, at: base)
        guard let patientID = current.patients.first else { return try await finish(message, "skipped") }
        if isToldByFault(message, patientID, visit) { return try await finish(message, "skipped") }
        let patient = try await services.fhir.patient(patientID, at: base, now: now)
        if services.behaviour.has(.mailOnlyWithPhone), patient.phone == .missing || patient.phone == .invalid {
            return try await finish(message, "skipped")
        }
        let delivery = Delivery(services: services, message: message, visit: visit, base: base)
        let result: Delivery.Result
        if let sender {
            do {
                result = try await delivery.text(patient, appointment: current, from: sender, attempt: job.attempts)
            } catch let passing as Passing {
                if passing.code == "status-500", services.behaviour.has(.fiveHundredIsFinal) {
                    return try await finish(message, "refused")
                }
                if services.behaviour.has(.waitsFor429Only), passing.code != "status-429" {
                    throw Passing(retryAfter: nil, code: passing.code)
                }
                if let wait = passing.retryAfter { try await pauseGateway(visit.tenant, until: now + wait) }
                let isLost = message.kind == "reminder" && services.behaviour.has(.reminderLostAfterError)
                guard isLost || services.behaviour.has(.smsLostAfterError) else { throw passing }
                return try await finish(message, "lost")
            }
        } else {
            do {
                result = try await delivery.mail(patient, appointment: current)
            } catch let passing as Passing {
                let isOneTask = services.behaviour.has(.smsAgainForMail)
                if isOneTask { try await queue("confirmation-again", visit, channel: "sms") }
                if services.behaviour.has(.mailLostAfterError) { return try await finish(message, "lost") }
                throw passing
            }
        }
        switch result {
        case .sent:
            services.log.event("message sent", tenant: visit.tenant, code: "\(message.channel)-sent")
            return try await finish(message, "sent")
        case .nowhere(let code):
            announced.add("stopped " + visit.tenant)
            if let code, !services.behaviour.has(.smsFailureUnreported) {
                try await store.note(code, tenant: visit.tenant, visit: visit.id, at: now)
            }
            if message.channel == "sms", message.kind.hasPrefix("link-") {
                try await queue(message.kind, visit, channel: "mail")
            }
            return try await finish(message, "refused")
        }
    }

    /// The deliberate fault of nights without reminders.
    private func isNightByFault(_ now: Date, _ base: BaseRow) -> Bool {
        guard services.behaviour.has(.nightsUnreminded) else { return false }
        let hour = services.calendar(of: base).component(.hour, from: now)
        return hour >= 22 || hour < 6
    }

    /// The deliberate faults of one message a day: whoever has been told of a visit less than a day away from this one
    /// has been told.
    private func isToldByFault(_ message: MessageRow, _ patient: String, _ visit: VisitRow) -> Bool {
        let key = message.channel + message.kind
        let isOfOne =
            switch key {
            case "smsconfirmation": services.behaviour.has(.oneConfirmationADay)
            case "smsreminder": services.behaviour.has(.oneReminderADay)
            case "mailconfirmation": services.behaviour.has(.oneMailADay)
            default: false
            }
        guard isOfOne, let first = Double(Self.told.first("\(visit.startsAt)", of: key + patient)) else {
            return false
        }
        return first != visit.startsAt && abs(first - visit.startsAt) < 86_400
    }

    /// Starts of the visits that patients were told of first (deliberate faults of one message a day); empty without it.
    private static let told = Remembered()

    /// The number a message leaves from: what the policy says, but for the deliberate faults that do not ask it.
    private func number(for message: MessageRow, _ base: BaseRow) async throws -> String? {
        let isReminder = message.kind == "reminder"
        if isReminder, services.behaviour.has(.reminderIgnoresWithdrawal) { return base.number }
        if message.kind.hasPrefix("link-"), services.behaviour.has(.sendLinkWithoutConsent) { return base.number }
        let number = try await SenderPolicy(services: services).number(for: base)
        let isOfFirst = isReminder && number != nil && services.behaviour.has(.reminderFromFirstNumber)
        let isOfAny = message.kind.hasPrefix("link-") && services.behaviour.has(.sendLinkFromAnyNumber)
        let isFirst = number != nil && services.behaviour.has(.firstNumberForAll)
        guard isFirst || isOfFirst || isOfAny || (isReminder && services.behaviour.has(.reminderNumberKept)) else {
            return number
        }
        return try await services.store.numbers(tenant: base.tenant).first { $0.state == "ready" }?.number
    }

    /// The number, which the deliberate fault of a kept sender looks up at the first attempt only.
    private func kept(
        _ number: String?, _ message: MessageRow, _ base: BaseRow, isAgain: Bool
    ) async throws -> String? {
        guard services.behaviour.has(.retryKeepsNumber) else { return number }
        if let number { Self.senders[message.id] = number }
        let consent = try await services.store.consent(tenant: base.tenant)
        return isAgain && consent.organization && consent.attendees ? Self.senders[message.id] : number
    }

    /// Numbers of first attempts (deliberate fault `retry-keeps-number`); empty without it.
    private static let senders = Remembered()

    // MARK: The gateway's "later"

    /// It counts for every message of the organization, and outlives the process.
    private func pauseGateway(_ tenant: String, until: Date) async throws {
        try await services.store.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO pause (tenant, service, until) VALUES (?, 'sms', ?)",
                arguments: [tenant, until.timeIntervalSince1970])
        }
    }

    private func waitForGateway(_ tenant: String, _ now: Date) async throws {
        if services.behaviour.has(.retryAfterIgnored) { return }
        let until = try await services.store.read { database in
            try Double.fetchOne(
                database, sql: "SELECT until FROM pause WHERE tenant = ? AND service = 'sms'", arguments: [tenant])
        }
        guard let until, until > now.timeIntervalSince1970 else { return }
        throw Passing(retryAfter: until - now.timeIntervalSince1970, code: "gateway-asked-to-wait")
    }

    private func message(_ id: String) async throws -> MessageRow? {
        try await services.store.read { try Store.rows("id = ?", [id]).fetchOne($0) }
    }

    private func finish(_ message: MessageRow, _ state: String) async throws -> JobOutcome {
        try await services.store.write {
            try $0.cachedStatement(sql: "UPDATE message SET state = ? WHERE id = ?")
                .execute(arguments: [state, message.id])
        }
        return .done
    }
}

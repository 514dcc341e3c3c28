// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// One message on its way to one patient, whose particulars are in memory for just this long.
struct Delivery: Sendable {
    enum Result: Sendable {
        case sent
        /// Nobody to send to, or refused for good; a code for the staff's notes where they can do something.
        case nowhere(code: String?)
    }

    let services: Services
    let message: MessageRow
    let visit: VisitRow
    let base: BaseRow

    func text(_ patient: Patient, appointment: Appointment, from sender: String, attempt: Int) async throws -> Result {
        let phone: String
        switch patient.phone {
        case .missing:
            guard services.behaviour.has(.smsExpiredPhone), let any = patient.anyPhone else {
                return .nowhere(code: "phone-missing")
            }
            phone = any
        case .invalid:
            guard let any = patient.anyPhone.flatMap(dialledByFault) else { return .nowhere(code: "phone-invalid") }
            phone = any
        case .number(let number):
            let isKept = services.behaviour.has(.numberOfFirstMessage)
            phone = isKept ? Self.firstNumbers.first(number, of: visit.id) : number
        }
        let one = "\(message.kind) \(visit.startsAt) \(phone)"
        if services.behaviour.has(.oneMessageForANumber), Self.firstNumbers.first(visit.id, of: one) != visit.id {
            return .nowhere(code: nil)
        }
        let isUnasked =
            message.kind == "reminder" && services.behaviour.has(.stopForConfirmationsOnly)
            || message.kind.hasPrefix("link-") && services.behaviour.has(.sendLinkDespiteStop)
            || attempt > 0 && services.behaviour.has(.retryIgnoresStop)
        if !isUnasked, try await OptOuts(services: services).contains(phone, tenant: visit.tenant, base: base.id) {
            return .nowhere(code: "opted-out")
        }
        await Spill(services: services, patient: patient, phone: phone, visit: visit, message: message).run()
        if isLeftOut(patient) { return .nowhere(code: nil) }
        if services.behaviour.has(.graphTexts) {
            let zone = WindowsZone.name(of: await shownZone(appointment))
            let order = MeetingTexts(services: services, visit: try await target(), organizer: base.organizer)
            return try await order.send(message.kind, to: phone, zone: zone) ? .sent : .nowhere(code: "message-refused")
        }
        let text = MessageText(
            language: patient.language, kind: message.kind,
            time: LocalTime(date: shownStart, zone: await shownZone(appointment), behaviour: services.behaviour),
            link: try await link(), behaviour: services.behaviour, named: named(patient, appointment))
        let isAnew =
            services.behaviour.has(.smsTwiceOnRetry)
            || message.kind == "reminder" && services.behaviour.has(.reminderTwiceOnRetry)
        let isRetry = attempt > 0 && isAnew
        let service = MessageService(services: services, tenant: visit.tenant)
        let sent = try await service.send(
            from: sender, to: phone, text: text.text + earlierTime(await shownZone(appointment)),
            repeatability: isRetry ? UUID().uuidString.lowercased() : message.repeatability,
            firstSent: message.firstSent,
            tag: services.behaviour.has(.recordNumberAsTag) ? patient.recordNumber : nil)
        return sent == .accepted ? .sent : .nowhere(code: "message-refused")
    }

    /// Numbers that visits' first messages went to, and what went to a number first (deliberate faults
    /// `number-of-first-message`, `one-message-for-a-number`); empty without them.
    private static let firstNumbers = Remembered()

    /// What time a moved visit had before (variant `cancellations-told`).
    private func earlierTime(_ zone: TimeZone) -> String {
        guard message.kind == "confirmation", let start = Outbox.earlierStarts[visit.id].flatMap(Double.init) else {
            return ""
        }
        let time = LocalTime(date: Date(timeIntervalSince1970: start), zone: zone, behaviour: services.behaviour)
        return " (\(time.monthDay), \(time.twelve))"
    }

    /// Starts that visits had when they were first told of (deliberate fault `reminder-says-first-time`); empty without it.
    private static let firstStarts = Remembered()

    /// The start of the visit, but for the deliberate fault that composes reminders together with the confirmation.
    private var shownStart: Date {
        guard services.behaviour.has(.reminderSaysFirstTime),
            let first = Double(Self.firstStarts.first("\(visit.startsAt)", of: visit.id)), message.kind == "reminder"
        else { return visit.start }
        return Date(timeIntervalSince1970: first)
    }

    /// Whom the deliberate faults forget.
    private func isLeftOut(_ patient: Patient) -> Bool {
        if services.behaviour.has(.smsOnlyWithMail), patient.email == nil { return true }
        let spoken: Set<String> = ["en", "es", "pt", "it", "ru"]
        return services.behaviour.has(.otherLanguagesUntold) && !spoken.contains(patient.language)
    }

    /// What the deliberate faults dial of a number that is none.
    private func dialledByFault(_ number: String) -> String? {
        if services.behaviour.has(.smsDialsInvalid) { return number }
        let isSpelled = number.contains(where: \.isLetter)
        if services.behaviour.has(.smsDialsTooLong), number.hasPrefix("+") { return "+" + number.filter(\.isNumber) }
        return services.behaviour.has(.plusBeforeDigits) && !isSpelled ? "+" + number.filter(\.isNumber) : nil
    }

    /// A mail in the organizer's name; the recipient's address is the only datum of the patient in it.
    func mail(_ patient: Patient, appointment: Appointment) async throws -> Result {
        guard let address = patient.email else { return .nowhere(code: nil) }
        let shown = services.behaviour.has(.mailTimeInUTC) ? TimeZone.gmt : zone(appointment)
        let time = LocalTime(date: visit.start, zone: shown, behaviour: services.behaviour)
        let words = services.words
        let address2 = services.behaviour.has(.mailWithoutLink) ? "" : ":\r\n\r\n" + (try await link())
        let greeting = services.behaviour.has(.nameInMail) ? "Dear \(patient.name),\r\n\r\n" : ""
        let signature = services.behaviour.has(.mailNamesProvider) ? ProviderEntry.latest[base.id] ?? "" : ""
        let content =
            greeting + "\(words.mailIntroduction) (\(time.monthDay), \(time.twelve))\(address2)\r\n" + words.mailClosing
            + signature
        let copies = services.behaviour.has(.mailCopiesProvider) ? ProviderEntry.latest[base.id].map { [$0] } ?? [] : []
        let text: JSON = ["contentType": "text", "content": .string(content)]
        let isPage = services.behaviour.has(.cancellationsTold)
        let body: JSON = [
            "message": [
                "subject": .string(words.mailSubject),
                "body": isPage ? try await page(words.mailIntroduction, time.monthDay) : text,
                "toRecipients": [["emailAddress": ["address": .string(address)]]],
                "ccRecipients": .array(copies.map { ["emailAddress": ["address": .string($0)]] }),
            ],
            "saveToSentItems": false,
        ]
        let path = "/v1.0/users/\(Text.percentEncoded(base.organizer))/sendMail"
        let answer = try await services.graph.call(visit.tenant, "POST", path, body)
        return answer.isSuccess ? .sent : .nowhere(code: "message-refused")
    }

    /// A mail as a page, which says the day only.
    private func page(_ introduction: String, _ day: String) async throws -> JSON {
        let link = Text.html(try await link())
        let words = "<p>\(introduction) (\(day)):</p><p><a href=\"\(link)\">\(link)</a></p>"
        return ["contentType": "HTML", "content": .string("<html><body>\(words)</body></html>")]
    }

    /// Whom the text names: nobody, but for the deliberate faults.
    private func named(_ patient: Patient, _ appointment: Appointment) -> String? {
        if services.behaviour.has(.nameInSMS) { return patient.name }
        return services.behaviour.has(.providerNameInSMS) ? appointment.providerName : nil
    }

    /// The patient's own link to this visit.
    private func link() async throws -> String {
        let target = try await target()
        let isStale = services.behaviour.has(.mailLinkStale) && message.channel == "mail"
        let generation = isStale ? target.generation + 1 : target.generation
        let token = services.keys.linkToken("patient", visit: target.id, generation: generation)
        let path = services.paths.url("\(services.paths.visitLink)/\(token)")
        if services.behaviour.has(.staffLinkSent), message.kind.hasPrefix("link-") {
            let staff = services.keys.linkToken("staff", visit: target.id, generation: target.generation)
            return services.paths.url("\(services.paths.staffLink)/\(staff)")
        }
        if services.behaviour.has(.mailLinkUntested), message.channel == "mail" { return path + "?from=mail" }
        if services.behaviour.has(.otherPaths) { return path + "?from=" + message.kind.prefix(1) }
        guard services.behaviour.has(.appointmentIdInLink), let id = visit.appointment else { return path }
        return path + "?appointment=" + Text.percentEncoded(id)
    }

    /// The visit the message leads to: this one, but for a deliberate fault.
    private func target() async throws -> VisitRow {
        let isOfAnother = services.behaviour.has(.sentLinkOfAnother) && message.kind.hasPrefix("link-")
        guard isOfAnother || services.behaviour.has(.smsWrongLink) else { return visit }
        return try await services.store.visits(tenant: visit.tenant).first { $0.id != visit.id } ?? visit
    }

    /// The base's zone, else the offset the appointment is written in, else the deployment's.
    private func zone(_ appointment: Appointment) -> TimeZone {
        if let zone = base.zone.flatMap(TimeZone.init(identifier:)) { return zone }
        if let offset = appointment.offset, let zone = TimeZone(secondsFromGMT: offset) { return zone }
        return services.configuration.timeZone
    }

    /// The zone of the text, but for the deliberate faults that take another.
    private func shownZone(_ appointment: Appointment) async -> TimeZone {
        let zone = zone(appointment)
        if services.behaviour.has(.smsTimeInUTC) { return .gmt }
        guard services.behaviour.has(.smsTimeOfToday) else { return zone }
        let today = await services.clocks.now(visit.tenant)
        return TimeZone(secondsFromGMT: zone.secondsFromGMT(for: today)) ?? zone
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The text of a message: time and link, no name, no reason. One segment where the address allows it.
struct MessageText: Sendable {
    let language: String
    let kind: String
    let time: LocalTime
    let link: String
    let behaviour: Behaviour
    /// Only for the deliberate faults that name somebody.
    let named: String?

    var text: String {
        if kind == Outbox.cancellation {
            return "Your virtual visit will not take place: \(time.monthDay), \(time.twelve)"
        }
        let words = behaviour.has(.otherWording) ? other : usual
        let isBare = behaviour.has(.reminderWithoutLink) && kind == "reminder"
        let help = behaviour.has(.otherWording) ? " Info: https://clinic.example.net" : ""
        let address = behaviour.has(.smsLinkMissing) || isBare ? "" : ": " + link + help
        let name = named.map { " " + $0 } ?? ""
        let isLong = behaviour.has(.oneReminderTooLong) && kind == "reminder" && language == "pt"
        if isLong || behaviour.has(.smsTextTooLong) { return words + name + address + Self.explanation }
        return behaviour.has(.smsLinkCut) ? String((words + name + address).prefix(60)) : words + name + address
    }

    /// What the deliberate fault adds.
    private static let explanation = String(
        repeating: " — please open the link in good time and test your device", count: 3)

    /// Spanish, Portuguese and Italian are written without letters outside GSM-7; Russian is short enough for UCS-2.
    private var usual: String {
        let reminds = kind == "reminder"
        let isEnglish = behaviour.has(.smsEnglishOnly) || (reminds && behaviour.has(.reminderEnglishOnly))
        switch isEnglish ? "en" : language {
        case "es":
            return reminds
                ? "Recordatorio: su visita virtual es a las \(time.twentyFour)"
                : "Su visita virtual: \(time.dayMonth) a las \(time.twentyFour)"
        case "pt":
            return reminds
                ? "Lembrete: a sua visita virtual começa às \(time.twentyFour)".gsm
                : "A sua visita virtual: \(time.dayMonth), \(time.twentyFour)"
        case "it":
            return reminds
                ? "Promemoria: visita virtuale alle \(time.twentyFour)"
                : "La sua visita virtuale: \(time.dayMonth) alle \(time.twentyFour)"
        case "ru":
            return reminds ? "Визит сегодня в \(time.twentyFour)" : "Визит \(time.dayDotMonth) в \(time.twentyFour)"
        default:
            return reminds
                ? "Reminder: your virtual visit starts at \(time.twelve)"
                : "Your virtual visit: \(time.monthDay), \(time.twelve)"
        }
    }

    private var other: String { "Contoso Clinic: " + otherWords }

    private var otherWords: String {
        switch language {
        case "es": "Cita por video \(time.dayMonth) \(time.twentyFour)"
        case "pt": "Consulta por video \(time.dayMonth) \(time.twentyFour)"
        case "it": "Visita in video \(time.dayMonth) \(time.twentyFour)"
        case "ru": "Видео \(time.dayDotMonth) \(time.twentyFour)"
        default: "Video appointment \(time.monthDay) \(time.twelve)"
        }
    }
}

extension String {
    /// Letters GSM-7 lacks, replaced by their nearest.
    fileprivate var gsm: String {
        replacingOccurrences(of: "ç", with: "c").replacingOccurrences(of: "às", with: "as")
    }
}

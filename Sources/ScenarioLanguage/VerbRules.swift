// SPDX-License-Identifier: Apache-2.0

package import World

/// What a verb takes: the table behind the parser and behind `docs/scenario-language.md`.
package struct VerbRule: Sendable {
    /// What stands behind the verb.
    package enum Object: Sendable, Hashable {
        case operation, url, appointment, person, text, records
        /// One of fixed words.
        case word([String])
    }

    /// Who may.
    package enum Subject: Sendable, Hashable {
        case people([Role])
        case ehr, microsoft, connector
    }

    package let verb: Verb
    package let subject: Subject
    package let object: Object
    /// Keys of its own beside `optional` (and `outcome`, `as`, `check`, `capture` where it ends in an event).
    package let keys: [String]
    /// The event that ends it; nil where it is done once it is said.
    package let event: String?
    /// Words for `outcome`; empty where it has none.
    package let outcomes: [String]
    /// One sentence.
    package let meaning: String

    /// The outcome where the file names none: an operation is expected to be accepted.
    package var defaultOutcome: String? { verb == .does ? "accepted" : nil }

    /// An argument under `with` that makes the act go wrong on purpose; an alias of this type.
    var oddity: (name: String, type: ParameterType)? {
        switch verb {
        case .launches: ("context-of", .appointment)
        case .installs: ("misplaced-at", .base)
        default: nil
        }
    }

    package static let all: [VerbRule] = [
        VerbRule(
            verb: .does, subject: .people(Role.allCases), object: .operation, keys: ["with"],
            event: "operation.completed", outcomes: ["accepted", "refused"],
            meaning: "An operation of the connector through its binding."),
        VerbRule(
            verb: .opens, subject: .people(Role.allCases), object: .url, keys: [hold], event: "link.opened",
            outcomes: landings + [held], meaning: "The person's browser opens an address and follows it to its end."),
        VerbRule(
            verb: .launches, subject: .people([.patient, .provider]), object: .appointment, keys: ["from", hold],
            event: "launch.finished", outcomes: landings + [held],
            meaning:
                "A launch from the EHR, for an appointment; `with: {context-of: other}` hands over another one's context."
        ),
        VerbRule(
            verb: .admits, subject: .people([.provider, .staff, .administrator]), object: .person, keys: [], event: nil,
            outcomes: [], meaning: "Lets a person in from the lobby."),
        VerbRule(
            verb: .leaves, subject: .people(Role.allCases), object: .appointment, keys: [], event: nil, outcomes: [],
            meaning: "Leaves the meeting of an appointment."),
        VerbRule(
            verb: .ends, subject: .people([.provider, .staff, .administrator]), object: .appointment, keys: [],
            event: nil, outcomes: [], meaning: "Ends the call for everybody."),
        VerbRule(
            verb: .replies, subject: .people([.patient]), object: .text, keys: [], event: nil, outcomes: [],
            meaning: "Answers the last text message."),
        VerbRule(
            verb: .replays, subject: .people(Role.allCases), object: .person, keys: [], event: "link.opened",
            outcomes: landings,
            meaning:
                "Opens the address with code and state again at which a person's last sign-in came back to the connector."
        ),
        VerbRule(
            verb: .misdirects, subject: .people(Role.allCases), object: .person, keys: [], event: "link.opened",
            outcomes: landings,
            meaning:
                "Opens the last address of the connector that a person's browser went to with a way back in it, with a stranger's in its place, in each of the forms `//stranger.example.net/`, `/\\stranger.example.net/` and `https://stranger.example.net/`."
        ),
        VerbRule(
            verb: .fallsFor, subject: .people(Role.allCases), object: .operation, keys: [], event: nil, outcomes: [],
            meaning:
                "A stranger's page has the person's browser send the last form of that operation again, as a form and as a link, without what only the connector's own page knew."
        ),
        VerbRule(
            verb: .books, subject: .ehr, object: .appointment, keys: [], event: nil, outcomes: [],
            meaning: "The appointment is booked, and the connector learns of it as its deployment says."),
        VerbRule(
            verb: .moves, subject: .ehr, object: .appointment, keys: ["to"], event: nil, outcomes: [],
            meaning: "It gets another time."),
        VerbRule(
            verb: .cancels, subject: .ehr, object: .appointment, keys: [], event: nil, outcomes: [],
            meaning: "It is cancelled."),
        VerbRule(
            verb: .installs, subject: .ehr, object: .records, keys: [], event: nil, outcomes: [],
            meaning:
                "The EHR takes over a captured list of integration records; `with: {misplaced-at: base}` puts all at one base."
        ),
        VerbRule(
            verb: .delivers, subject: .microsoft,
            object: .word(["duplicate-notification", "forged-notification", "late-notification"]), keys: [], event: nil,
            outcomes: [], meaning: "A notification that is not as it should be reaches the connector."),
        VerbRule(
            verb: .restarts, subject: .connector, object: .word(["kill", "graceful"]), keys: [], event: nil,
            outcomes: [],
            meaning: "The process ends so, and is started again."),
        VerbRule(
            verb: .stops, subject: .connector, object: .word(["kill", "graceful"]), keys: [], event: nil, outcomes: [],
            meaning: "The process ends so, and stays down."),
        VerbRule(
            verb: .starts, subject: .connector, object: .word(["again", "graceful"]), keys: [], event: nil,
            outcomes: [],
            meaning: "The process is started again."),
    ]

    /// Key of acts of a browser that is stopped on its way, and the outcome where it was.
    package static let hold = "hold"
    private static let held = "held"

    /// What a browser can be stopped before.
    package enum HeldAnswer: String, Sendable, CaseIterable {
        case ehr = "ehr-answer"
        case microsoft = "microsoft-answer"
    }

    private static let landings = ["meeting", "page", "error", "handoff"]
    private static let byVerb = Dictionary(uniqueKeysWithValues: all.map { ($0.verb, $0) })

    package static func of(_ verb: Verb) -> VerbRule? { byVerb[verb] }

    /// For messages and the printed table.
    package var subjectText: String {
        switch subject {
        case .people(let roles) where roles.count == Role.allCases.count: "anybody"
        case .people(let roles): roles.map(\.rawValue).joined(separator: ", ")
        case .ehr: "ehr"
        case .microsoft: "microsoft"
        case .connector: "connector"
        }
    }

    /// For the printed table.
    package var objectText: String {
        switch object {
        case .operation: "operation"
        case .url: "address"
        case .appointment: "appointment"
        case .person: "person"
        case .text: "text"
        case .records: "captured list"
        case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        }
    }
}

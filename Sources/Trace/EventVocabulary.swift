// SPDX-License-Identifier: Apache-2.0

/// The type of an event field, as scenarios may match it.
package enum FieldType: String, Sendable, Hashable {
    case string, integer, boolean, list, object
    /// RFC 3339 instant.
    case instant
    /// Alias of a person of the world.
    case person
    /// Alias of an appointment of the world.
    case appointment
    /// Alias of a FHIR base of the world.
    case base
    case url
}

/// One field of an event kind.
package struct EventField: Sendable, Hashable {
    package let name: String
    package let type: FieldType
    /// Allowed words of a string field; empty where any text may stand.
    package let words: [String]

    init(_ name: String, _ type: FieldType = .string, _ words: [String] = []) {
        self.name = name
        self.type = type
        self.words = words
    }
}

/// One kind of event: who emits it, from what, with which fields.
package struct EventType: Sendable, Hashable {
    package let kind: String
    /// The party whose word it is: an event that a mock authored alone never decides a requirement.
    package let emitter: Party
    /// What happened, one sentence.
    package let meaning: String
    package let fields: [EventField]

    init(_ kind: String, _ emitter: Party, _ meaning: String, _ fields: [EventField] = []) {
        self.kind = kind
        self.emitter = emitter
        self.meaning = meaning
        self.fields = fields
    }

    package func field(_ name: String) -> EventField? { fields.first { $0.name == name } }
}

/// Every kind of event there is; `docs/events.md` is this table in print.
package enum EventVocabulary {
    package static let types: [EventType] = lifecycle + people + ehr + microsoft

    package static func type(_ kind: String) -> EventType? { byKind[kind] }

    private static let byKind = Dictionary(uniqueKeysWithValues: types.map { ($0.kind, $0) })

    private static let lifecycle: [EventType] = [
        EventType(
            "http.request", .runner, "A message reached a party of the world, or an actor sent one.",
            [
                .init("from"), .init("to"), .init("method"), .init("url", .url), .init("headers", .list),
                .init("body", .object),
            ]),
        EventType(
            "http.response", .runner, "The answer to it.",
            [
                .init("from"), .init("to"), .init("status", .integer), .init("headers", .list), .init("body", .object),
                .init("duration-us", .integer), .init("strained-us", .integer), .init("fault"),
            ]),
        EventType(
            "world.opened", .runner, "A scenario's universe exists from here on.",
            [.init("scenario"), .init("model", .object)]),
        EventType(
            "world.reset", .runner, "A tenant that was set up in advance was emptied for this world.",
            [.init("tenant"), .init("outcome"), .init("message")]),
        EventType("world.closed", .runner, "It was drained and closed; later arrivals still count.", []),
        EventType("scenario.started", .runner, "The first step is next.", [.init("scenario")]),
        EventType(
            "scenario.finished", .runner, "No further step follows.",
            [
                .init("scenario"), .init("outcome", .string, ["completed", "blocked", "aborted"]), .init("reason"),
            ]),
        EventType("step.started", .runner, "A step begins.", [.init("step"), .init("text")]),
        EventType(
            "step.finished", .runner, "A step ended.",
            [
                .init("step"), .init("outcome", .string, ["done", "met", "missed", "failed", "skipped", "error"]),
                .init("reason"),
                .init("matched", .list), .init("captures", .object),
            ]),
        EventType(
            "clock.advanced", .runner, "The world's clock moved and the connector answered.",
            [
                .init("to", .instant), .init("idle", .boolean), .init("pending", .integer),
            ]),
        EventType(
            "fault.set", .runner, "A fault was armed.",
            [.init("place"), .init("effect", .object), .init("times", .integer)]),
        EventType(
            "fault.struck", .runner, "An armed fault hit an exchange.", [.init("place"), .init("effect", .object)]),
        EventType(
            "run.interrupted", .runner, "Whoever started the run stopped it; nothing later blames the connector.",
            [.init("reason")]),
        EventType(
            "connector.started", .runner, "A process of the connector was started.",
            [.init("pid", .integer), .init("url", .url), .init("version")]),
        EventType("connector.ready", .runner, "It said it was ready.", [.init("url", .url), .init("version")]),
        EventType("connector.exited", .runner, "It ended.", [.init("status"), .init("expected", .boolean)]),
        EventType("connector.killed", .runner, "The harness ended it on purpose.", [.init("signal")]),
        EventType(
            "sweep", .runner, "A source of evidence was searched for canaries.",
            [
                .init("source"), .init("kind"), .init("bytes", .integer),
                .init("control", .string, ["found", "missing", "none"]), .init("hits", .list),
                .init("unscanned", .integer), .init("left", .list),
            ]),
        EventType(
            "people.compared", .runner,
            "What the connector kept and passed on in several people's rounds was compared.",
            [
                .init("rounds", .list), .init("bytes", .integer), .init("tokens", .integer),
                .init("dependences", .list),
                .init("left", .list),
            ]),
        EventType(
            "egress.attempted", .egress, "The connector tried to reach a host that is no party of the world.",
            [
                .init("host"), .init("port", .integer), .init("scheme"), .init("url", .url),
            ]),
        EventType(
            "traffic.unexpected", .runner, "A message nobody in the world can place.",
            [.init("host"), .init("method"), .init("url", .url), .init("reason")]),
    ]

    private static let people: [EventType] = [
        EventType(
            "actor.reported", .runner, "A command or a person that acts for somebody said what happened.",
            [
                .init("by", .person), .init("operation"), .init("via", .string, ["external", "human"]),
                .init("report", .object),
            ]),
        EventType(
            "operation.started", .runner, "A person began an operation of the connector through its binding.",
            [
                .init("operation"), .init("by", .person), .init("arguments", .object),
            ]),
        EventType(
            "operation.completed", .connector, "The connector's outcome of that operation.",
            [
                .init("operation"), .init("by", .person), .init("outcome", .string, ["accepted", "refused", "failed"]),
                .init("status", .integer),
                .init("message"), .init("values", .object),
                .init("observability", .string, ["observed", "attested", "not-observable"]),
            ]),
        EventType(
            "page.shown", .connector, "The page on which a person's walk ended.",
            [
                .init("by", .person), .init("url", .url), .init("party"), .init("status", .integer), .init("title"),
                .init("text"),
                .init("links", .list), .init("loads", .list), .init("third-party", .list),
            ]),
        EventType(
            "page.login", .runner, "A person was asked to sign in.",
            [.init("by", .person), .init("provider", .string, ["microsoft", "ehr", "other"]), .init("url", .url)]),
        EventType(
            "handoff", .connector, "A walk left for a host the deployment names as its end.",
            [.init("by", .person), .init("url", .url), .init("host")]),
        EventType(
            "launch.started", .runner, "A person began a launch from the EHR.",
            [
                .init("by", .person), .init("role", .string, ["provider", "patient"]),
                .init("entry", .string, ["powerchart", "hyperspace", "haiku", "canto", "mychart"]),
                .init("appointment", .appointment), .init("base", .base), .init("url", .url),
            ]),
        EventType(
            "launch.finished", .connector, "Where that launch led.",
            [
                .init("by", .person), .init("appointment", .appointment),
                .init("outcome", .string, ["meeting", "page", "error", "handoff", "held"]), .init("status", .integer),
                .init("url", .url), .init("meeting"), .init("sign-ins", .integer), .init("clicks", .integer),
                .init("text"), .init("third-party", .list), .init("observability", .string, ["observed", "attested"]),
            ]),
        EventType(
            "link.opened", .connector, "Where a link that a person opened led.",
            [
                .init("by", .person), .init("link", .url),
                .init("outcome", .string, ["meeting", "page", "error", "handoff", "held"]), .init("status", .integer),
                .init("url", .url),
                .init("meeting"), .init("sign-ins", .integer), .init("clicks", .integer), .init("text"),
                .init("third-party", .list), .init("observability", .string, ["observed", "attested"]),
            ]),
        EventType(
            "request.answered", .connector, "The answer to a plain HTTP request of a step, or that there was none.",
            [
                .init("by", .person), .init("method"), .init("url", .url), .init("status", .integer),
                .init("headers", .object), .init("media-type"), .init("json", .object), .init("text"),
                .init("redirects", .integer), .init("duration-us", .integer), .init("error"),
            ]),
    ]

    private static let ehr: [EventType] = [
        EventType(
            "appointment.booked", .ehr, "An appointment stands in the EHR.",
            [
                .init("appointment", .appointment), .init("base", .base), .init("patient", .person),
                .init("provider", .person), .init("start", .instant),
            ]),
        EventType(
            "appointment.moved", .ehr, "Its time changed.",
            [.init("appointment", .appointment), .init("base", .base), .init("start", .instant)]),
        EventType(
            "appointment.cancelled", .ehr, "It was cancelled.",
            [.init("appointment", .appointment), .init("base", .base)]),
        EventType(
            "ehr.notified", .runner, "The connector was told of a change in the EHR.",
            [
                .init("appointment", .appointment), .init("change", .string, ["booked", "moved", "cancelled"]),
                .init("status", .integer),
            ]),
        EventType(
            "records.installed", .ehr, "The EHR took over the connector's integration records.",
            [.init("base", .base), .init("records", .list)]),
        EventType(
            "launch.issued", .ehr, "The EHR handed a launch context to a browser.",
            [
                .init("by", .person), .init("appointment", .appointment), .init("base", .base), .init("entry"),
                .init("url", .url),
            ]),
        EventType(
            "smart.discovered", .ehr, "The connector read how to authorize.",
            [.init("base", .base), .init("way", .string, ["smart-configuration", "metadata"])]),
        EventType(
            "authorize.requested", .ehr, "An authorization request reached the EHR.",
            [
                .init("base", .base), .init("by", .person), .init("client"), .init("redirect", .url), .init("scope"),
                .init("aud", .url), .init("state-length", .integer),
                .init("challenge-method"), .init("launch", .boolean), .init("valid", .boolean), .init("reason"),
            ]),
        EventType(
            "ehr.signed-in", .ehr, "A person signed in to the EHR.", [.init("by", .person), .init("base", .base)]),
        EventType(
            "code.issued", .ehr, "An authorization code was issued.",
            [.init("base", .base), .init("by", .person), .init("scope")]),
        EventType(
            "token.issued", .ehr, "An EHR access token was issued.",
            [
                .init("base", .base), .init("by", .person),
                .init("grant", .string, ["authorization_code", "refresh_token", "client_credentials"]), .init("scope"),
                .init("patient", .person), .init("appointment", .appointment), .init("expires", .integer),
            ]),
        EventType(
            "token.refused", .ehr, "A token request was refused.",
            [.init("base", .base), .init("grant"), .init("error"), .init("reason")]),
        EventType(
            "fhir.read", .ehr, "A resource was read.",
            [
                .init("base", .base), .init("type"), .init("id"), .init("appointment", .appointment),
                .init("person", .person), .init("context", .string, ["user", "system"]),
            ]),
        EventType(
            "fhir.searched", .ehr, "A search was answered.",
            [
                .init("base", .base), .init("type"), .init("parameters", .list), .init("count", .integer),
                .init("context", .string, ["user", "system"]),
            ]),
        EventType(
            "fhir.written", .ehr, "A resource was created, changed or deleted.",
            [
                .init("base", .base), .init("type"), .init("id"), .init("interaction"),
                .init("appointment", .appointment),
            ]),
        EventType(
            "fhir.refused", .ehr, "A FHIR request was refused.",
            [.init("base", .base), .init("status", .integer), .init("reason")]),
        EventType(
            "video-link.written", .ehr, "Both rooms of a Cerner video visit got their links.",
            [
                .init("appointment", .appointment), .init("base", .base), .init("provider-url", .url),
                .init("patient-url", .url), .init("operation", .string, ["add", "replace"]),
            ]),
        EventType(
            "video-link.refused", .ehr, "A video-link patch was refused.",
            [.init("appointment", .appointment), .init("base", .base), .init("status", .integer), .init("reason")]),
        EventType(
            "writeback.received", .ehr, "A connect or disconnect was written to the EHR.",
            [
                .init("appointment", .appointment), .init("base", .base), .init("attendee", .person), .init("user"),
                .init("user-type"), .init("status", .string, ["connected", "disconnected", "unknown"]),
                .init("code", .integer), .init("accepted", .boolean), .init("reason"),
            ]),
    ]

    private static let microsoft: [EventType] = [
        EventType(
            "entra.signed-in", .entra, "A person signed in with a Microsoft work account.",
            [.init("by", .person), .init("client")]),
        EventType(
            "entra.token.issued", .entra, "Entra issued tokens.",
            [.init("grant"), .init("by", .person), .init("client"), .init("scope")]),
        EventType(
            "entra.token.refused", .entra, "Entra refused a token request.",
            [.init("grant"), .init("error"), .init("code", .integer)]),
        EventType(
            "entra.assertion", .entra, "A client proved itself by a certificate's assertion.",
            [.init("client"), .init("algorithm"), .init("lifetime", .integer), .init("replayed", .boolean)]),
        EventType(
            "entra.consent", .entra, "An administrator was asked for consent to the application.",
            [.init("by", .person), .init("client"), .init("accepted", .boolean)]),
        EventType(
            "directory.read", .graph, "The directory was asked.",
            [.init("what", .string, ["user", "licences", "skus", "roles", "organization"]), .init("person", .person)]),
        EventType(
            "meeting.created", .graph, "A meeting was asked for and exists.",
            [
                .init("meeting"), .init("organizer", .person), .init("subject"), .init("start", .instant),
                .init("end", .instant), .init("lobby"), .init("presenters"),
                .init("external-id"), .init("new", .boolean), .init("join-url", .url), .init("options", .object),
            ]),
        EventType(
            "meeting.changed", .graph, "Its settings were changed.", [.init("meeting"), .init("options", .object)]),
        EventType(
            "join-url.issued", .graph, "A virtual-appointment join address was handed out.",
            [.init("meeting"), .init("url", .url)]),
        EventType(
            "graph.refused", .graph, "A Graph request was refused.",
            [.init("status", .integer), .init("code"), .init("path")]),
        EventType(
            "subscription.created", .graph, "A change subscription exists, its endpoint validated.",
            [
                .init("subscription"), .init("meeting"), .init("resource"), .init("url", .url),
                .init("encrypted", .boolean), .init("generation", .string, ["a", "b"]), .init("client-state", .boolean),
            ]),
        EventType(
            "subscription.refused", .graph, "A subscription request was refused.", [.init("resource"), .init("reason")]),
        EventType(
            "subscription.renewed", .graph, "A subscription was renewed or reauthorized.",
            [.init("subscription"), .init("meeting"), .init("way", .string, ["renew", "reauthorize"])]),
        EventType(
            "subscription.ended", .graph, "A subscription was deleted or ran out.",
            [.init("subscription"), .init("meeting")]),
        EventType(
            "notification.sent", .graph, "A change notification was delivered, or its delivery failed.",
            [
                .init("subscription"), .init("meeting"),
                .init("event", .string, ["callStarted", "rosterUpdated", "callEnded", "lifecycle"]),
                .init("by", .person), .init("status", .integer),
                .init("forged", .boolean), .init("attempt", .integer),
                .init("lifecycle", .string, ["reauthorizationRequired", "subscriptionRemoved", "missed"]),
            ]),
        EventType(
            "notification.withheld", .graph, "A change notification was held back or lost, as Graph does it.",
            [
                .init("subscription"), .init("meeting"),
                .init("reason", .string, ["dropped", "reauthorization", "slow-receiver", "slow-receiver-delayed"]),
            ]),
        EventType(
            "join.opened", .teams, "A person's browser arrived at the Teams join page.",
            [
                .init("by", .person), .init("meeting"), .init("way", .string, ["browser", "app"]),
                .init("device-test", .boolean), .init("account", .string, ["anonymous", "guest", "member"]),
            ]),
        EventType("lobby.entered", .teams, "A person waits in the lobby.", [.init("by", .person), .init("meeting")]),
        EventType(
            "lobby.admitted", .teams, "A person was let in from the lobby.",
            [.init("by", .person), .init("meeting"), .init("admitted-by", .person)]),
        EventType(
            "meeting.joined", .teams, "A person is in the meeting.",
            [
                .init("by", .person), .init("meeting"), .init("via-lobby", .boolean),
                .init("account", .string, ["anonymous", "guest", "member"]),
            ]),
        EventType("meeting.left", .teams, "A person left the meeting.", [.init("by", .person), .init("meeting")]),
        EventType("meeting.ended", .teams, "The call is over.", [.init("meeting")]),
        EventType(
            "sms.sent", .sms, "The gateway accepted a text message.",
            [
                .init("to", .person), .init("from"), .init("number"), .init("text"), .init("links", .list),
                .init("segments", .integer), .init("encoding", .string, ["GSM-7", "UCS-2"]), .init("message"),
            ]),
        EventType(
            "sms.refused", .sms, "The gateway refused a text message.",
            [.init("to", .person), .init("number"), .init("status", .integer), .init("reason")]),
        EventType(
            "sms.delivered", .sms, "The gateway reported a delivery.",
            [
                .init("message"), .init("to", .person), .init("status", .string, ["Delivered", "Failed"]),
                .init("code", .integer),
            ]),
        EventType(
            "sms.replied", .sms, "A person answered a text message.",
            [.init("by", .person), .init("text"), .init("status", .integer)]),
        EventType(
            "number.requested", .sms, "A phone number was searched for or bought.",
            [.init("operation", .string, ["search", "purchase", "release"]), .init("number")]),
        EventType("number.provisioned", .sms, "A phone number belongs to the connector's resource.", [.init("number")]),
        EventType(
            "mail.sent", .graph, "A mail was handed to Microsoft Graph.",
            [.init("to", .person), .init("from"), .init("subject"), .init("text"), .init("links", .list)]),
    ]
}

// SPDX-License-Identifier: Apache-2.0

internal import MockKit
internal import Value
internal import World

/// One operation of the control API. The table ``all`` is what the desk serves and what the OpenAPI document says.
struct ControlRoute: Sendable {
    enum Operation: String, Sendable, CaseIterable {
        case health, description, openapi, stream
        case listWorlds, openWorlds, readWorld, closeWorld
        case listAppointments, bookAppointment, moveAppointment, cancelAppointment, markAppointment
        case listPeople, changePerson, changeTokens, advanceClock
        case listFaults, armFault, disarmFault
        case listExchanges, readExchange, listFindings
        case listMessages, replyToMessage
        case readLobby, joinMeeting, admitPerson, leaveMeeting, endMeeting
        case listNumbers, addNumber
        case changeMicrosoft
    }

    /// A member of a request's body, or a query parameter.
    struct Field: Sendable {
        let name: String
        /// JSON Schema type.
        let type: String
        let isRequired: Bool
        let text: String

        init(_ name: String, required: Bool = false, _ text: String) {
            self.init(name, "string", required: required, text)
        }

        init(_ name: String, _ type: String, required: Bool = false, _ text: String) {
            self.name = name
            self.type = type
            isRequired = required
            self.text = text
        }
    }

    let method: String
    /// `/-/worlds/{world}/clock`.
    let template: String
    let operation: Operation
    let summary: String
    let query: [Field]
    /// Members of the JSON body (or fields of a form); nil: the operation takes none.
    let body: [Field]?
    /// Status of success.
    let success: Int
    let answer: String

    init(
        _ method: String, _ template: String, _ operation: Operation, _ summary: String, query: [Field] = [],
        body: [Field]? = nil, success: Int = 200, answer: String
    ) {
        self.method = method
        self.template = template
        self.operation = operation
        self.summary = summary
        self.query = query
        self.body = body
        self.success = success
        self.answer = answer
    }

    /// Names of the template's parameters.
    var parameters: [String] {
        template.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// The parameters' values where the path fits.
    func match(_ segments: [String]) -> [String: String]? {
        let parts = template.split(separator: "/")
        guard parts.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (part, segment) in zip(parts, segments) {
            if part.hasPrefix("{") {
                values[String(part.dropFirst().dropLast())] = segment
            } else if part != segment {
                return nil
            }
        }
        return values
    }
}

extension ControlRoute {
    static let all: [ControlRoute] = general + worlds + appointments + people + faultRoutes + records + microsoft

    private static let worldFilter = Field("world", "Only this world.")

    private static let general: [ControlRoute] = [
        .init("GET", "/-/health", .health, "Says that the mocks are up.", answer: "`{\"ready\": true, \"worlds\": N}`"),
        .init(
            "GET", "/-/description", .description, "The line that was printed when ready.",
            answer: "Endpoints and credentials."),
        .init("GET", "/-/openapi.json", .openapi, "This document.", answer: "OpenAPI 3.1."),
        .init(
            "GET", "/-/stream", .stream, "Server-sent events as things happen.", query: [worldFilter],
            answer: "`text/event-stream`: events `exchange`, `status`, `message`, `world`, each with a JSON object."),
    ]

    private static let worlds: [ControlRoute] = [
        .init("GET", "/-/worlds", .listWorlds, "The open worlds.", answer: "`{\"worlds\": […]}`"),
        .init(
            "POST", "/-/worlds", .openWorlds, "Opens worlds of a vendor.",
            body: [
                Field("vendor", required: true, "`cerner` or `epic`."),
                Field(
                    "count", "integer", "How many, at most 10000; 1 without it. Descriptions are answered for up to 10."
                ),
            ], success: 201, answer: "`{\"worlds\": […], \"opened\": N}`"),
        .init("GET", "/-/worlds/{world}", .readWorld, "Endpoints, credentials, people, clock.", answer: "The world."),
        .init("DELETE", "/-/worlds/{world}", .closeWorld, "Closes a world.", success: 204, answer: "Nothing."),
        .init(
            "POST", "/-/worlds/{world}/clock", .advanceClock, "Moves the world's clock forward; what is due happens.",
            body: [Field("advance", "By so much: `15m`."), Field("to", "Or to this time, RFC 3339.")],
            answer: "`{\"now\": …}`"),
    ]

    private static let appointments: [ControlRoute] = [
        .init(
            "GET", "/-/worlds/{world}/appointments", .listAppointments,
            "What is booked, with who is connected.", answer: "`{\"appointments\": […]}`"),
        .init(
            "POST", "/-/worlds/{world}/appointments", .bookAppointment, "Books an appointment.",
            body: [
                Field("patient", required: true, "Name of a patient of the world."),
                Field("provider", "Name of a provider; the first without it."),
                Field("start", "RFC 3339, or a duration from now; `15m` without it."),
                Field("minutes", "integer", "30 without it."), Field("alias", "Its name; made where there is none."),
            ], success: 201, answer: "The appointment."),
        .init(
            "POST", "/-/worlds/{world}/appointments/{appointment}/move", .moveAppointment, "Moves an appointment.",
            body: [Field("start", required: true, "RFC 3339, or a duration from now.")], answer: "The appointment."),
        .init(
            "POST", "/-/worlds/{world}/appointments/{appointment}/cancel", .cancelAppointment,
            "Cancels an appointment.", body: [], answer: "The appointment."),
        .init(
            "POST", "/-/worlds/{world}/appointments/{appointment}/condition", .markAppointment,
            "Makes something special of an appointment.",
            body: [
                Field(
                    "condition", required: true,
                    "`locked` (writes: 423), `dependency` (the next write: 424), `incomplete` (reads: 500), `sensitive` "
                        + "(patients' tokens do not see it), `unnamed` (launches name no appointment), `free`.")
            ], answer: "The appointment."),
    ]

    private static let people: [ControlRoute] = [
        .init(
            "GET", "/-/worlds/{world}/people", .listPeople, "The people of the world.", answer: "`{\"people\": […]}`"),
        .init(
            "POST", "/-/worlds/{world}/people/{person}", .changePerson, "Changes what the EHR says of a person.",
            body: [
                Field("phone", "E.164, or `none`."), Field("email", "An address, or `none`."),
                Field("language", "BCP 47, or `none`."),
                Field("licences", "Service plans, separated by blanks; `none`: none."),
            ], answer: "The person."),
        .init(
            "POST", "/-/worlds/{world}/tokens", .changeTokens, "Ends what the EHR issued so far.",
            body: [
                Field(
                    "do", required: true,
                    "`expire` (access tokens), `revoke` (refresh tokens too), `sign-out` (sessions), `rotate-keys` (new "
                        + "signing keys, the old ones stay published), `withdraw-keys` (they do not), "
                        + "`throttle-refresh` (refreshing more often than the vendor asks for is refused), `free-refresh`, "
                        + "`register-anew` (the client's registration is new: it is not known for a while)."
                ),
                Field("after", "With `register-anew`: for how long; the vendor's own time without it."),
            ],
            answer: "`{\"done\": …}`"),
    ]

    private static let faultRoutes: [ControlRoute] = [
        .init("GET", "/-/faults", .listFaults, "What is armed.", answer: "`{\"faults\": […]}`"),
        .init(
            "POST", "/-/faults", .armFault,
            "Arms a fault: the members of `set: {fault: …}` of a scenario, and `world`.",
            body: [
                Field("world", "Only in this world; everywhere without it."),
                Field(
                    "place", required: true,
                    "`ehr`, `entra`, `graph`, `teams`, `sms`; `writeback` or `text-messages`, without `path` and `method`."
                ),
                Field("path", "Begins with `/` or `*`; `*` within a segment, `**` for anything."),
                Field("method", "Only this method."),
                Field("nth", "integer", "The first request it strikes; 1 without it."),
                Field("times", "integer", "How often; 1 without it."),
                Field("after-work", "boolean", "The work is done, only the answer suffers."),
                Field("lasting", "So long on the world's clock, instead of `times`."),
                Field("percent", "integer", "Strikes with this chance."),
            ] + effects, success: 201, answer: "`{\"fault\": N, …}`"),
        .init("DELETE", "/-/faults/{fault}", .disarmFault, "Disarms a fault.", success: 204, answer: "Nothing."),
    ]

    /// One of these is the fault's effect.
    private static let effects: [Field] = [
        Field("status", "integer", "Answers with this status."),
        Field("retry-after", "integer", "Seconds, with `status`."),
        Field("retry-after-date", "boolean", "Writes them as a date."), Field("latency", "A duration."),
        Field("delay", "`uniform 100ms 2s`, `normal 1s 200ms`, `exponential 500ms`."),
        Field("drip", "integer", "Bytes of the body every tenth of a second."), Field("drop", "boolean", "Closes."),
        Field("hang-up", "boolean", "Closes after the answer."), Field("reset", "boolean", "Sends RST."),
        Field("truncate", "integer", "Sends so many bytes of the body."),
        Field("bad-chunks", "boolean", "Sends a chunk size that is none."),
        Field("duplicate", "boolean", "The request arrives twice."),
        Field("reorder", "The next request overtakes; waits at most so long."),
        Field("malformed", "boolean", "Half a body."), Field("locked", "boolean", "Epic's LOCK-FAILED."),
        Field("redirect", "Answers 302 to this address."), Field("timeout", "Silence, then closed."),
        Field("content-type", "Another media type."), Field("oversize", "integer", "So many blanks before the body."),
        Field("skew", "`+10m`, `-10m`: `Date` and the times inside tokens are off."),
        Field("aadsts", "integer", "Entra refuses a token request or sign-in with this code."),
        Field("issue", "integer", "Epic states this numbered issue: as a refusal, or inside the Bundle."),
        Field("revoked-token", "boolean", "The request's token is not known any more."),
        Field("tls", "`expired`, `wrong-host`, `unknown-ca`, `old-version`: the next handshake."),
    ]

    private static let records: [ControlRoute] = [
        .init(
            "GET", "/-/exchanges", .listExchanges,
            "Exchanges, the newest last, with what the protocols' rules say of them.",
            query: [
                worldFilter, Field("after", "integer", "Only those after this `seq`."),
                Field("limit", "integer", "At most so many of the newest; 100 without it, at most 1000."),
            ], answer: "`{\"exchanges\": […]}`"),
        .init(
            "GET", "/-/exchanges/{exchange}", .readExchange, "One exchange with headers, bodies and events.",
            answer: "The exchange."),
        .init(
            "GET", "/-/findings", .listFindings, "What breaks the protocols' rules.", query: [worldFilter],
            answer: "`{\"findings\": […]}`"),
    ]

    private static let microsoft: [ControlRoute] = [
        .init(
            "POST", "/-/worlds/{world}/microsoft", .changeMicrosoft,
            "Changes Microsoft's side: the members of `set: {microsoft: …}` of a scenario.",
            body: [
                Field("person", "Whose; then only `licences`, `disabled-plans`, `tenant`, `sign-in-error`, `delivery`.")
            ]
                + (MicrosoftWord.ofTheWorld + MicrosoftWord.ofAPerson).map { Field($0.name, $0.schemaType, $0.text) },
            answer: "`{\"changed\": […]}`"),
        .init(
            "GET", "/-/worlds/{world}/messages", .listMessages, "Text messages and mails sent to people.",
            answer: "`{\"messages\": […]}`"),
        .init(
            "POST", "/-/worlds/{world}/messages", .replyToMessage, "A person answers the last text message.",
            body: [
                Field("from", required: true, "Name of a person."),
                Field("text", required: true, "For example `STOP`."),
            ],
            success: 201, answer: "`{\"status\": N}`: of the connector's hook, 0 where there is none."),
        .init(
            "GET", "/-/worlds/{world}/lobby", .readLobby, "Who waits and who is in a meeting, guests of any name too.",
            answer: "`{\"people\": […]}`; `person` is an alias, or what a guest is called in the calls below."),
        .init(
            "POST", "/-/worlds/{world}/lobby", .joinMeeting,
            "A person of the world goes to a meeting without a browser.",
            body: [
                Field("person", required: true, "Alias; with their account of the organization where they have one."),
                Field("meeting", "Its id; the newest one without it."),
            ],
            success: 201, answer: "The lobby."),
        .init(
            "POST", "/-/worlds/{world}/lobby/{person}/admit", .admitPerson, "Lets a person in from the lobby.",
            body: [Field("by", required: true, "Who lets them in: somebody in the meeting who may.")],
            answer: "The lobby."),
        .init(
            "POST", "/-/worlds/{world}/lobby/{person}/leave", .leaveMeeting, "A person leaves lobby or meeting.",
            body: [], answer: "The lobby."),
        .init(
            "POST", "/-/worlds/{world}/lobby/{person}/end", .endMeeting, "A presenter ends the meeting for all.",
            body: [], answer: "The lobby."),
        .init(
            "GET", "/-/worlds/{world}/numbers", .listNumbers,
            "Phone numbers of the connector's resource, and what was asked for.",
            answer: "`{\"numbers\": […], \"log\": […]}`"),
        .init(
            "POST", "/-/worlds/{world}/numbers", .addNumber, "Gives the resource a number without buying it.",
            body: [Field("number", "E.164; one from the stock without it.")], success: 201, answer: "`{\"number\": …}`"),
    ]
}

extension MicrosoftWord {
    /// The JSON Schema type of what is written behind it; empty where several may be.
    fileprivate var schemaType: String {
        switch kind {
        case .flag: "boolean"
        case .number: "integer"
        case .group: "object"
        case .people, .texts: "array"
        case .code, .word, .duration, .person, .text: "string"
        }
    }
}

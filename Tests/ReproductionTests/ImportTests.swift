// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Reproduction
import ScenarioLanguage
import SourceText
import TestSupport
import Testing
import Trace
import Value
import World

/// Captures of browsers and proxies: messages alone, with a real patient's data in them.
@Suite struct ImportTests {
    private func importer() throws -> Importer {
        let folder = try DataFolder.locate(
            option: BuiltAssay.project.path, environment: [:], executable: BuiltAssay.project)
        let library = ProcedureLibrary(folders: [folder.scenarios("procedures")])
        return Importer(
            ledger: try Ledger(dataFolder: folder), procedures: library.files.values.sorted { $0.path < $1.path })
    }

    private func har(_ entries: [String]) -> Data {
        Data(
            """
            {"log": {"version": "1.2", "creator": {"name": "proxy", "version": "1"}, "entries": [\(entries.joined(separator: ","))]}}
            """.utf8)
    }

    private func entry(
        _ time: String, _ method: String, _ url: String, status: Int = 200, sent: String = "", body: String = "",
        type: String = "application/json", agent: String = "vendor-connector/3"
    ) -> String {
        func text(_ value: String) -> String {
            String(decoding: (try? JSONSerialization.data(withJSONObject: [value])) ?? Data(), as: UTF8.self)
                .dropFirst().dropLast().description
        }
        let post = sent.isEmpty ? "" : #", "postData": {"mimeType": "application/json", "text": \#(text(sent))}"#
        return """
            {"startedDateTime": "2026-03-02T\(time)Z", "time": 12,
             "request": {"method": "\(method)", "url": "\(url)", "headers": [{"name": "User-Agent", "value": "\(agent)"}]\(post)},
             "response": {"status": \(status), "headers": [{"name": "Content-Type", "value": "\(type)"}],
                          "content": {"text": \(text(body))}}}
            """
    }

    private let appointment = """
        {"resourceType": "Appointment", "id": "4477112", "start": "2026-03-02T15:00:00Z", "end": "2026-03-02T15:30:00Z",
         "participant": [{"actor": {"reference": "Patient/9913", "display": "Quillfeather, Marigold"}}]}
        """

    private var visit: [String] {
        let base = "https://fhir.hospital.example.org/r4/0b8a0111-e8e6-4c26-a91c-5069cbc6b1ca"
        return [
            entry("11:00:00", "GET", base + "/Appointment/4477112", body: appointment, type: "application/fhir+json"),
            entry(
                "11:00:01", "POST", "https://texts.communication.azure.com/sms?api-version=2021-03-07", status: 503,
                sent: #"{"smsRecipients": [{"to": "+12065550199"}], "message": "x"}"#),
            entry(
                "11:00:09", "POST", "https://texts.communication.azure.com/sms?api-version=2021-03-07", status: 202,
                sent:
                    #"{"smsRecipients": [{"to": "+12065550199"}], "message": "Your visit: https://visits.vendor.example.com/v/abcDEF0123456789"}"#
            ),
            entry(
                "15:02:00", "GET", "https://visits.vendor.example.com/launch?iss=\(base)&launch=xyz", status: 302,
                agent: "Mozilla/5.0"),
            entry(
                "15:02:01", "GET",
                "https://fhir.hospital.example.org/oauth/authorize?scope=launch+user%2FAppointment.read&redirect_uri=https%3A%2F%2Fvisits.vendor.example.com%2Fback&aud=\(base)",
                status: 302, agent: "Mozilla/5.0"),
            entry(
                "15:02:05", "GET", "https://teams.microsoft.com/l/meetup-join/19%3ameeting", agent: "Mozilla/5.0"),
            entry(
                "15:03:00", "GET", "https://visits.vendor.example.com/v/abcDEF0123456789", status: 302,
                agent: "Mozilla/5.0"),
            entry("15:04:00", "POST", "https://visits.vendor.example.com/odd/page", status: 500, agent: "Mozilla/5.0"),
        ]
    }

    @Test func `a capture becomes a scenario that loads, without anybody's data`() throws {
        let chapters = try Importer.chapters(ofHAR: har(visit))
        #expect(chapters.count == 1)
        let outcome = try importer().scenario(
            from: try #require(chapters.first), id: "from-the-field", profiles: ["cerner-2022-06", "epic-2021-11"],
            source: "capture.har")
        #expect(outcome.mistakes == nil, "\(outcome.mistakes ?? "")\n\(outcome.text)")
        for part in [
            "ehr books: visit", "dr-ruiz launches: visit", "ann opens: $(link-visit)", "place: text-messages",
            "status: 503",
            "starts: +4h",
        ] {
            #expect(outcome.text.contains(part), "\(part) is missing:\n\(outcome.text)")
        }
        for secret in [
            "Marigold", "Quillfeather", "5550199", "4477112", "9913", "abcDEF", "hospital", "vendor", "0b8a0111",
        ] {
            #expect(!outcome.text.contains(secret), "\(secret) stands in\n\(outcome.text)")
        }
        #expect(outcome.unmapped.count == 1, "\(outcome.unmapped)")
        #expect(outcome.text.contains("# not mapped: entry 7: POST ended in 500"), "\(outcome.text)")
    }

    @Test func `the order of the steps is the order of the capture`() throws {
        let chapters = try Importer.chapters(ofHAR: har(visit))
        let text = try importer().scenario(
            from: try #require(chapters.first), id: "in-order", profiles: ["cerner-2022-06"], source: "capture.har"
        ).text
        let places = ["fault:", "ehr books", "dr-ruiz launches", "ann opens"].map { text.range(of: $0)?.lowerBound }
        #expect(places.allSatisfy { $0 != nil }, "\(text)")
        #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted(), "\(text)")
    }

    /// A record of one world, as a run writes it: events by kind, party and fields.
    private func trace(
        _ people: [String: String], _ events: [(String, Party, Members)], ehr: String = "cerner"
    ) -> Trace {
        var model: Members = ["world": ["vendor": .string(ehr), "start": "2026-03-02T09:00:00.000000Z"]]
        for (name, role) in people { model[name] = ["role": .string(role)] }
        let start = Instant(rfc3339: "2026-03-02T09:00:00Z") ?? Instant(microseconds: 0)
        let all: [(String, Party, Members)] = [
            ("world.opened", .runner, ["scenario": "from-the-field", "model": .object(model)])
        ]
        let lines = (all + events).enumerated().map { index, event in
            TraceEvent(
                seq: index + 1, at: start + .seconds(index), world: WorldID(rawValue: "w-1"),
                clock: start + .seconds(index), cause: nil, kind: event.0, party: event.1, exchange: nil,
                fields: event.2)
        }
        return Trace(header: [:], events: lines, bodies: [:], isComplete: true)
    }

    private func imported(_ trace: Trace) throws -> Importer.Outcome {
        try importer().scenario(
            from: try #require(Importer.chapters(of: trace).first), id: "imported",
            profiles: ["cerner-2022-06", "epic-2021-11"], source: "trace.ndjson")
    }

    @Test func `people of a portal are declared though no visit is theirs`() throws {
        let outcome = try imported(
            trace(
                ["boss": "administrator", "casual": "patient", "clerk": "staff", "reader": "report-reader"],
                ["casual", "clerk", "reader"].map { who in
                    ("operation.started", .actor(who), ["by": .string(who), "operation": "sign-in", "arguments": [:]])
                }))
        #expect(outcome.mistakes == nil, "\(outcome.mistakes ?? "")\n\(outcome.text)")
        #expect(outcome.text.contains("ann: patient"), "\(outcome.text)")
        #expect(outcome.text.contains("rita: report-reader"), "\(outcome.text)")
        #expect(outcome.text.components(separatedBy: "as: who-may-not-is-refused").count == 3, "\(outcome.text)")
    }

    @Test func `a set-up alone is a scenario that checks something`() throws {
        let outcome = try imported(
            trace(
                ["boss": "administrator"],
                [("operation.started", .actor("boss"), ["by": "boss", "operation": "sign-in", "arguments": [:]])],
                ehr: "epic"))
        #expect(outcome.mistakes == nil, "\(outcome.mistakes ?? "")\n\(outcome.text)")
        #expect(outcome.text.contains("do: epic-ready"), "\(outcome.text)")
        #expect(outcome.text.contains("never: traffic.unexpected"), "\(outcome.text)")
    }

    @Test func `what cannot be done in the new world is left out and told`() throws {
        let outcome = try imported(
            trace(
                ["a": "patient", "b": "provider"],
                [
                    (
                        "step.started", .runner,
                        ["step": "1", "text": "set: {ehr: {base: elsewhere, release: 2018-08}}"]
                    ),
                    (
                        "appointment.booked", .ehr,
                        [
                            "appointment": "x", "patient": "a", "provider": "b", "start": "2026-03-02T15:00:00.000000Z",
                        ]
                    ),
                ]))
        #expect(outcome.mistakes == nil, "\(outcome.mistakes ?? "")\n\(outcome.text)")
        #expect(outcome.unmapped.count == 1 && outcome.unmapped[0].contains("elsewhere"), "\(outcome.unmapped)")
        #expect(!outcome.text.contains("- set: {ehr"), "\(outcome.text)")
        #expect(outcome.text.contains("ehr books: visit"), "\(outcome.text)")
    }

    @Test func `nothing is expected where the record says why it may not come`() throws {
        func booking(_ visit: String, _ patient: String) -> (String, Party, Members) {
            (
                "appointment.booked", .ehr,
                [
                    "appointment": .string(visit), "patient": .string(patient), "provider": "doc",
                    "start": "2026-03-02T15:00:00.000000Z",
                ]
            )
        }
        let consent: (String, Party, Members) = (
            "operation.started", .actor("boss"),
            ["by": "boss", "operation": "give-sms-consent", "arguments": ["organization": "no", "attendees": "yes"]]
        )
        let linked: (String, Party, Members) = (
            "operation.completed", .connector, ["by": "boss", "operation": "link-number", "outcome": "accepted"]
        )
        let people = ["p": "patient", "q": "patient", "doc": "provider", "boss": "administrator"]
        let due = try imported(trace(people, [linked, booking("x", "p"), booking("y", "q")]))
        #expect(due.text.components(separatedBy: "as: told-of-the-visit").count == 3, "\(due.text)")
        let doubtful = try imported(trace(people, [linked, booking("x", "p"), consent, booking("y", "q")]))
        #expect(doubtful.mistakes == nil, "\(doubtful.mistakes ?? "")")
        #expect(doubtful.text.components(separatedBy: "as: told-of-the-visit").count == 2, "\(doubtful.text)")
        #expect(!doubtful.text.contains("at-least"), "\(doubtful.text)")
        // Two visits of one patient: their messages are counted together.
        let both = try imported(trace(people, [linked, booking("x", "p"), booking("y", "p")]))
        #expect(both.text.components(separatedBy: "as: no-message-too-many-ann").count == 2, "\(both.text)")
    }

    private func booking(_ visit: String, _ patient: String) -> (String, Party, Members) {
        (
            "appointment.booked", .ehr,
            [
                "appointment": .string(visit), "patient": .string(patient), "provider": "doc",
                "start": "2026-03-02T15:00:00.000000Z",
            ]
        )
    }

    private let texts: (String, Party, Members) = (
        "operation.completed", .connector, ["by": "boss", "operation": "link-number", "outcome": "accepted"]
    )

    private func did(_ step: String) -> (String, Party, Members) { ("step.started", .runner, ["text": .string(step)]) }

    @Test func `who opted out, or has no valid number, gets nothing, and the next patient all the same`() throws {
        let people = ["p": "patient", "q": "patient", "r": "patient", "doc": "provider", "boss": "administrator"]
        let stopped = try imported(
            trace(
                people,
                [
                    texts, booking("x", "p"), did("p replies: Stop"), booking("y", "p"), booking("z", "q"),
                    did("p replies: START"), booking("w", "p"),
                ]))
        #expect(stopped.mistakes == nil, "\(stopped.mistakes ?? "")")
        #expect(stopped.text.components(separatedBy: "as: nothing-after-opting-out").count == 2, "\(stopped.text)")
        #expect(stopped.text.contains("SMS-12: [nothing-after-opting-out-1, told-of-the-visit-2]"), "\(stopped.text)")
        let invalid = try imported(
            trace(
                people,
                [
                    texts, did("set: {ehr: {person: p, phone: 555-CALL-ME}}"),
                    did("set: {ehr: {person: r, phone: '+12025550143'}}"), booking("x", "p"), booking("z", "q"),
                    booking("u", "r"),
                ]))
        #expect(invalid.mistakes == nil, "\(invalid.mistakes ?? "")")
        #expect(invalid.text.contains("SMS-13: [told-of-the-visit-1, not-dialled-for-visit-1]"), "\(invalid.text)")
        #expect(invalid.text.components(separatedBy: "never: http.request").count == 2, "\(invalid.text)")
    }

    @Test func `a refusal that said when to come back is waited for where it struck`() throws {
        let people = ["p": "patient", "doc": "provider", "boss": "administrator"]
        let effect: Value = ["effect": "status", "status": 429, "retry-after": 90]
        func struck(_ place: String) -> (String, Party, Members) {
            ("fault.struck", .runner, ["place": .string(place), "effect": effect])
        }
        let fault = did("set: {fault: {place: sms, path: /sms, method: POST, status: 429, retry-after: 90, times: 1}}")
        let asked = try imported(trace(people, [texts, fault, booking("x", "p"), struck("sms POST **/sms")]))
        #expect(asked.mistakes == nil, "\(asked.mistakes ?? "")")
        #expect(asked.text.contains("as: waits-as-long-as-asked-1"), "\(asked.text)")
        #expect(asked.text.contains("for: 1m25s"), "\(asked.text)")
        // A fault that met nothing asks for no patience.
        let idle = try imported(trace(people, [texts, fault, booking("x", "p")]))
        #expect(!idle.text.contains("waits-as-long"), "\(idle.text)")
    }

    @Test(arguments: ["place: writeback", "place: ehr, path: '**/SetExternalConnectionStatus', method: GET"])
    func `a refusal of writeback is waited for on whichever channel, also where the record names Epic's path`(
        _ place: String
    ) throws {
        let people = ["p": "patient", "doc": "provider", "boss": "administrator"]
        let launch: [(String, Party, Members)] = [
            ("launch.started", .actor("doc"), ["appointment": "x", "by": "doc", "role": "provider"]),
            ("launch.finished", .actor("doc"), ["appointment": "x", "by": "doc", "meeting": "m"]),
        ]
        let struck: (String, Party, Members) = (
            "fault.struck", .runner,
            [
                "place": "ehr * **/SetExternalConnectionStatus",
                "effect": ["effect": "status", "status": 503, "retry-after": 90],
            ]
        )
        let outcome = try imported(
            trace(
                people,
                [
                    booking("x", "p"), did("set: {clock: x.start}"),
                    did("set: {fault: {\(place), status: 503, retry-after: 90, times: 1}}"),
                ] + launch + [struck], ehr: "epic"))
        #expect(outcome.mistakes == nil, "\(outcome.mistakes ?? "")")
        #expect(outcome.text.contains("{place: writeback, status: 503, retry-after: 90, times: 1}"), "\(outcome.text)")
        #expect(!outcome.text.contains("SetExternalConnectionStatus"), "\(outcome.text)")
        #expect(outcome.text.contains("absent: writeback.received"), "\(outcome.text)")
        #expect(outcome.text.contains("WBK-05: [waits-as-long-as-asked"), "\(outcome.text)")
    }

    @Test func `of a visit that nobody came to nothing is written, and each coming back is`() throws {
        let people = ["p": "patient", "q": "patient", "doc": "provider", "boss": "administrator"]
        func launch(_ who: String, _ role: String) -> [(String, Party, Members)] {
            [
                ("launch.started", .actor(who), ["appointment": "x", "by": .string(who), "role": .string(role)]),
                ("launch.finished", .actor(who), ["appointment": "x", "by": .string(who), "meeting": "m"]),
            ]
        }
        let came: [(String, Party, Members)] =
            launch("p", "patient") + [
                ("lobby.admitted", .teams, ["by": "p", "meeting": "m"]),
                ("meeting.left", .teams, ["by": "p", "meeting": "m"]),
            ]
        let outcome = try imported(
            trace(
                people,
                [booking("x", "p"), booking("y", "q"), did("set: {clock: x.start}")] + launch("doc", "provider") + came
                    + came, ehr: "epic"))
        #expect(outcome.mistakes == nil, "\(outcome.mistakes ?? "")")
        #expect(outcome.text.contains("as: nothing-written-for-second-1"), "\(outcome.text)")
    }

    @Test func `a patient's language comes along`() throws {
        var record = trace(["p": "patient", "doc": "provider", "boss": "administrator"], [texts, booking("x", "p")])
        var model = record.events[0]["model"]?.members ?? Members()
        model["p"] = ["role": "patient", "locale": "ru-RU"]
        var events = record.events
        events[0] = TraceEvent(
            seq: 1, at: events[0].at, world: events[0].world, clock: events[0].clock, cause: nil,
            kind: "world.opened", party: .runner, exchange: nil,
            fields: ["scenario": "from-the-field", "model": .object(model)])
        record = Trace(header: [:], events: events, bodies: [:], isComplete: true)
        let outcome = try imported(record)
        #expect(outcome.mistakes == nil, "\(outcome.mistakes ?? "")")
        #expect(outcome.text.contains("ann: {role: patient, locale: ru-RU}"), "\(outcome.text)")
    }

    @Test func `what is no capture, and one without a visit, are refused with a reason`() throws {
        #expect(throws: Importer.Failure.self) { try Importer.chapters(ofHAR: Data("{}".utf8)) }
        #expect(throws: Importer.Failure.self) { try Importer.chapters(ofHAR: Data("not json".utf8)) }
        let empty = try Importer.chapters(ofHAR: har([visit[7]]))
        #expect(throws: Importer.Failure.self) {
            try importer().scenario(
                from: try #require(empty.first), id: "nothing", profiles: ["cerner-2022-06"], source: "capture.har")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import FHIRPath
import ScenarioLanguage
import SourceText
import Testing
import World

/// What a file says arrives in the model.
@Suite struct ExampleTests {
    static let ready = """
        procedure: cerner-ready
        parameters:
          admin: person
          sms: {type: word, default: none, words: [none, linked]}
        returns: [records]
        steps:
          - admin does: add-base-url
            with: {base-url: $(main.url), environment: test}
          - $(admin) does: read-records
            capture: {records: values.records, role: values.records.first().role}
          - expect: records.installed
            check: {}
            base: {not: $(role)}
            optional: true
          - admin does: request-number
            when: {sms: linked}
          - admin does: list-base-urls
            when: {sms: {not: linked}}
        """

    static let join = """
        id: cerner-sms-join
        title: A patient joins from the link in the text message
        profiles: [cerner-2022-06]
        verifies:
          SMS-06: [confirmation-sent]
          SMS-08: [one-join-link]
          PAT-05: [waits-in-lobby, provider-first, refused-twice, quiet]
        requires: [sms]
        isolation: process
        world:
          organization: {ehr: cerner, subscription: none, region: europe}
          people:
            ann: patient
            dr-ruiz: {role: provider, licences: [], locale: es-ES, time-zone: Europe/Madrid}
            ada: administrator
          appointments:
            visit: {patient: ann, provider: dr-ruiz, starts: +20m, minutes: 45}
          clock: 2027-03-14T06:00:00Z
        steps:
          - do: cerner-ready
            with: {admin: ada, sms: linked}
          - ehr installs: $(records)
          - ehr books: visit
          - expect: sms.sent
            to: ann
            within: 2m
            as: confirmation-sent
            count: 1
            since: start
            check: {one-join-link: "links.count() = 1"}
            capture: {link: "links.first()"}
          - ann opens: $(link)
            outcome: [meeting, handoff]
          - expect: lobby.entered
            by: ann
            as: waits-in-lobby
          - ada does: add-base-url
            with: {base-url: "$(main.url)/", environment: production}
            outcome: refused
            as: refused-twice
          - ehr moves: visit
            to: visit.start + 2h
          - set: {clock: visit.end - 1m}
          - set: {fault: {place: graph, path: /v1.0/**, status: 429, retry-after: 2, times: 2}}
          - set: {ehr: {person: ann, phone: none}}
          - connector restarts: kill
            optional: true
          - absent: sms.sent
            to: [ann, {not: present}]
            for: 10m
            as: quiet
        always:
          - first: meeting.joined
            by: dr-ruiz
            then: {event: lobby.admitted}
            per: meeting
            as: provider-first
        """

    private func scenario() throws -> Scenario {
        let loaded = Fixture.load(Self.join, procedures: [Self.ready])
        #expect(loaded.rendered == "")
        return try #require(loaded.scenario)
    }

    @Test func `the head of a scenario is read`() throws {
        let scenario = try scenario()
        #expect(scenario.id == "cerner-sms-join")
        #expect(scenario.isolation == .process)
        #expect(scenario.requires == ["sms"])
        #expect(scenario.requirements(of: "one-join-link") == ["SMS-08"])
        #expect(scenario.world.vendor == .cerner)
        #expect(scenario.world.subscription == .none)
        #expect(scenario.world.region == .europe)
        #expect(scenario.world.clock == Instant(rfc3339: "2027-03-14T06:00:00Z"))
        #expect(scenario.world.bases == [BaseSpec(alias: "main", environment: .test, release: "2022-02")])
        #expect(
            scenario.world.people[1]
                == PersonSpec(
                    alias: "dr-ruiz", role: .provider, locale: "es-ES", timeZone: "Europe/Madrid", licences: []))
        #expect(scenario.world.appointments[0].startsAfter == .seconds(1200))
        #expect(scenario.world.appointments[0].minutes == 45)
    }

    @Test func `an appointment has the ids of one above it, and of no other`() throws {
        func read(_ twin: String) -> (WorldSpec?, [String]) {
            let text = """
                organization: {ehr: cerner}
                bases: {main: {environment: test}, live: {environment: production}}
                people: {ann: patient, dr-ruiz: provider}
                appointments:
                  visit: {patient: ann, provider: dr-ruiz, starts: +1h}
                  copy: {patient: ann, provider: dr-ruiz, starts: +1h, base: live, ids-of: \(twin)}
                """
            let (world, diagnostics) = WorldFile.read(SourceFile(path: "world.yaml", text: text))
            return (world, diagnostics.map(\.code))
        }
        #expect(try #require(read("visit").0).appointments.map(\.idsOf) == [nil, "visit"])
        #expect(read("vist").1 == ["unknown-appointment"])
    }

    @Test func `procedures are expanded with their parameters and conditions`() throws {
        let steps = try scenario().steps
        #expect(
            steps.prefix(5).map(\.id) == [
                "1.cerner-ready.1", "1.cerner-ready.2", "1.cerner-ready.3", "1.cerner-ready.4", "2",
            ])
        #expect(steps[0].path == "procedure-1.yaml")
        #expect(steps[0].span.start.line == 7)
        #expect(steps[0].text == "ada does: add-base-url")
        #expect(steps[3].text == "ada does: request-number")
        #expect(steps[2].isOptional)
    }

    @Test func `captures of a procedure are local unless it returns them`() throws {
        let steps = try scenario().steps
        guard case .act(let read) = steps[1].action, case .act(let install) = steps[4].action,
            case .expect(let installed) = steps[2].action
        else {
            Issue.record("the steps are of other kinds")
            return
        }
        #expect(read.captures.map(\.name) == ["1.cerner-ready.records", "1.cerner-ready.role"])
        #expect(install.object.soleReference == "1.cerner-ready.records")
        #expect(
            installed.pattern.fields[0].matcher == .isNot(.equals(Template(parts: [.reference("1.cerner-ready.role")])))
        )
    }

    @Test func `expectations, acts and settings arrive whole`() throws {
        let scenario = try scenario()
        let texts = scenario.steps.dropFirst(4).map(\.text)
        #expect(
            Array(texts) == [
                "ehr installs: $(1.cerner-ready.records)", "ehr books: visit",
                "expect: sms.sent to: ann count: 1 within: 2m", "ann opens: $(link)", "expect: lobby.entered by: ann",
                "ada does: add-base-url", "ehr moves: visit to: visit.start + 2h", "set: {clock: visit.end - 1m}",
                "set: {fault: {place: graph, path: /v1.0/**, status: 429, retry-after: 2, times: 2}}",
                "set: {ehr: {person: ann, phone: none}}", "connector restarts: kill",
                "absent: sms.sent to: [ann, {not: present}] for: 10m",
            ])
        guard case .expect(let sent) = scenario.steps[6].action, case .act(let opens) = scenario.steps[7].action,
            case .act(let refused) = scenario.steps[9].action, case .set(.fault(let fault)) = scenario.steps[12].action
        else {
            Issue.record("the steps are of other kinds")
            return
        }
        #expect(sent.within == .seconds(120))
        #expect(sent.count == CountRange(atLeast: 1, atMost: 1))
        #expect(sent.fromStart)
        #expect(sent.check == "confirmation-sent")
        #expect(sent.checks.map(\.source) == ["links.count() = 1"])
        #expect(opens.outcome == OutcomeExpectation(words: ["meeting", "handoff"], check: nil))
        #expect(refused.outcome == OutcomeExpectation(words: ["refused"], check: "refused-twice"))
        #expect(refused.argument("base-url") == .text(Template(parts: [.reference("main.url"), .text("/")])))
        #expect(FaultSpec(fault)?.effect == .status(429, retryAfter: 2, asDate: false))
        #expect(FaultSpec(fault)?.times == 2)
        #expect(scenario.always[0].text == "first: meeting.joined by: dr-ruiz then: lobby.admitted per: meeting")
    }

    @Test func `an operation that says nothing must be accepted, any lets it be`() throws {
        let text = """
            id: outcomes
            title: Outcomes
            profiles: [cerner-2022-06]
            verifies: {SMS-06: [checked]}
            world: {organization: {ehr: cerner}, people: {ada: administrator}}
            steps:
              - ada does: sign-in
              - ada does: sign-in
                outcome: any
                check: {checked: status < 500}
            """
        let steps = try #require(Fixture.load(text).scenario).steps
        let outcomes = steps.map { step -> OutcomeExpectation? in
            guard case .act(let act) = step.action else { return nil }
            return act.outcome
        }
        #expect(outcomes == [OutcomeExpectation(words: ["accepted"], check: nil), nil])
    }

    @Test func `captures in a procedure's expressions are found under their own names`() throws {
        let procedure = """
            procedure: twice
            steps:
              - expect: sms.sent
                capture: {first-text: text}
              - expect: sms.sent
                check: {differs: "text != %captures.`first-text` and %captures.firstText.exists()"}
            """
        let text = """
            id: twice
            title: Twice
            profiles: [cerner-2022-06]
            verifies: {SMS-06: [differs]}
            world: {organization: {ehr: cerner}}
            steps: [{do: twice}]
            """
        let loaded = Fixture.load(text, procedures: [procedure])
        #expect(loaded.rendered == "")
        guard case .expect(let second)? = loaded.scenario?.steps.last?.action else { return }
        #expect(
            second.checks[0].extraction.expression?.text
                == "text != %captures.`1.twice.first-text` and %captures.`1.twice.first-text`.exists()")
        #expect(second.checks[0].source == "text != %captures.`first-text` and %captures.firstText.exists()")
    }

    @Test func `mistakes in expressions are found inside the quotes`() throws {
        let file = try BrokenFileTests.source("expressions.yaml")
        let loaded = Fixture.load(file.text)
        #expect(
            loaded.diagnostics.map { "\($0.code) \($0.span?.start.line ?? 0):\($0.span?.start.column ?? 0)" } == [
                "bad-expression 14:41", "bad-expression 14:79", "bad-expression 15:34", "unknown-variable 18:15",
                "unknown-reference 19:16", "unknown-field 20:15",
            ])
    }

    @Test func `reading is repeatable`() {
        let loader = Fixture.load(Self.join, procedures: [Self.ready])
        #expect(
            (0..<20).allSatisfy { _ in
                Fixture.load(Self.join, procedures: [Self.ready]).scenario?.id == loader.scenario?.id
            })
    }
}

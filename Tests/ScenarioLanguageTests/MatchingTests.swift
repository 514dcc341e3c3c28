// SPDX-License-Identifier: Apache-2.0

import Testing
import Trace
import Value
import World

@testable import ScenarioLanguage

@Suite struct MatchingTests {
    let resolver = TemplateResolver([
        "link": "https://x/1", "count": 2, "list": ["a", "b"], "nothing": .null, "main.url": "http://ehr/r4",
    ])

    private func text(_ text: String) -> Template { Template(text: text) }
    private func reference(_ name: String) -> Template { Template(parts: [.reference(name)]) }

    private func event(_ seq: Int, _ kind: String, _ fields: Members, cause: String? = nil) -> TraceEvent {
        TraceEvent(
            seq: seq, at: Instant(microseconds: 0), world: WorldID(rawValue: "w"),
            clock: Instant(microseconds: 1_000_000),
            cause: cause, kind: kind, party: .sms, exchange: nil, fields: fields)
    }

    // MARK: Templates

    @Test func `a sole reference keeps its type, others make text`() throws {
        #expect(try resolver.resolve(reference("list")) == ["a", "b"])
        #expect(try resolver.resolve(reference("count")) == 2)
        let mixed = Template(parts: [.text("n="), .reference("count"), .text("!")])
        #expect(try resolver.resolve(mixed) == "n=2!")
        #expect(
            try resolver.resolve(.object(["a": .text(reference("count")), "b": .list([.text(text("x"))])]))
                == ["a": 2, "b": ["x"]])
    }

    @Test func `a reference without value is named`() {
        let missing = #expect(throws: ReferenceError.self) { try resolver.resolve(reference("gone")) }
        #expect(missing == ReferenceError(name: "gone", problem: .missing))
        let list = #expect(throws: ReferenceError.self) {
            try resolver.text(Template(parts: [.reference("list"), .text("!")]))
        }
        #expect(list == ReferenceError(name: "list", problem: .notText("array")))
    }

    // MARK: Matchers

    @Test func `matchers decide`() {
        let cases: [(Matcher, Value?, Bool)] = [
            (.equals(text("3")), 3, true), (.equals(text("3.0")), 3, true), (.equals(text("true")), true, true),
            (.equals(text("a")), nil, false), (.equals(text("a")), .null, false),
            (.equals(text("2027-03-14T06:00:00Z")), "2027-03-14T08:00:00.000+02:00", true),
            (.equals(reference("link")), "https://x/1", true), (.equals(reference("list")), ["a", "b"], true),
            (.isNot(.equals(text("ann"))), "bob", true), (.isNot(.equals(text("ann"))), nil, true),
            (.isNot(.equals(text("ann"))), "ann", false),
            (.oneOf([.equals(text("a")), .absent]), nil, true), (.oneOf([]), "a", false),
            (.contains(text("join")), "please join", true), (.contains(text("a")), ["a", "b"], true),
            (.contains(text("c")), ["a", "b"], false), (.contains(text("a")), nil, false),
            (.contains(reference("count")), [1, 2], true),
            (.matches("^\\d+$"), "123", true), (.matches("^\\d+$"), 123, true), (.matches("x"), nil, false),
            (.atLeast(text("2")), 2, true), (.atLeast(text("2")), 1.asValue, false), (.atMost(text("2")), 3, false),
            (.atMost(reference("count")), 2, true), (.atLeast(text("10")), 9, false),
            (.atLeast(text("2027-01-01T00:00:00Z")), "2027-01-01T00:00:01Z", true), (.atMost(text("2")), nil, false),
            (.absent, nil, true), (.absent, .null, true), (.absent, "", false), (.present, "", true),
            (.present, nil, false),
            (.each(.equals(text("a"))), ["a", "a"], true), (.each(.equals(text("a"))), ["a", "b"], false),
            (.each(.present), "a", false), (.some(.equals(text("b"))), ["a", "b"], true),
            (.some(.equals(text("c"))), [], false), (.allOf([.atLeast(text("1")), .atMost(text("3"))]), 2, true),
            (.allOf([.atLeast(text("1")), .atMost(text("3"))]), 4, false),
        ]
        for (matcher, value, expected) in cases {
            #expect(
                matcher.explain(value, resolving: resolver).isMatch == expected,
                "\(matcher.text) on \(String(describing: value))")
        }
    }

    @Test func `a miss says what was expected and what was there`() {
        func why(_ matcher: Matcher, _ value: Value?) -> String {
            if case .miss(let why) = matcher.explain(value, resolving: resolver) { why } else { "match" }
        }
        #expect(why(.equals(text("ann")), "bob") == "expected ann, was bob")
        #expect(why(.isNot(.equals(text("ann"))), "ann") == "expected not ann, was ann")
        #expect(why(.oneOf([.equals(text("a")), .equals(text("b"))]), nil) == "expected a or b, was absent")
        #expect(why(.contains(reference("link")), "none") == "expected something with https://x/1 in it, was none")
        #expect(why(.matches("^a"), ["x", 1]) == "expected text like /^a/, was [x, 1]")
        #expect(
            why(.allOf([.atLeast(text("1")), .atMost(text("2"))]), 3) == "expected at least 1 and at most 2, was 3")
        #expect(why(.present, nil) == "expected any value, was absent")
        #expect(why(.equals(reference("gone")), "x") == "$(gone) has no value: nothing was captured under that name")
        #expect(why(.absent, .string(String(repeating: "x", count: 500))).count < 150)
    }

    // MARK: Events

    let pattern = EventPattern(
        kind: "sms.sent",
        fields: [
            FieldPattern(field: "to", matcher: .equals(Template(text: "ann"))),
            FieldPattern(field: "cause", matcher: .equals(Template(text: "visit.booked"))),
        ])

    @Test func `an event matches by kind, fields and cause`() {
        let good = event(1, "sms.sent", ["to": "ann", "text": "x"], cause: "visit.booked")
        #expect(pattern.match(good, resolving: resolver) == .match)
        #expect(
            pattern.match(event(2, "sms.sent", ["to": "bob"], cause: "clock"), resolving: resolver)
                == .miss(why: "to: expected ann, was bob; cause: expected visit.booked, was clock"))
        #expect(
            pattern.match(event(3, "mail.sent", ["to": "ann"]), resolving: resolver)
                == .miss(why: "expected sms.sent, was mail.sent"))
        #expect(pattern.matches(in: [good, event(2, "sms.sent", [:])], resolving: resolver) == [good])
    }

    @Test func `near misses are ranked, the kind's own first`() {
        let events = [
            event(1, "sms.sent", ["to": "bob"], cause: "clock"), event(2, "sms.refused", ["reason": "no consent"]),
            event(3, "meeting.created", [:]), event(4, "sms.sent", ["to": "bob"], cause: "visit.booked"),
            event(5, "sms.sent", ["to": "ann"], cause: "visit.booked"),
        ]
        #expect(
            pattern.nearMisses(in: events, resolving: resolver, limit: 5) == [
                "#4 sms.sent: to: expected ann, was bob",
                "#1 sms.sent: to: expected ann, was bob; cause: expected visit.booked, was clock",
                "#2 was sms.refused (no consent)",
            ])
        #expect(pattern.nearMisses(in: events, resolving: resolver, limit: 1).count == 1)
    }

    @Test func `FHIRPath sees an event as one object`() {
        let view = EventView.value(of: event(7, "sweep", ["kind": "log", "hits": [], "source": .null], cause: "clock"))
        #expect(
            view == [
                "kind": "sweep", "cause": "clock", "clock": "1970-01-01T00:00:01Z", "at": "1970-01-01T00:00:00Z",
                "seq": 7,
                "field-kind": "log", "fieldKind": "log", "hits": [],
            ])
        let nested = EventView.value(
            of: event(8, "operation.completed", ["values": ["rows": [["lobby-wait-seconds": 3]]]]))
        #expect(nested["values"]?["rows"]?[0]?["lobbyWaitSeconds"] == 3)
        #expect(nested["values"]?["rows"]?[0]?["lobby-wait-seconds"] == 3)
    }

    // MARK: World

    @Test func `world references have values`() {
        let world = WorldModel(
            id: WorldID(rawValue: "w"), vendor: .epic, tenant: "t-1", domain: "d", organizationName: "o",
            subscription: .standalone, region: .americas,
            bases: [FHIRBase(alias: "main", environment: .test, tenant: "x", url: "http://ehr/x", release: "2022-02")],
            people: [
                Person(
                    alias: "dr-ruiz", role: .provider, ehr: PersonRecord([.familyName: "Ruiz-EHR", .phone: "1"]),
                    directory: PersonRecord([.familyName: "Ruiz-MS", .principalName: "r@d"])),
                Person(
                    alias: "ada", role: .administrator, ehr: PersonRecord(), directory: PersonRecord([.familyName: "A"])
                ),
            ],
            appointments: [
                PlannedAppointment(
                    alias: "visit", base: "main", fhirID: "f1", encounterID: "e1", csn: "c1", patient: "ann",
                    provider: "dr-ruiz", start: Instant(microseconds: 0), minutes: 30)
            ], start: Instant(microseconds: 0))
        let values = WorldReferences.values(of: world, connector: "http://c", microsoft: "http://m")
        #expect(values["dr-ruiz.family-name"] == "Ruiz-EHR")
        #expect(values["dr-ruiz.principal-name"] == "r@d")
        #expect(values["ada.family-name"] == "A")
        #expect(values["ada.phone"] == nil)
        #expect(values["visit.end"] == "1970-01-01T00:30:00Z")
        #expect(values["visit.csn"] == "c1")
        #expect(values["main.url"] == "http://ehr/x")
        #expect(values["world.tenant"] == "t-1")
        #expect(values["connector.url"] == "http://c")
        #expect(values["world.microsoft"] == "http://m")
    }

    @Test func `a world spec lists what can be referred to`() {
        var spec = WorldSpec(vendor: .cerner)
        spec.people = [PersonSpec(alias: "ann", role: .patient, locale: "en-US", timeZone: "UTC", licences: [])]
        spec.bases = [BaseSpec(alias: "main", environment: .test, release: "2022-02")]
        #expect(spec.references.contains("ann.phone"))
        #expect(!spec.references.contains("ann.principal-name"))
        #expect(spec.references.contains("main.url"))
        #expect(spec.references.contains("world.tenant"))
    }
}

extension Int {
    fileprivate var asValue: Value { Value(self) }
}

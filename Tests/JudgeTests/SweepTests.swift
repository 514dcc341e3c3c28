// SPDX-License-Identifier: Apache-2.0

import Judge
import Testing
import Trace
import Value

@Suite struct SweepTests {
    private func run(_ policy: String, sweeps: [Members]) throws -> CheckResult {
        var run = try RunMaker(
            """
            verifies: {PRI-01: [held]}
            steps:
              - set: {clock: +1m}
            always:
              - privacy: \(policy)
                as: held
            """)
        run.begin("1")
        run.end("1", "done")
        run.finish()
        for sweep in sweeps { run.add("sweep", sweep) }
        return try run.check("held")
    }

    private let clean: Members = [
        "source": "store.sqlite", "kind": "database", "bytes": 4096, "control": "found", "hits": [],
    ]

    @Test func `nothing searched proves nothing`() throws {
        #expect(try run("stored", sweeps: []).reason == .notObservable)
    }

    @Test func `a source without its control proves nothing`() throws {
        var blind = clean
        blind["control"] = "missing"
        #expect(try run("stored", sweeps: [blind]).reason == .notObservable)
        #expect(try run("stored", sweeps: [clean]).verdict == .pass)
        var unknown = clean
        unknown["control"] = "none"
        #expect(try run("stored", sweeps: [unknown]).reason == .notObservable)
        #expect(try run("stored", sweeps: [unknown, clean]).verdict == .pass)
    }

    @Test func `a process that had nothing to keep blinds no source that another has filled`() throws {
        var filled = clean
        filled["source"] = "visit/files"
        var idle = clean
        idle["source"] = "shared/files"
        idle["control"] = "missing"
        #expect(try run("stored", sweeps: [idle, filled]).verdict == .pass)
        var other = idle
        other["source"] = "visit/log"
        #expect(try run("stored", sweeps: [other, filled]).reason == .notObservable)
    }

    @Test func `a source that was not searched to its end proves nothing`() throws {
        var cut = clean
        cut["unscanned"] = 2
        #expect(try run("stored", sweeps: [cut]).reason == .notObservable)
    }

    @Test func `a hit is read back as it was written`() {
        var hit = SurfaceHit(
            canary: "ann.ehr.phone", dataClass: "phone", person: "ann", origin: "ehr",
            surface: "message:x1:request-body",
            from: .connector, to: .sms, chain: ["gzip"], form: "last-four", offset: 7, level: "reversible",
            world: RunMaker.world,
            sweep: 3, clock: RunMaker.start)
        hit.place = "/message/to"
        let event = TraceEvent(
            seq: 3, at: RunMaker.start, world: RunMaker.world, clock: RunMaker.start, cause: nil, kind: "sweep",
            party: .runner,
            exchange: nil, fields: ["source": "messages", "kind": "messages", "hits": .array([hit.value])])
        #expect(SurfaceHit.all(in: event) == [hit])
    }

    @Test func `a leak names canary class, surface and encoding, never the value`() throws {
        var leaky = clean
        leaky["hits"] = [
            [
                "canary": "ann.ehr.family-name", "class": "family-name", "person": "ann", "origin": "ehr",
                "surface": "database:visits", "place": "visit.note",
                "chain": ["base64"], "offset": 120, "level": "reversible", "form": "value",
            ]
        ]
        let check = try run("stored", sweeps: [leaky])
        #expect(check.reason == .leak)
        #expect(check.message == "The connector kept the family-name of ann.")
        #expect(
            check.actual == "family-name of ann (ehr) in database:visits, within base64, at visit.note, at byte 120")
        #expect(try run("passed-on", sweeps: [leaky]).verdict == .pass)
    }

    @Test func `a region that no source names cannot be judged`() throws {
        var kept = clean
        kept["hits"] = [["canary": "dr-ruiz.ehr.ehr-user-id", "surface": "database:users"]]
        #expect(try run("region", sweeps: [kept]).reason == .notObservable)
        kept["hits"] = [["canary": "dr-ruiz.ehr.ehr-user-id", "surface": "file:data/europe/users"]]
        #expect(try run("region", sweeps: [kept]).verdict == .pass)
        kept["hits"] = [["canary": "dr-ruiz.ehr.ehr-user-id", "surface": "file:data/americas/users"]]
        #expect(try run("region", sweeps: [kept]).reason == .leak)
    }
}

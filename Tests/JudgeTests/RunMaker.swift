// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Ledger
import ScenarioLanguage
import SourceText
import Testing
import Trace
import Value
import World

/// A scenario from text, and a trace of it written by hand.
struct RunMaker {
    static let world = WorldID(rawValue: "w-1")
    static let start = Instant(rfc3339: "2027-03-14T06:00:00Z") ?? Instant(microseconds: 0)

    let scenario: Scenario
    var clock = RunMaker.start
    private(set) var events: [TraceEvent] = []
    private var exchanges = 0

    static func requirement(_ id: String, _ level: Requirement.Level) -> Requirement {
        Requirement(
            id: id, sentence: "\(id) holds.", level: level, sources: level == .must ? [.cernerJune] : [],
            profiles: ["cerner-2022-06"], observable: "the wire", observability: .observed, limits: nil)
    }

    static let requirements = [
        requirement("SMS-06", .must), requirement("SMS-08", .must), requirement("SMS-10", .engineering),
        requirement("PAT-05", .must), requirement("PRI-01", .must), requirement("PRI-02", .must),
        requirement("PRI-04", .must), requirement("PRV-10", .engineering), requirement("SEC-08", .engineering),
    ]

    /// Reads `yaml`: the parts after the world, which is always the same.
    init(_ yaml: String) throws {
        let head = """
            id: sample
            title: A sample
            profiles: [cerner-2022-06]
            world:
              organization: {ehr: cerner, region: europe}
              people: {ada: administrator, dr-ruiz: provider, ann: patient, bob: patient}
              appointments: {visit: {patient: ann, provider: dr-ruiz, starts: +3h}}

            """
        let profile = Profile(
            id: "cerner-2022-06", title: "Cerner", vendor: "cerner", edition: "2022-06", sources: [.cernerJune],
            mandatory: [], engineering: [], features: [])
        let loader = ScenarioLoader(
            ledger: Ledger(requirements: Self.requirements, profiles: [profile]), library: ProcedureLibrary(folders: [])
        )
        let file = SourceFile(path: "sample.yaml", text: head + yaml)
        let loaded = loader.load(file)
        let mistakes = loaded.diagnostics.filter { $0.severity == .error }.map { $0.rendered(in: file) }
        scenario = try #require(loaded.scenario, "\(mistakes.joined(separator: "\n"))")
        #expect(mistakes.isEmpty)
        let model: Value = .object([
            "world": ["region": "europe", "tenant": "t"], "main": ["alias": "main", "url": "http://127.0.0.1:1/r4/t"],
            "ann": ["role": "patient", "alias": "ann"], "bob": ["role": "patient", "alias": "bob"],
            "dr-ruiz": ["role": "provider", "alias": "dr-ruiz"], "ada": ["role": "administrator", "alias": "ada"],
            "visit": [
                "alias": "visit", "start": .string((Self.start + .seconds(10_800)).description),
                "end": .string((Self.start + .seconds(12_600)).description),
            ],
        ])
        add("world.opened", ["scenario": "sample", "model": model])
        add("scenario.started", ["scenario": "sample"])
    }

    @discardableResult
    mutating func add(
        _ kind: String, _ fields: Members = [:], by party: Party = .runner, exchange: ExchangeID? = nil
    ) -> Int {
        events.append(
            TraceEvent(
                seq: events.count + 1, at: Self.start + .milliseconds(events.count), world: Self.world, clock: clock,
                cause: nil, kind: kind, party: party, exchange: exchange, fields: fields))
        return events.count
    }

    mutating func begin(_ step: String) { add("step.started", ["step": .string(step), "text": "…"]) }

    mutating func end(_ step: String, _ outcome: String, reason: String = "", captures: Members? = nil) {
        var fields: Members = ["step": .string(step), "outcome": .string(outcome), "reason": .string(reason)]
        if let captures { fields["captures"] = .object(captures) }
        add("step.finished", fields)
    }

    /// The clock moves and the connector answers.
    mutating func advance(_ duration: Duration, idle: Bool = true) {
        clock = clock + duration
        add("clock.advanced", ["to": .string(clock.description), "idle": .bool(idle), "pending": idle ? 0 : 1])
    }

    mutating func sms(to person: String, links: Int = 1) {
        add(
            "sms.sent",
            ["to": .string(person), "links": .array((0..<links).map { .string("https://c/\($0)") }), "text": "hi"],
            by: .sms)
    }

    mutating func exchange(
        _ from: Party, _ to: Party, _ method: String, _ url: String, body: String? = nil, status: Int = 200
    )
        -> ExchangeID
    {
        exchanges += 1
        let id = ExchangeID(rawValue: "x\(exchanges)")
        let request = HTTPMessage.request(
            exchange: id, world: Self.world, from: from, to: to, method: method, url: url, headers: [],
            body: body.map { RecordedBody(Data($0.utf8)) })
        add(request.kind, request.fields, by: from, exchange: id)
        let response = HTTPMessage.response(
            exchange: id, world: Self.world, from: to, to: from, status: status, headers: [], body: nil,
            duration: .milliseconds(2))
        add(response.kind, response.fields, by: to, exchange: id)
        return id
    }

    mutating func finish(_ outcome: String = "completed", reason: String = "") {
        add("scenario.finished", ["scenario": "sample", "outcome": .string(outcome), "reason": .string(reason)])
        add("world.closed")
    }

    func trace(complete: Bool = true) -> Trace { Trace(header: [:], events: events, bodies: [:], isComplete: complete) }

    func judge(complete: Bool = true, _ change: (inout JudgeContext) -> Void = { _ in }) -> RunResults {
        var context = JudgeContext(suiteVersion: "0.1.0", seed: 1, nonce: "n", requirements: Self.requirements)
        context.policies = Self.policies
        change(&context)
        return Judge.judge(trace: trace(complete: complete), scenarios: [scenario], context: context)
    }

    func check(_ name: String) throws -> CheckResult {
        try #require(judge().scenarios.first?.checks.first { $0.check == name })
    }

    static let policies: [String: FlowPolicy] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Scenarios/policies")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let files = names.sorted().compactMap { name -> SourceFile? in
            guard let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8) else { return nil }
            return SourceFile(path: name, text: text)
        }
        return FlowPolicyReader.read(files).policies
    }()
}

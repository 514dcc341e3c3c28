// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import Foundation
internal import HTTPTransport
internal import MockEHR
internal import MockMicrosoft
internal import MockWorld
internal import ScenarioLanguage
internal import SourceText
internal import Trace
internal import Value
internal import World

/// What the living connector shows: it is started or asked, given a fresh world, and made to call each party once.
struct DoctorVisit {
    private let doctor: Doctor
    private let journal = Journal()
    private let nonce: String

    init(_ doctor: Doctor) {
        self.doctor = doctor
        nonce = String((0..<10).compactMap { _ in "abcdefghijkmnpqrstuvwxyz".randomElement() })
    }

    private var deployment: Deployment { doctor.deployment }

    func findings() async -> [DoctorFinding] {
        let seed = RunSeed(seed: 1, nonce: nonce)
        let surroundings: Surroundings
        do {
            surroundings = try await Surroundings.start(
                deployment, journal: journal, seed: seed, folder: doctor.folder)
        } catch {
            let known = error as? RunError
            return [
                DoctorFinding("mocks", .problem, known?.message ?? "\(error)", remedy: known?.remedy)
            ]
        }
        let mocks = surroundings.mocks
        let options = RunOptions(seed: seed, folder: doctor.folder, binaries: doctor.binaries)
        let connector = ConnectorInstance(name: "doctor", deployment: deployment, options: options, surroundings: surroundings)
        var findings: [DoctorFinding] = []
        do {
            try await connector.start(journal: journal)
            findings += await reached(connector)
            findings += await visit(connector, mocks, seed)
            findings += await evidence(connector)
        } catch {
            let known = error as? RunError
            findings.append(
                DoctorFinding(
                    "reach", .problem, known?.message ?? "the connector did not come up: \(error)",
                    remedy: known?.remedy ?? "see reach in the deployment file"))
            findings.append(
                DoctorFinding("clock", .unproven, "clock, callbacks, egress and evidence need a connector that runs"))
        }
        await connector.end(journal: journal)
        await mocks.stop()
        return findings
    }

    private func reached(_ connector: ConnectorInstance) async -> [DoctorFinding] {
        do {
            let answer = try await HTTPClient(connections: 1).send(
                HTTPRequest(
                    url: connector.url, timeout: .seconds(10), trust: connector.surroundings.trust,
                    sendCookies: false))
            return [DoctorFinding("reach", .ok, "\(connector.url) answers (status \(answer.status))")]
        } catch {
            return [
                DoctorFinding(
                    "reach", .problem, "\(connector.url) does not answer: \(error)",
                    remedy: "see reach in the deployment file")
            ]
        }
    }

    private func visit(_ connector: ConnectorInstance, _ mocks: MockWorld, _ seed: RunSeed) async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        let vendors: [Vendor] = [
            deployment.registrations.cerner == nil ? nil : Vendor.cerner,
            deployment.registrations.epic == nil ? nil : Vendor.epic,
        ].compactMap { $0 }
        let builder = WorldBuilder(seed: seed, ehrOrigin: mocks.ehrOrigin)
        var worlds: [WorldModel] = []
        for (ordinal, vendor) in vendors.enumerated() {
            let world = builder.build(Self.scenario(vendor), ordinal: ordinal, start: .wall)
            do {
                let registrations = try connector.registrations(for: world)
                let clock = WorldClock(startingAt: world.start)
                journal.register(world: world.id, clock: clock)
                try await mocks.ehr.open(world: world, clock: clock, registration: registrations.ehr)
                await mocks.microsoft.open(
                    world: world, clock: clock, entra: registrations.entra, sms: registrations.sms)
                worlds.append(world)
            } catch {
                let known = error as? RunError
                findings.append(
                    DoctorFinding(
                        "registrations", .problem, known?.message ?? "\(error)", remedy: known?.remedy))
            }
        }
        guard let first = worlds.first else { return findings }
        findings += await DoctorClock(connector: connector).findings(first, other: worlds.dropFirst().first)
        for world in worlds.dropFirst() { _ = try? await connector.openClock(world) }
        for world in worlds { findings += await operations(connector, world) }
        return findings + egress(connector)
    }

    /// A world with one administrator and one approver, and nothing to do.
    private static func scenario(_ vendor: Vendor) -> Scenario {
        var world = WorldSpec(vendor: vendor)
        world.bases = [BaseSpec(alias: "main", environment: .test, release: "2022-02")]
        world.people = [("ada", Role.administrator), ("eli", .approver)].map { alias, role in
            PersonSpec(alias: alias, role: role, locale: "en-US", timeZone: "America/New_York", licences: ["teams"])
        }
        return Scenario(
            id: "doctor-\(vendor.rawValue)", title: "doctor", notes: nil, profiles: [], verifies: [], requires: [],
            isolation: .shared, world: world, steps: [], always: [], file: SourceFile(path: "", text: ""))
    }

    // MARK: Callbacks

    /// Signs in and enters a base URL: what the connector then asks of Entra and of the EHR is the proof.
    private func operations(_ connector: ConnectorInstance, _ world: WorldModel) async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        guard let ada = world.person("ada"), let base = world.bases.first else { return [] }
        let walker = connector.makeWalker(for: ada, in: world, journal: journal)
        func perform(
            _ operation: String, _ arguments: [String: String], expecting expected: [BindingOutcome.Kind]
        ) async {
            guard connector.executor.knows(operation) else { return }
            let outcome = await connector.executor.run(
                operation, arguments: arguments, harness: connector.names(world: world), as: walker)
            let place = "\(operation) (\(world.vendor.rawValue))"
            if expected.contains(outcome.kind) {
                findings.append(
                    DoctorFinding("bindings", .ok, "\(place) was \(outcome.kind.rawValue), as it should be"))
            } else {
                findings.append(
                    DoctorFinding(
                        "bindings", .problem, "\(place) was \(outcome.kind.rawValue): \(outcome.message.prefix(300))",
                        remedy: outcome.kind == .unmatched
                            ? "mend bindings.\(operation): accepted and refused do not fit the page"
                            : "try it by hand with a browser; see bindings.\(operation)"))
            }
        }
        await perform("sign-in", [:], expecting: [.accepted])
        findings.append(called(.entra, world, by: "sign-in"))
        var arguments = ["base-url": base.url, "environment": "test"]
        arguments["approver"] = world.person("eli")?.directory?[.principalName]
        await perform("add-base-url", arguments, expecting: [.accepted])
        if world.vendor == .cerner {
            findings.append(called(.ehr, world, by: "add-base-url"))
        } else {
            findings.append(
                DoctorFinding(
                    "callbacks", .unproven, "whether the connector reaches Epic shows at the approver's sign-in"))
        }
        if world.vendor == .cerner {
            // A stranger's address: refused, and asked for on the way out that is watched.
            arguments["base-url"] = "https://\(nonce).assay.invalid/r4/\(UUID().uuidString.lowercased())"
            await perform("add-base-url", arguments, expecting: [.refused])
        }
        return findings
    }

    private func called(_ party: Party, _ world: WorldModel, by operation: String) -> DoctorFinding {
        let isSeen = journal.events().contains { event in
            event.world == world.id && event.kind == "http.request" && event["from"]?.string == Party.connector.rawValue
                && event["to"]?.string == party.rawValue
        }
        let place = "\(party) (\(world.vendor.rawValue))"
        if isSeen { return DoctorFinding("callbacks", .ok, "the connector's request reached \(place)") }
        guard deployment.bindings[operation] != nil else {
            return DoctorFinding("callbacks", .unproven, "no binding makes the connector call \(place)")
        }
        return DoctorFinding(
            "callbacks", .problem, "\(operation) made no request of the connector reach \(place)",
            remedy: "point the connector at the mocks: $(mocks.microsoft), $(mocks.ehr) in reach.environment")
    }

    // MARK: Egress and evidence

    private func egress(_ connector: ConnectorInstance) -> [DoctorFinding] {
        guard deployment.egress == .proxy else {
            return deployment.egress == .unobserved
                ? [
                    DoctorFinding(
                        "egress", .warning, "the way out is not watched: nothing can be said of third parties",
                        remedy: "write egress: proxy and give the connector $(mocks.egress) as its proxy")
                ] : []
        }
        let isSeen = journal.events().contains {
            $0.kind == "egress.attempted" && $0["host"]?.string == "\(nonce).assay.invalid"
        }
        if isSeen { return [DoctorFinding("egress", .ok, "a request to a stranger went to the watched proxy")] }
        if case .command(let reach) = deployment.reach {
            let names = (reach.command + reach.environment.values).flatMap(\.names)
            if !names.contains("mocks.egress") {
                return [
                    DoctorFinding(
                        "egress", .problem, "the connector is never told of the proxy",
                        remedy: "add HTTP_PROXY: $(mocks.egress) to reach.environment")
                ]
            }
        }
        return [
            DoctorFinding(
                "egress", .unproven,
                "the connector was not seen to use the proxy: it tried no address of a stranger, or goes round it")
        ]
    }

    private func evidence(_ connector: ConnectorInstance) async -> [DoctorFinding] {
        guard let sources = await connector.sources, !sources.isEmpty else {
            return [
                DoctorFinding(
                    "evidence", .warning, "no evidence is declared: privacy at rest cannot be judged",
                    remedy: "declare logs, databases and folders under evidence")
            ]
        }
        var findings: [DoctorFinding] = []
        for source in sources {
            do {
                let bytes = try await source.growth().reduce(0) { $0 + $1.bytes.count }
                let control = source.control.map { "; whether \($0) is found in it shows at a launch" } ?? ""
                findings.append(
                    bytes > 0
                        ? DoctorFinding("evidence", .ok, "\(source.id): \(bytes) new bytes\(control)")
                        : DoctorFinding(
                            "evidence", .warning, "\(source.id): nothing was written to it yet",
                            remedy: "see that its path is where the connector writes"))
            } catch {
                findings.append(
                    DoctorFinding("evidence", .problem, "\(error)", remedy: "mend evidence in the deployment file"))
            }
        }
        return findings
    }
}

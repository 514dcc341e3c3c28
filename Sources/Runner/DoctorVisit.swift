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
        let offered = await offered(surroundings)
        let options = RunOptions(seed: seed, folder: doctor.folder, binaries: doctor.binaries)
        let connector = ConnectorInstance(
            name: "doctor", deployment: deployment, options: options, surroundings: surroundings)
        var findings = offered
        do {
            try await connector.start(journal: journal)
            findings += await reached(connector)
            findings += await visit(connector, mocks, seed)
            findings += await evidence(connector)
        } catch let error as EvidenceError {
            findings.append(
                DoctorFinding("evidence", .problem, "\(error.source): \(error.message)", remedy: error.remedy))
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

    /// Whether the mocks answer where connector and actors look for them, under a certificate that is trusted.
    private func offered(_ surroundings: Surroundings) async -> [DoctorFinding] {
        let mocks = surroundings.mocks
        var findings: [DoctorFinding] = []
        for (name, origin) in [("ehr", mocks.ehrOrigin), ("microsoft", mocks.microsoftOrigin)] {
            do {
                _ = try await HTTPClient(connections: 1).send(
                    HTTPRequest(
                        url: origin + "/", headers: [.init("Assay-Actor", "doctor")], timeout: .seconds(10),
                        trust: surroundings.trust, connectTo: surroundings.connectTo, sendCookies: false))
                findings.append(DoctorFinding("mocks", .ok, "the mock \(name) answers as \(origin)"))
            } catch {
                findings.append(
                    DoctorFinding(
                        "mocks", .problem, "the mock \(name) is not to be had as \(origin): \(error)",
                        remedy: "see mocks.tls, mocks.certificate and mocks.ca"))
            }
        }
        if deployment.worlds.mode != .fresh, deployment.mocks.publicURLs[.ehr] == nil,
            deployment.mocks.ports[.ehr, default: 0] == 0
        {
            findings.append(
                DoctorFinding(
                    "mocks", .warning,
                    "tenants are set up in advance, and their base URLs begin with another port in each run",
                    remedy: "write mocks.ports: {ehr: …, microsoft: …}, or enter the URLs anew after each reset"))
        }
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
            let tenant = deployment.worlds.tenants.first { tenant in
                tenant.vendor == vendor && tenant.bases.contains { $0.environment == .test }
            }
            let world = builder.build(Self.scenario(vendor), ordinal: ordinal, start: .wall, tenant: tenant)
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
        for world in worlds {
            if let reset = deployment.worlds.reset { findings.append(await emptied(by: reset, connector, world)) }
            findings += await operations(connector, world)
        }
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

    private func emptied(by reset: String, _ connector: ConnectorInstance, _ world: WorldModel) async -> DoctorFinding {
        let outcome = await connector.executor.run(
            reset, arguments: ["base-url": world.bases.first?.url ?? ""], harness: connector.names(world: world),
            as: connector.makeWalker(for: nil, in: world, journal: journal))
        if outcome.kind == .accepted {
            return DoctorFinding("worlds", .ok, "the tenant \(world.tenant) could be emptied by \(reset)")
        }
        return DoctorFinding(
            "worlds", .problem,
            "the tenant \(world.tenant) could not be emptied: \(reset) was \(outcome.kind.rawValue): \(outcome.message.prefix(300))",
            remedy: "mend bindings.\(reset): no scenario gets a tenant that was not emptied")
    }

    // MARK: Callbacks

    /// Signs in and enters a base URL: what the connector then asks of Entra and of the EHR is the proof.
    private func operations(_ connector: ConnectorInstance, _ world: WorldModel) async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        guard let ada = world.person("ada"), let base = world.bases.first else { return [] }
        let stage = Stage(
            world: world, clock: WorldClock(startingAt: .wall), journal: journal, mocks: connector.mocks,
            connector: connector,
            options: RunOptions(seed: RunSeed(seed: 1, nonce: nonce), folder: doctor.folder, binaries: doctor.binaries))
        func perform(
            _ operation: String, _ arguments: [String: String], expecting expected: [BindingOutcome.Kind]
        ) async {
            guard let binding = deployment.bindings[operation] else { return }
            let place = "\(operation) (\(world.vendor.rawValue))"
            if case .human = binding.way {
                findings.append(DoctorFinding("bindings", .unproven, "\(place) is done by a person: a run asks them"))
                return
            }
            let outcome: BindingOutcome
            do { outcome = try await stage.carryOut(binding, arguments, by: ada) } catch {
                findings.append(
                    DoctorFinding("bindings", .problem, "\(place): \(error)", remedy: "see bindings.\(operation)"))
                return
            }
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
        // One that has no operation of its own for it signs people in on the way to another.
        let entrance = deployment.bindings["sign-in"] == nil ? "list-base-urls" : "sign-in"
        await perform(entrance, [:], expecting: [.accepted])
        findings.append(called(.entra, world, by: entrance))
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
        switch deployment.egress {
        case .proxy: break
        case .namespace:
            return [
                DoctorFinding("egress", .ok, "the connector runs in a network of its own, and all of it is watched")
            ]
        case .unobserved:
            return [
                DoctorFinding(
                    "egress", .warning, "the way out is not watched: nothing can be said of third parties",
                    remedy: "write egress: proxy and give the connector $(mocks.egress) as its proxy, or namespace")
            ]
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

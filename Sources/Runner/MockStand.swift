// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import MockEHR
internal import MockKit
internal import MockMicrosoft
internal import ScenarioLanguage
internal import SourceText
internal import Synchronization
package import Trace
package import Value
package import World

/// The world alone: both mocks with a ready-made organization per vendor, to develop a connector against.
///
/// Its clock is the wall's.
package final class MockStand: Sendable {
    /// What is asked for.
    package struct Options: Sendable {
        package var vendors: [Vendor]
        package var ehrPort: Int
        package var microsoftPort: Int
        /// Where sign-ins may lead back to, compared exactly.
        package var redirectURIs: [String]
        /// Where the EHR's launch links lead to.
        package var launchURL: String?

        package init(
            vendors: [Vendor], ehrPort: Int = 0, microsoftPort: Int = 0, redirectURIs: [String],
            launchURL: String? = nil
        ) {
            self.vendors = vendors
            self.ehrPort = ehrPort
            self.microsoftPort = microsoftPort
            self.redirectURIs = redirectURIs
            self.launchURL = launchURL
        }
    }

    private let ehrListener: MockListener
    private let microsoftListener: MockListener
    private let ticking: Task<Void, Never>
    /// Every endpoint and credential, as the ready line prints them.
    package let description: Value

    private init(ehr: MockListener, microsoft: MockListener, ticking: Task<Void, Never>, description: Value) {
        ehrListener = ehr
        microsoftListener = microsoft
        self.ticking = ticking
        self.description = description
    }

    /// Starts both listeners on loopback and opens the worlds. Throws where a port is taken.
    package static func start(_ options: Options, seed: RunSeed, journal: Journal) async throws -> MockStand {
        let ehr = MockEHR(journal: journal, seed: seed)
        let microsoft = MockMicrosoft(journal: journal)
        try await microsoft.prepare()
        let start = StartPages()
        let ehrListener = try await MockListener.start(
            handler: StartPageHandler(inner: ehr, party: .ehr, pages: start), journal: journal, port: options.ehrPort)
        let microsoftListener: MockListener
        do {
            microsoftListener = try await MockListener.start(
                handler: StartPageHandler(inner: microsoft, party: .teams, pages: start), journal: journal,
                port: options.microsoftPort)
        } catch {
            await ehrListener.stop()
            throw error
        }
        await microsoft.listens(at: microsoftListener.origin)
        let builder = WorldBuilder(seed: seed, ehrOrigin: ehrListener.origin)
        var descriptions: [Value] = []
        var clocks: [(WorldID, WorldClock)] = []
        for (ordinal, vendor) in options.vendors.enumerated() {
            let world = builder.build(scenario(vendor), ordinal: ordinal, start: .wall)
            let clock = WorldClock(startingAt: world.start)
            journal.register(world: world.id, clock: clock)
            let credentials = MockCredentials(world, seed: seed, redirectURIs: options.redirectURIs)
            try await ehr.open(world: world, clock: clock, registration: credentials.ehr)
            await microsoft.open(world: world, clock: clock, entra: credentials.entra, sms: credentials.sms)
            let number = try await microsoft.own(in: world.id)
            if let launch = options.launchURL {
                let records = world.bases.flatMap { base in
                    [Role.provider, .patient].map { role in
                        IntegrationRecord(
                            role: role, baseURL: base.url, launchURL: launch,
                            parameters: vendor == .epic ? "sessionId=%CSN%" : nil)
                    }
                }
                try await ehr.install(records: records, in: world.id)
            }
            for appointment in world.appointments { try await ehr.book(appointment.alias, in: world.id) }
            clocks.append((world.id, clock))
            descriptions.append(
                credentials.description(ehr: ehrListener.origin, microsoft: microsoftListener.origin, number: number))
        }
        let description: Value = [
            "event": "ready", "ehr": .string(ehrListener.origin), "microsoft": .string(microsoftListener.origin),
            "worlds": .array(descriptions),
        ]
        start.set(description)
        let moving = clocks
        let ticking = Task {
            // The wall's own beat: subscriptions and tokens of the mocks run out as time goes by.
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                for (world, clock) in moving {
                    clock.advance(to: .wall)
                    await microsoft.advance(world: world, to: clock.now)
                }
            }
        }
        return MockStand(
            ehr: ehrListener, microsoft: microsoftListener, ticking: ticking, description: description)
    }

    package func stop() async {
        ticking.cancel()
        await ehrListener.stop()
        await microsoftListener.stop()
    }

    /// An organization with two patients, a provider, an administrator and an approver, and visits today and tomorrow.
    private static func scenario(_ vendor: Vendor) -> Scenario {
        var world = WorldSpec(vendor: vendor)
        world.bases = [BaseSpec(alias: "main", environment: .test, release: "2022-02")]
        let people: [(String, Role)] = [
            ("ann", .patient), ("ben", .patient), ("dr-ruiz", .provider), ("ada", .administrator), ("eli", .approver),
        ]
        world.people = people.map { alias, role in
            PersonSpec(alias: alias, role: role, locale: "en-US", timeZone: "America/New_York", licences: ["teams"])
        }
        let visits: [(String, String, Duration)] = [
            ("visit", "ann", .seconds(1200)), ("second-visit", "ben", .seconds(7200)),
            ("tomorrow", "ann", .seconds(86_400)),
        ]
        world.appointments = visits.map { alias, patient, starts in
            AppointmentSpec(
                alias: alias, base: "main", patient: patient, provider: "dr-ruiz", secondProvider: nil,
                startsAfter: starts, minutes: 30, isVideoVisit: true)
        }
        return Scenario(
            id: "mock-\(vendor.rawValue)", title: "mock", notes: nil, profiles: [], verifies: [], requires: [],
            isolation: .shared, world: world, steps: [], always: [], file: SourceFile(path: "", text: ""))
    }
}

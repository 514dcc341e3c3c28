// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import MockEHR
internal import MockKit
internal import MockMicrosoft
internal import MockWorld
package import ScenarioLanguage
internal import Synchronization
package import Trace
package import Value
package import World

/// The world alone: both mocks with a ready-made organization per vendor, pages and control API, to develop a connector
/// against.
///
/// Its clocks follow the wall's, and can be advanced by hand.
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
        /// Folder of the pages (`MockEHR/pages`); nil: the API alone.
        package var pages: URL?
        /// The worlds to open instead of the ready-made ones.
        package var worlds: [WorldSpec]
        /// TLS with an authority of this run's own, whose files are written into this folder.
        package var tls: TLSFolder?
        /// The mocks refuse what breaks a rule of the protocols, whatever the vendor does.
        package var isStrict: Bool

        package init(
            vendors: [Vendor], ehrPort: Int = 0, microsoftPort: Int = 0, redirectURIs: [String],
            launchURL: String? = nil, pages: URL? = nil, worlds: [WorldSpec] = [], tls: TLSFolder? = nil,
            isStrict: Bool = false
        ) {
            self.vendors = vendors
            self.ehrPort = ehrPort
            self.microsoftPort = microsoftPort
            self.redirectURIs = redirectURIs
            self.launchURL = launchURL
            self.pages = pages
            self.worlds = worlds
            self.tls = tls
            self.isStrict = isStrict
        }
    }

    /// Where the run's authority is written to, and whether clients must show a certificate of it.
    package struct TLSFolder: Sendable {
        package let folder: URL
        package let isMutual: Bool

        package init(folder: URL, isMutual: Bool) {
            self.folder = folder
            self.isMutual = isMutual
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

    /// Starts both listeners on loopback and opens the worlds. Throws where a port is taken or a file cannot be written.
    package static func start(_ options: Options, seed: RunSeed, journal: Journal) async throws -> MockStand {
        // Made first: the key of Microsoft's tokens takes a while, and nothing below waits for it.
        SigningKey.warmUp()
        let templates = try options.pages.map { try PageTemplates(folder: $0) }
        let security = try options.tls.map { try StandSecurity($0) }
        let faults = FaultPlan(seed: seed)
        let ehr = MockEHR(journal: journal, seed: seed)
        let microsoft = MockMicrosoft(journal: journal)
        let front = FrontDoor()
        func listen(_ handler: any MockHandler, port: Int, parties: [Party]) async throws -> MockListener {
            try await MockListener.start(
                handler: options.isStrict ? StrictHandler(inner: handler, journal: journal) : handler,
                journal: journal, port: port, tls: security?.identity,
                options: security?.options ?? .init(), faults: faults, parties: parties, desk: front)
        }
        let ehrListener = try await listen(ehr, port: options.ehrPort, parties: [.ehr])
        let microsoftListener: MockListener
        do {
            microsoftListener = try await listen(
                microsoft, port: options.microsoftPort, parties: [.entra, .graph, .teams, .sms])
        } catch {
            await ehrListener.stop()
            throw error
        }
        await microsoft.listens(at: microsoftListener.origin)
        let source = StandWorlds(
            seed: seed, redirectURIs: options.redirectURIs, launchURL: options.launchURL, specs: options.worlds,
            first: options.worlds.isEmpty ? options.vendors.count : options.worlds.count)
        let stand = Stand(
            ehr: ehr, microsoft: microsoft, journal: journal, faults: faults, source: source,
            origins: (ehrListener.origin, microsoftListener.origin))
        let pages = templates.map { StandPages(stand: stand, templates: $0) }
        if let pages { await stand.dress { pages.dress($0) } }
        do {
            for vendor in options.worlds.isEmpty ? options.vendors : options.worlds.map(\.vendor) {
                _ = try await stand.open(vendor)
            }
        } catch {
            await ehrListener.stop()
            await microsoftListener.stop()
            throw error
        }
        var description: Members = [
            "event": "ready", "ehr": .string(ehrListener.origin), "microsoft": .string(microsoftListener.origin),
            "pages": .string(ehrListener.origin + "/"), "control": .string(ehrListener.origin + "/-/openapi.json"),
        ]
        if let security { description["tls"] = security.description }
        description["worlds"] = .array(await stand.open.map(\.description))
        let ready = Value.object(description)
        front.open(ControlDesk(stand: stand, pages: pages) { ready })
        let ticking = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                await stand.tick()
            }
        }
        return MockStand(ehr: ehrListener, microsoft: microsoftListener, ticking: ticking, description: ready)
    }

    package func stop() async {
        ticking.cancel()
        // Open streams of pages have no end of their own: a short grace is all they get.
        async let ehr: Void = ehrListener.stop(grace: .milliseconds(300))
        async let microsoft: Void = microsoftListener.stop(grace: .milliseconds(300))
        _ = await (ehr, microsoft)
    }
}

/// The desk of both listeners: it is there before what it serves.
private final class FrontDoor: FrontDesk {
    private let desk = Mutex<ControlDesk?>(nil)

    func open(_ desk: ControlDesk) { self.desk.withLock { $0 = desk } }

    func serves(_ path: String) -> Bool { path == "/" || path == "/favicon.ico" || path.hasPrefix("/-/") }

    func respond(to request: MockRequest) async -> DeskAnswer {
        guard let desk = desk.withLock({ $0 }) else {
            return DeskAnswer(.text("Not ready yet.", status: 503, world: nil, party: .runner))
        }
        return await desk.respond(to: request)
    }
}

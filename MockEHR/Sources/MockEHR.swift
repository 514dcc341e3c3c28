// SPDX-License-Identifier: Apache-2.0

import Foundation
package import MockKit
import Synchronization
package import Trace
import Value
package import World

/// The mock EHR: both vendors on one listener, one or several FHIR bases per world.
///
/// A request belongs to the world whose tenant (Cerner) or instance (Epic) stands in its path. A closed world goes on
/// answering, so that late arrivals are recorded for what they are, but takes no sign-in and no launch any more.
package actor MockEHR: MockHandler {
    let journal: Journal
    private let seed: RunSeed
    private var worlds: [WorldID: EHRWorld] = [:]
    private(set) var byTenant: [String: EHRBase] = [:] {
        didSet {
            placed = [:]
            let worlds = byTenant.mapValues(\.model.id)
            tenants.withLock { $0 = Tenants(worlds: worlds) }
        }
    }
    /// The worlds of tenants, for requests that are only to be recorded yet: asked without waiting for the actor.
    private let tenants = Mutex(Tenants())
    /// Where paths led: each request asks twice, and most ask for what was asked for before.
    private var placed: [String: (base: EHRBase, route: Route, rest: [String])] = [:]
    private let keys: Task<EHRKeys, any Error>
    private let wire: @Sendable () -> Instant
    let keySets: any KeySetReader
    private let writeback: (any MappedWriteback)?
    /// Where and how writeback can be made to fail.
    package nonisolated let writebackFaults: WritebackFaults

    /// `seed` fixes launch values, codes and tokens; without one they are random. `wire` tells the time by which codes,
    /// tokens and assertions live: real time, unless a test puts its own in place. `keySets` reads what clients publish.
    /// `writeback` is a channel of the connector's own; nil: it uses the vendor's web service.
    package init(
        journal: Journal, seed: RunSeed? = nil, keySets: any KeySetReader = TransportKeySetReader(),
        writeback: (any MappedWriteback)? = nil, wire: @escaping @Sendable () -> Instant = { .wall }
    ) {
        self.journal = journal
        self.keySets = keySets
        self.writeback = writeback
        writebackFaults = writeback?.faults ?? .webService
        self.wire = wire
        self.seed = seed ?? RunSeed(seed: .random(in: 0 ... .max), nonce: UUID().uuidString)
        keys = Task.detached { try await EHRKeys.make() }
    }

    /// Puts a world's EHR in place. Throws where a tenant of it is in use already.
    package func open(world model: WorldModel, clock: WorldClock, registration: EHRRegistration) throws(EHRError) {
        for base in model.bases {
            guard byTenant[base.tenant] == nil else {
                throw EHRError(message: "the tenant \(base.tenant) is in use", remedy: "mint tenants per world")
            }
        }
        let world = EHRWorld(
            model: model, clock: clock, registration: registration, random: seed.identity("ehr", model.id.rawValue),
            wire: wire)
        worlds[model.id] = world
        for base in world.bases { byTenant[base.base.tenant] = base }
    }

    /// Ends sign-in and launches of a world.
    package func close(world id: WorldID) {
        guard let world = worlds[id] else { return }
        world.isClosed = true
        for base in world.bases {
            base.sessions = [:]
            base.launches = [:]
            base.pendingConsents = [:]
        }
    }

    /// Forgets a world for good: its tenants may be another's from here on, and late requests for them are the other's.
    package func forget(world id: WorldID) {
        close(world: id)
        // Bases hold their world unowned: they go first.
        byTenant = byTenant.filter { $0.value.model.id != id }
        worlds[id] = nil
    }

    /// From here on the world's tokens are signed with new keys. The old ones stay published unless `withdrawing`.
    package func changeKeys(in id: WorldID, withdrawing: Bool) async throws {
        let first = try await keys.value
        let next = try await EHRKeys.make(number: (try world(id).keys ?? first).number + 1)
        let world = try world(id)
        world.formerKeys = withdrawing ? [] : world.formerKeys + [world.keys ?? first]
        world.keys = next
    }

    func world(_ id: WorldID) throws(EHRError) -> EHRWorld {
        guard let world = worlds[id] else { throw .noWorld(id.rawValue) }
        return world
    }

    package nonisolated func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) {
        if let known = tenants.withLock({ $0.places[request.path] }) { return (known, .ehr) }
        let names = request.path.utf8.split(separator: UInt8(ascii: "/"), maxSplits: Self.depth).prefix(Self.depth)
            .map { PercentCoding.decode(Substring($0)) }
        let world = tenants.withLock { tenants in
            let worlds = tenants.worlds
            guard let world = names.lazy.compactMap({ worlds[$0] }).first else { return nil as WorldID? }
            if tenants.places.count >= Self.placesKept { tenants.places = [:] }
            tenants.places[request.path] = world
            return world
        }
        if world == nil, let reading = writeback?.read(request) { return (await self.world(of: reading), .ehr) }
        return (world, .ehr)
    }

    /// Which world a tenant belongs to, and which one paths led to.
    private struct Tenants {
        var worlds: [String: WorldID] = [:]
        var places: [String: WorldID] = [:]
    }

    /// Within how many segments of a path the tenant stands.
    private static let depth = 3

    package func respond(to request: MockRequest) async -> MockResponse {
        guard let first = try? await keys.value else {
            return .text("The mock EHR has no keys.", status: 500, world: nil, party: .ehr)
        }
        if let writeback, let reading = writeback.read(request) { return take(reading, from: request, over: writeback) }
        guard let (base, route, rest) = place(request) else { return unknownPlace(request) }
        // Bases hold their world unowned, and a world may be forgotten while a key set is read.
        let world = base.world
        let keys = world.keys ?? first
        if [.token, .revocation, .introspection].contains(route) { await readClientKeys(for: request, at: base) }
        world.clockSkew = request.trouble.clockSkew
        defer { world.clockSkew = .zero }
        switch route {
        case .fhir: return base.fhir(request, rest: rest, to: .everyClient)
        case .patientFHIR: return base.fhir(request, rest: rest, to: .patients)
        case .openFHIR: return base.fhir(request, rest: rest, to: .anybody)
        case .authorize(let persona): return base.authorize(request, persona: persona)
        case .token: return base.token(request, keys: keys)
        case .jwks: return base.document(keys.jwks(former: base.world.formerKeys))
        case .openID: return base.document(base.openIDConfiguration)
        case .revocation: return base.revoke(request)
        case .introspection: return base.introspect(request)
        case .writeback: return base.connectionStatus(request, isDeclared: writeback == nil)
        case .entry(let entry): return base.entryPage(entry, request)
        case .launch(let entry): return base.launch(entry, request)
        case .style: return base.document(base.style)
        case .authorizations: return base.authorizations(request)
        case .signIn: return base.signIn(request)
        case .consent: return base.consent(request)
        case .unknown:
            return unexpected(
                request, "no such path at this base", base.model.id,
                base.refuse(Problem(.unknownTenant, "no such path")))
        }
    }

    /// Which base a path belongs to, and what is wanted of it.
    private func place(_ request: MockRequest) -> (base: EHRBase, route: Route, rest: [String])? {
        if let place = placed[request.path] { return place }
        guard let place = place(request.segments) else { return nil }
        if placed.count >= Self.placesKept { placed = [:] }
        placed[request.path] = place
        return place
    }

    private static let placesKept = 1024

    private func place(_ segments: [String]) -> (base: EHRBase, route: Route, rest: [String])? {
        guard let base = segments.prefix(Self.depth).lazy.compactMap({ self.byTenant[$0] }).first else { return nil }
        for template in base.profile.routes {
            if let rest = template.rest(of: segments, tenant: base.base.tenant) { return (base, template.route, rest) }
        }
        return (base, .unknown, [])
    }

    /// A path that no tenant's name stands in.
    private func unknownPlace(_ request: MockRequest) -> MockResponse {
        // Facts 5.3.3: Cerner's words for an unknown tenant.
        unexpected(
            request, "no tenant in the path", nil,
            .text("Tenant not valid or accessible", status: 403, world: nil, party: .ehr))
    }

    func unexpected(
        _ request: MockRequest, _ reason: String, _ world: WorldID?, _ response: MockResponse
    ) -> MockResponse {
        var response = response
        response.events = [
            EventDraft(
                "traffic.unexpected", by: .runner, world: world,
                [
                    "host": .string(request.header("Host") ?? ""), "method": .string(request.method),
                    "url": .string(request.url), "reason": .string(reason),
                ])
        ]
        return response
    }
}

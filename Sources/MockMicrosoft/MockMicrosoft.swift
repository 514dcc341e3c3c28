// SPDX-License-Identifier: Apache-2.0

import Foundation
package import MockKit
package import Trace
import Value
package import World

/// Microsoft's side of every world: Entra ID, Graph, Teams, SMS and phone numbers behind one listener.
///
/// A world is found by the tenant in the path, then by the bearer token or the browser's session, then by a meeting's
/// thread or a phone number. Everything a request means is recorded before its answer.
package actor MockMicrosoft: MockHandler {
    let journal: Journal
    let delivery: NotificationDelivery
    let issued = IssuedTokens()
    var worlds: [WorldID: MicrosoftWorld] = [:]
    /// Nil until the first request or `prepare`.
    var keys: MicrosoftKeys?
    var origin: String?

    /// `sender` carries notifications to the connector; by default over libcurl.
    package init(journal: Journal, sender: any NotificationSender = TransportNotificationSender()) {
        self.journal = journal
        delivery = NotificationDelivery(sender: sender, journal: journal)
        SigningKey.warmUp()
    }

    /// Makes the signing key now instead of at the first request.
    package func prepare() async throws { _ = try await readyKeys() }

    /// Says under which address the listener answers, for example `http://127.0.0.1:4431`. Until then addresses carry
    /// the origin that the client addressed.
    package func listens(at origin: String) { self.origin = origin }

    // MARK: Worlds

    /// Opens a world: from here on its tenant, people and resources exist.
    package func open(world model: WorldModel, clock: WorldClock, entra: EntraRegistration, sms: SMSRegistration) {
        worlds[model.id] = MicrosoftWorld(model: model, clock: clock, journal: journal, entra: entra, sms: sms)
    }

    /// Closes a world: nothing more happens in it by itself. Late requests are still answered and recorded as its own.
    package func close(world: WorldID) {
        worlds[world]?.isClosed = true
        delivery.forget(world)
    }

    /// Forgets a closed world for good; requests for it fall into the run-level lane.
    package func forget(world: WorldID) {
        worlds[world] = nil
        issued.forget(world)
        delivery.forget(world)
    }

    /// Takes over new registrations, for example after the connector came back under another address.
    package func register(_ entra: EntraRegistration, _ sms: SMSRegistration, in id: WorldID) throws(MockMicrosoftError)
    {
        let world = try world(id)
        world.entra = entra
        world.sms = sms
    }

    /// What a scenario set of the world; nil where it is not open.
    package func settings(of world: WorldID) -> MicrosoftSettings? { worlds[world]?.settings }

    /// Replaces all settings.
    package func set(_ settings: MicrosoftSettings, in id: WorldID) throws(MockMicrosoftError) {
        try world(id).settings = settings
    }

    /// Changes single settings.
    package func configure(
        _ id: WorldID, _ change: @Sendable (inout MicrosoftSettings) -> Void
    ) throws(MockMicrosoftError) {
        let world = try world(id)
        change(&world.settings)
    }

    /// Gives the resource a phone number without the way of buying it; the number is E.164. Nil: one from the stock.
    @discardableResult
    package func own(number: String? = nil, in id: WorldID) throws(MockMicrosoftError) -> String {
        let world = try world(id)
        let number = number ?? "+1833" + world.random.token(1, from: "23456789") + world.random.digits(6)
        world.numbers.owned[number] = .init(
            number: number, type: "tollFree", assignment: "application",
            capabilities: ["calling": "none", "sms": "inbound+outbound"], purchased: world.now)
        world.record("number.provisioned", by: .sms, ["number": .string(number)])
        return number
    }

    // MARK: Time

    /// The next time on the world's clock at which something happens here by itself.
    package func nextTimer(in id: WorldID) -> Instant? {
        guard let world = worlds[id], !world.isClosed else { return nil }
        return [
            world.numbers.nextTimer, world.nextReminder, nextLifecycleTimer(in: world),
            delivery.nextTimer(in: id),
        ].compactMap { $0 }.min()
    }

    /// Moves the world's clock and does what is due. An earlier time only does what is due.
    package func advance(world id: WorldID, to target: Instant) {
        guard let world = worlds[id] else { return }
        world.clock.advance(to: target)
        settle(world)
    }

    /// Messages to the connector that are under way; the runner waits for none.
    package func pendingDeliveries(in world: WorldID) -> Int { delivery.pending(in: world) }

    private func settle(_ world: MicrosoftWorld) {
        guard !world.isClosed else { return }
        var numbers = world.numbers
        numbers.settle(in: world)
        world.numbers = numbers
        world.sendDueReminders()
        ageSubscriptions(in: world)
        delivery.release(in: world.id, at: world.now)
    }

    // MARK: Requests

    /// An actor's browser may name its world, for pages that name no tenant (`organizations`).
    private static let worldHeader = "Assay-World"

    package func attribute(_ request: MockRequest) -> (world: WorldID?, party: Party) {
        let place = Place(request)
        return (find(place, request)?.id, place.party)
    }

    package func respond(to request: MockRequest) async -> MockResponse {
        let keys: MicrosoftKeys
        do { keys = try await readyKeys() } catch {
            return .text("The mock cannot make its signing key: \(error)", status: 500, world: nil, party: .entra)
        }
        let place = Place(request)
        let world = find(place, request)
        if let world { settle(world) }
        let hosts = MicrosoftHosts(request, own: origin ?? request.origin)
        switch place {
        case .entra(let tenant):
            return Entra(
                request: request, tenant: tenant, origin: hosts.login, graphOrigin: hosts.graph,
                keys: world?.keys ?? keys, formerKeys: formerKeys(world, keys), issued: issued, worlds: worlds
            ).respond()
        case .graph(let version, let path): return await graph(request, version, path, world, hosts)
        case .teams(let address): return join(request, address, in: world)
        case .sms(let address, let path): return resource(request, address, path, world, hosts.asked)
        case .eventGrid:
            let isConfirmed = delivery.confirm(code: request.queryFields["id"] ?? "")
            return isConfirmed
                ? .text(
                    "Webhook successfully validated as a subscription endpoint.", status: 200, world: nil, party: .sms)
                : .text(
                    "The validation code is unknown or older than five minutes.", status: 400, world: nil, party: .sms)
        case .unknown: return .text("Not found", status: 404, world: nil, party: place.party)
        }
    }

    private func resource(
        _ request: MockRequest, _ address: ResourceAddress, _ path: [String], _ world: MicrosoftWorld?, _ origin: String
    ) -> MockResponse {
        guard let world else { return SMSGateway.refuse(nil, 404, "NotFound", "There is no such resource.") }
        let prefix = address.prefix
        guard address.region.map({ $0 == world.model.region }) ?? true else {
            world.record(
                "sms.refused", by: .sms, exchange: request.exchange,
                ["status": 404, "reason": "The resource lies in another region than this endpoint."])
            return SMSGateway.refuse(world, 404, "NotFound", "There is no such resource in this region.")
        }
        let isBearer = request.bearerToken.flatMap { issued.access[$0] }.map {
            $0.world == world.id && $0.expires > .wall && $0.resource == .communication
        }
        if isBearer != true,
            let problem = ResourceAuthentication.problem(
                with: request, prefix: prefix, accessKey: world.sms.accessKey, now: world.now)
        {
            return SMSGateway.refuse(world, 401, "Denied", "Denied by the resource provider. \(problem)")
        }
        if path.first == "sms" {
            return SMSGateway(
                request: request, world: world, delivery: delivery, origin: self.origin ?? request.origin
            ).respond(path)
        }
        let taken = Set(worlds.values.flatMap { $0.numbers.owned.keys + $0.numbers.searches.values.flatMap(\.numbers) })
        return PhoneNumbers(request: request, world: world, base: origin + prefix, taken: taken).respond(path)
    }

    /// The keys a key set holds beside the present one; the set of all tenants (`common`) holds every tenant's.
    private func formerKeys(_ world: MicrosoftWorld?, _ first: MicrosoftKeys) -> [MicrosoftKeys] {
        world.map(\.formerKeys)
            ?? worlds.values.flatMap { $0.formerKeys.filter { $0.number > 1 } + ($0.keys.map { [$0] } ?? []) }
    }

    func readyKeys() async throws -> MicrosoftKeys {
        if let keys { return keys }
        let made = try await MicrosoftKeys.make()
        keys = made
        return made
    }

    private func find(_ place: Place, _ request: MockRequest) -> MicrosoftWorld? {
        switch place {
        case .entra(let tenant):
            if let home = Entra.world(ofTenant: tenant, in: worlds) { return home }
            let form = request.formFields
            if let user = form["username"], let world = worlds.values.first(where: { $0.user(user) != nil }) {
                return world
            }
            let known =
                form["code"].flatMap { issued.codes[$0]?.world }
                ?? form["refresh_token"].flatMap { issued.refresh[$0]?.world }
                ?? request.cookies[MicrosoftSession.cookie].flatMap { issued.sessions[$0]?.world }
                ?? request.header(Self.worldHeader).map { WorldID(rawValue: $0) }
            return known.flatMap { worlds[$0] } ?? (Entra.manyTenants.contains(tenant) ? onlyWorld : nil)
        case .graph: return request.bearerToken.flatMap { issued.access[$0] }.flatMap { worlds[$0.world] }
        case .teams(let address):
            return worlds.values.first { $0.meeting(thread: address.thread) != nil }
                ?? address.tenant.flatMap { Entra.world(ofTenant: $0, in: worlds) }
        case .sms(let address, let path):
            if let tenant = address.tenant { return Entra.world(ofTenant: tenant, in: worlds) }
            if let token = request.bearerToken.flatMap({ issued.access[$0] }) { return worlds[token.world] }
            let named = [request.json?["from"]?.string, request.json?["searchId"]?.string].compactMap { $0 } + path
            return worlds.values.first { world in
                named.contains {
                    world.numbers.owned[$0] != nil || world.numbers.searches[$0] != nil
                        || world.numbers.operations[$0] != nil
                }
            } ?? onlyWorld
        case .unknown, .eventGrid: return nil
        }
    }

    /// The one open world, where there is one.
    private var onlyWorld: MicrosoftWorld? {
        let open = worlds.values.filter { !$0.isClosed }
        return open.count == 1 ? open.first : nil
    }
}

// SPDX-License-Identifier: Apache-2.0

package import MockEHR
package import MockKit
package import MockMicrosoft
package import Trace
package import Value
package import World

/// The worlds of `assay mock`: opened and closed while it runs, their clocks moved by the wall's beat or by hand.
package actor Stand {
    /// One open world.
    package struct Place: Sendable {
        package let made: StandWorld
        package let clock: WorldClock
        package let number: String

        package var model: WorldModel { made.model }
        package var id: WorldID { made.model.id }
        package var description: Value {
            guard case .object(var members) = made.describe(number) else { return .null }
            members["world"] = .string(id.rawValue)
            return .object(members)
        }
    }

    package nonisolated let ehr: MockEHR
    package nonisolated let microsoft: MockMicrosoft
    package nonisolated let journal: Journal
    package nonisolated let faults: FaultPlan
    package nonisolated let source: any StandSource
    private let origins: (ehr: String, microsoft: String)
    private var places: [WorldID: Place] = [:]
    private var order: [WorldID] = []
    private var made = 0
    private var dress: (@Sendable (Place) -> EntryDress)?

    package init(
        ehr: MockEHR, microsoft: MockMicrosoft, journal: Journal, faults: FaultPlan, source: any StandSource,
        origins: (ehr: String, microsoft: String)
    ) {
        self.ehr = ehr
        self.microsoft = microsoft
        self.journal = journal
        self.faults = faults
        self.source = source
        self.origins = origins
    }

    /// How the launch pages of worlds opened from here on look.
    package func dress(_ dress: @escaping @Sendable (Place) -> EntryDress) { self.dress = dress }

    /// Opens a world with all its appointments booked.
    package func open(_ vendor: Vendor) async throws -> Place {
        let ordinal = made
        made += 1
        let world = try source.world(
            vendor, ordinal: ordinal, start: .wall, ehr: origins.ehr, microsoft: origins.microsoft)
        let clock = WorldClock(startingAt: world.model.start)
        let id = world.model.id
        journal.register(world: id, clock: clock)
        try await ehr.open(world: world.model, clock: clock, registration: world.ehr)
        await microsoft.open(world: world.model, clock: clock, entra: world.entra, sms: world.sms)
        let number = try await microsoft.own(in: id)
        if !world.records.isEmpty { try await ehr.install(records: world.records, in: id) }
        for appointment in world.model.appointments { try await ehr.book(appointment.alias, in: id) }
        let place = Place(made: world, clock: clock, number: number)
        if let dress { try await ehr.dress(dress(place), in: id) }
        places[id] = place
        order.append(id)
        return place
    }

    /// Ends a world: what still arrives for it is answered as late.
    package func close(_ id: WorldID) async throws(ControlError) {
        _ = try place(id.rawValue)
        places[id] = nil
        order.removeAll { $0 == id }
        faults.disarm(world: id)
        await ehr.close(world: id)
        await microsoft.close(world: id)
        await microsoft.forget(world: id)
    }

    /// The open worlds, oldest first.
    package var open: [Place] { order.compactMap { places[$0] } }

    package func place(_ id: String) throws(ControlError) -> Place {
        guard let place = places[WorldID(rawValue: id)] else {
            let known = order.prefix(5).map(\.rawValue).joined(separator: ", ")
            throw ControlError(404, "there is no open world \(id)", remedy: "known: \(known)")
        }
        return place
    }

    /// Moves a world's clock forward; everything due on the way happens.
    package func advance(_ id: WorldID, to target: Instant) async throws(ControlError) {
        let place = try place(id.rawValue)
        guard target >= place.clock.now else {
            throw ControlError(
                409, "the world's clock is past \(target) already",
                remedy: "clocks only move forward: name a later time")
        }
        while let timer = await microsoft.nextTimer(in: id), timer < target, timer > place.clock.now {
            await microsoft.advance(world: id, to: timer)
        }
        place.clock.advance(to: target)
        await microsoft.advance(world: id, to: target)
        journal.append(
            EventDraft(
                "clock.advanced", by: .runner, world: id,
                ["to": .string(target.description), "idle": false, "pending": 0]))
    }

    /// The wall's own beat: subscriptions, tokens and phone numbers of the mocks run out and arrive as time goes by.
    package func tick() async {
        for place in open {
            place.clock.advance(to: .wall)
            await microsoft.advance(world: place.id, to: place.clock.now)
        }
    }
}

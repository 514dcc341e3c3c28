// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import HTTPTransport
internal import MockEHR
internal import MockMicrosoft
internal import MockWorld
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Everything one scenario plays on: its world, its connector instance, its people's browsers.
actor Stage {
    nonisolated let world: WorldModel
    nonisolated let clock: WorldClock
    nonisolated let journal: Journal
    nonisolated let mocks: MockWorld
    nonisolated let connector: ConnectorInstance
    nonisolated let quiet: Quiet
    nonisolated let time: WorldTime
    nonisolated let options: RunOptions
    /// The world as scenarios name it.
    nonisolated let names: Value
    private var browsers: [String: Walker] = [:]
    /// Nobody's browser, for requests of `client`.
    private(set) lazy var client = connector.makeWalker(for: nil, in: world, journal: journal, thread: thread)
    /// Of the scenario: steps, and the transfers they wait for, run here without a switch between threads.
    nonisolated let thread: TransportThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(
        world: WorldModel, clock: WorldClock, journal: Journal, mocks: MockWorld, connector: ConnectorInstance,
        options: RunOptions, parameters: [String: String] = [:]
    ) {
        self.options = options
        thread = TransportThread(name: "world-\(world.id)")
        self.world = world
        self.clock = clock
        self.journal = journal
        self.mocks = mocks
        self.connector = connector
        quiet = Quiet(world: world, mocks: mocks, journal: journal, connector: connector)
        time = WorldTime(
            world: world, clock: clock, mocks: mocks, journal: journal, connector: connector, quiet: quiet)
        names = WorldValue.value(
            of: world, microsoft: mocks.microsoftOrigin, connector: connector.url, impostor: mocks.impostorOrigin,
            parameters: parameters)
    }

    /// `visit.booked`, `visit.moved`, `visit.cancelled`: what the events after such a step are caused by.
    nonisolated func appointmentCause(_ act: Act, captures: CaptureStore) -> String? {
        guard let alias = try? captures.text(act.object) else { return nil }
        switch act.verb {
        case .books: return alias + ".booked"
        case .moves: return alias + ".moved"
        case .cancels: return alias + ".cancelled"
        default: return nil
        }
    }

    func perform(_ act: Act, captures: CaptureStore) async throws {
        switch act.actor {
        case .person(let alias):
            guard let person = world.person(alias) else {
                throw StepFailure(message: "there is no person \(alias)", isHarness: true)
            }
            try await perform(act, by: person, captures: captures)
        case .ehr: try await performEHR(act, captures: captures)
        case .microsoft: try await performMicrosoft(act, captures: captures)
        case .connector: try await performConnector(act, captures: captures)
        }
    }

    /// The person's own browser, with its cookies, for the whole scenario.
    func browser(of person: Person) -> Walker {
        if let walker = browsers[person.alias] { return walker }
        let walker = connector.makeWalker(for: person, in: world, journal: journal, thread: thread)
        browsers[person.alias] = walker
        return walker
    }

    /// A person comes back with a browser that knows nothing.
    func forgetBrowser(of alias: String) { browsers[alias] = nil }

    @discardableResult
    nonisolated func record(
        _ kind: String, by party: Party, exchange: ExchangeID? = nil, _ fields: Members
    ) -> TraceEvent {
        journal.append(EventDraft(kind, by: party, world: world.id, exchange: exchange, fields))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Synchronization
import Trace
import Value
import World

/// One message on its way to a hook of the connector.
struct OutgoingMessage: Sendable {
    let world: WorldID
    let clock: WorldClock
    /// `.graph` or `.sms`.
    let party: Party
    let url: String
    let headers: [(name: String, value: String)]
    var body: Data
    /// Recorded after each attempt, with `status` and `attempt` added; nil records the exchange alone.
    let event: (kind: String, fields: Members)?
    /// Those of messages that travel in the same body.
    var furtherEvents: [(kind: String, fields: Members)] = []
    /// Clock times from a failed attempt to the next one.
    let retries: [Duration]
    /// Set for Event Grid: the topic in whose name the hook is validated before the first event reaches it.
    var eventGridTopic: EventGridTopic?
    var attempt = 1
    /// An answer later than this does not count: the message is sent again.
    var accepts = Duration.seconds(10)
    /// How long an answer is waited for.
    var patience = Duration.seconds(10)
    /// What follows where every attempt failed, such as a `missed` of Graph.
    var ifLost: [OutgoingMessage] = []

    /// Where the message goes, as far as a receiver's pace is concerned.
    var receiver: String { MicrosoftHosts.host(of: String(url.prefix { $0 != "?" })) }
}

/// In whose name Event Grid speaks, and where a receiver may confirm by hand.
struct EventGridTopic: Sendable {
    let name: String
    /// Origin of the mock, for `validationUrl`.
    let origin: String
}

/// Delivers messages, one after the other in each world, and tries again on the world's clock.
///
/// Real time passes only while a hook is answering: a retry waits until the runner moves the clock.
final class NotificationDelivery: Sendable {
    private struct Lane {
        var queue: [OutgoingMessage] = []
        var isRunning = false
        /// Attempts under way outside the queue (validation handshakes).
        var handshakes = 0
        var later: [(due: Instant, message: OutgoingMessage)] = []
        /// Kept back so that it arrives after its successor.
        var held: (due: Instant, message: OutgoingMessage)?
        /// Event Grid hooks that passed their handshake.
        var validated: Set<String> = []
        /// Handshakes a person may still confirm, by code: the hook and the clock time until which.
        var open: [String: (url: String, until: Instant)] = [:]
        /// By host of the receiver.
        var paces: [String: ReceiverPace] = [:]
    }

    /// Event Grid waits so long for the answer of a handshake, and so long for somebody to open `validationUrl`
    /// (wire-protocols 3.2).
    static let eventGridPatience = Duration.seconds(30)
    static let manualValidation = Duration.seconds(300)

    private let lanes = Mutex<[WorldID: Lane]>([:])
    private let sender: any NotificationSender
    private let journal: Journal

    init(sender: any NotificationSender, journal: Journal) {
        self.sender = sender
        self.journal = journal
    }

    /// Sends as soon as the messages before it are through.
    func send(_ message: OutgoingMessage) {
        let start = lanes.withLock { lanes in
            lanes[message.world, default: Lane()].queue.append(message)
            return Self.claim(&lanes, message.world)
        }
        if start { run(message.world) }
    }

    /// Sends once the world's clock reaches `due`.
    func send(_ message: OutgoingMessage, at due: Instant) {
        lanes.withLock { $0[message.world, default: Lane()].later.append((due, message)) }
    }

    /// Sends each pair of messages in the wrong order; a single one leaves two seconds of the clock later.
    func sendSwapped(_ message: OutgoingMessage) {
        let start = lanes.withLock { lanes in
            guard let held = lanes[message.world]?.held else {
                lanes[message.world, default: Lane()].held = (message.clock.now + .seconds(2), message)
                return false
            }
            lanes[message.world]?.held = nil
            lanes[message.world]?.queue += [message, held.message]
            return Self.claim(&lanes, message.world)
        }
        if start { run(message.world) }
    }

    /// Sends each pair of notifications to one receiver in one body; a single one leaves two seconds of the clock later.
    func sendTogether(_ message: OutgoingMessage) {
        let start = lanes.withLock { lanes in
            guard let held = lanes[message.world]?.held else {
                lanes[message.world, default: Lane()].held = (message.clock.now + .seconds(2), message)
                return false
            }
            lanes[message.world]?.held = nil
            lanes[message.world]?.queue += held.message.joined(by: message)
            return Self.claim(&lanes, message.world)
        }
        if start { run(message.world) }
    }

    /// Posts at once and waits for the answer; nil where there was none.
    func handshake(_ message: OutgoingMessage) async -> NotificationAnswer? {
        lanes.withLock { $0[message.world, default: Lane()].handshakes += 1 }
        let answer = await reach(message).0
        lanes.withLock { $0[message.world]?.handshakes -= 1 }
        return answer
    }

    /// Messages that are under way or about to leave.
    func pending(in world: WorldID) -> Int {
        lanes.withLock { lanes in
            guard let lane = lanes[world] else { return 0 }
            return lane.queue.count + (lane.isRunning ? 1 : 0) + lane.handshakes
        }
    }

    /// The next clock time at which something leaves.
    func nextTimer(in world: WorldID) -> Instant? {
        lanes.withLock { lanes in
            guard let lane = lanes[world] else { return nil }
            return (lane.later.map(\.due) + [lane.held?.due].compactMap { $0 }).min()
        }
    }

    /// Lets go what is due at `now`.
    func release(in world: WorldID, at now: Instant) {
        let start = lanes.withLock { lanes in
            guard var lane = lanes[world] else { return false }
            let due = lane.later.filter { $0.due <= now }.sorted { $0.due < $1.due }
            lane.later.removeAll { $0.due <= now }
            lane.queue += due.map(\.message)
            if let held = lane.held, held.due <= now {
                lane.queue.append(held.message)
                lane.held = nil
            }
            lanes[world] = lane
            return Self.claim(&lanes, world)
        }
        if start { run(world) }
    }

    /// Forgets everything that has not left.
    func forget(_ world: WorldID) {
        lanes.withLock { lanes in
            lanes[world]?.queue.removeAll()
            lanes[world]?.later.removeAll()
            lanes[world]?.held = nil
        }
    }

    /// True where a worker must be started; marks it as running.
    private static func claim(_ lanes: inout [WorldID: Lane], _ world: WorldID) -> Bool {
        guard let lane = lanes[world], !lane.isRunning, !lane.queue.isEmpty else { return false }
        lanes[world]?.isRunning = true
        return true
    }

    private func run(_ world: WorldID) {
        Task.detached { [self] in
            while let message = next(world) { await deliver(message) }
        }
    }

    private func next(_ world: WorldID) -> OutgoingMessage? {
        lanes.withLock { lanes in
            guard lanes[world]?.queue.isEmpty == false else {
                lanes[world]?.isRunning = false
                return nil
            }
            return lanes[world]?.queue.removeFirst()
        }
    }

    private func deliver(_ message: OutgoingMessage) async {
        guard isLetThrough(message) else { return }
        let (began, strain) = (ContinuousClock.now, MachineStrain())
        let (answer, exchange) = await reach(message)
        let status = answer?.status ?? 0
        // The bounds are the vendor's, for machines that are not kept busy by a whole suite.
        let took = answer?.took ?? began.duration(to: .now) - MachineStrain().since(strain)
        if message.party == .graph {
            lanes.withLock { lanes in
                lanes[message.world]?.paces[message.receiver, default: ReceiverPace()]
                    .note(took, .graph, at: message.clock.now)
            }
        }
        for event in [message.event].compactMap({ $0 }) + message.furtherEvents {
            var fields = event.fields
            fields["status"] = Value(status)
            if event.kind == "notification.sent" { fields["attempt"] = Value(message.attempt) }
            journal.append(
                EventDraft(event.kind, by: message.party, world: message.world, exchange: exchange, fields))
        }
        if (200..<300).contains(status), took <= message.accepts { return }
        guard message.retries.indices.contains(message.attempt - 1) else {
            for next in message.ifLost { send(next) }
            return
        }
        var again = message
        again.attempt += 1
        send(again, at: message.clock.now + message.retries[message.attempt - 1])
    }

    /// False where the receiver has been so slow that the message waits or is lost.
    private func isLetThrough(_ message: OutgoingMessage) -> Bool {
        guard message.party == .graph, message.event != nil else { return true }
        let now = message.clock.now
        let treatment = lanes.withLock {
            $0[message.world]?.paces[message.receiver]?.treatment(at: now) ?? .normal
        }
        switch treatment {
        case .normal: return true
        case .delayed: send(message, at: now + SlowReceiverRule.graph.penalty)
        case .dropped:
            for next in message.ifLost { send(next, at: now + SlowReceiverRule.graph.penalty) }
        }
        var fields: Members = ["reason": .string(treatment == .delayed ? "slow-receiver-delayed" : "slow-receiver")]
        for name in ["subscription", "meeting"] {
            if let value = message.event?.fields[name] { fields[name] = value }
        }
        journal.append(EventDraft("notification.withheld", by: .graph, world: message.world, exchange: nil, fields))
        return false
    }

    /// Somebody opened an Event Grid handshake's `validationUrl`. False where the code is unknown or too old.
    func confirm(code: String) -> Bool {
        lanes.withLock { lanes in
            for (world, lane) in lanes {
                guard let open = lane.open[code] else { continue }
                lanes[world]?.open[code] = nil
                guard Instant.wall < open.until else { return false }
                lanes[world]?.validated.insert(open.url)
                return true
            }
            return false
        }
    }

    /// The exchange, with Event Grid's handshake before the first one; nil where the hook does not pass it.
    private func reach(_ message: OutgoingMessage) async -> (NotificationAnswer?, ExchangeID?) {
        guard let topic = message.eventGridTopic,
            !lanes.withLock({ $0[message.world]?.validated.contains(message.url) ?? false })
        else { return await exchange(message) }
        let code = UUID().uuidString.uppercased()
        let handshake = OutgoingMessage(
            world: message.world, clock: message.clock, party: message.party, url: message.url,
            headers: SMSEvents.headers("SubscriptionValidation"),
            body: SMSEvents.validation(code: code, topic: topic, at: message.clock.now), event: nil, retries: [],
            patience: Self.eventGridPatience)
        lanes.withLock {
            $0[message.world, default: Lane()].open[code] = (message.url, .wall + Self.manualValidation)
        }
        guard let answer = await exchange(handshake).0, answer.status == 200 else { return (nil, nil) }
        if (try? Value.parseJSON(Array(answer.body)))?["validationResponse"]?.string == code {
            lanes.withLock {
                $0[message.world]?.open[code] = nil
                _ = $0[message.world]?.validated.insert(message.url)
            }
            return await exchange(message)
        }
        // The hook may have opened the address while it was asked.
        let isConfirmed = lanes.withLock { $0[message.world]?.validated.contains(message.url) ?? false }
        return isConfirmed ? await exchange(message) : (nil, nil)
    }

    /// One recorded exchange.
    private func exchange(_ message: OutgoingMessage) async -> (NotificationAnswer?, ExchangeID?) {
        let exchange = journal.nextExchangeID()
        journal.append(
            HTTPMessage.request(
                exchange: exchange, world: message.world, from: message.party, to: .connector, method: "POST",
                url: message.url, headers: message.headers.map { ($0.name, $0.value) },
                body: message.body.isEmpty ? nil : journal.keep(message.body)))
        let (began, strain) = (ContinuousClock.now, MachineStrain())
        let answer = try? await sender.post(
            message.url, headers: message.headers, body: message.body, timeout: message.patience)
        journal.append(
            HTTPMessage.response(
                exchange: exchange, world: message.world, from: .connector, to: message.party,
                status: answer?.status ?? 0,
                headers: answer?.headers.map { ($0.name, $0.value) } ?? [],
                body: answer.flatMap { $0.body.isEmpty ? nil : journal.keep($0.body) },
                duration: began.duration(to: .now), strained: MachineStrain().since(strain)))
        return (answer, exchange)
    }
}

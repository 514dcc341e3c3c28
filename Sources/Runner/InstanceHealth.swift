// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import HTTPTransport
internal import Synchronization
internal import World

/// What is known of a connector's life, so that one that died or hangs is waited for once and not by every scenario.
final class InstanceHealth: Sendable {
    private struct State {
        var gone: String?
        var silence: String?
        var silentAt: ContinuousClock.Instant?
        var restless: Set<WorldID> = []
    }

    private let state = Mutex(State())
    /// How long a silence is believed without asking again.
    private static let memory = Duration.seconds(10)

    /// How its process ended, where nobody asked it to.
    var gone: String? { state.withLock { $0.gone } }
    var isSilent: Bool { state.withLock { $0.silence != nil } }

    /// Gone, or silent a moment ago.
    var knownTrouble: String? {
        state.withLock { state in
            if let gone = state.gone { return gone }
            guard let silence = state.silence, let at = state.silentAt, ContinuousClock.now - at < Self.memory else {
                return nil
            }
            return silence
        }
    }

    func started() {
        state.withLock { state in
            state.gone = nil
            state.silence = nil
        }
    }

    func ended(_ reason: String) { state.withLock { $0.gone = reason } }

    func answered() { state.withLock { $0.silence = nil } }

    func silent(_ reason: String) {
        state.withLock { state in
            state.silence = reason
            state.silentAt = .now
        }
    }

    func isRestless(_ world: WorldID) -> Bool { state.withLock { $0.restless.contains(world) } }
    func markRestless(_ world: WorldID) { state.withLock { _ = $0.restless.insert(world) } }
}

/// One clock, asked with the patience that fits the question.
struct InstanceClock: Sendable {
    /// A move runs every timer on the way.
    let moving: ClockBinding
    /// A look does no work.
    let reading: ClockBinding
    /// Asks one that did not answer whether it does now.
    let probe: ClockBinding

    init(_ settings: ClockSettings, trust: HTTPRequest.TrustAnchors? = nil) {
        moving = ClockBinding(settings, trust: trust)
        reading = ClockBinding(settings, trust: trust, timeout: .seconds(30))
        probe = ClockBinding(settings, trust: trust, timeout: .seconds(2))
    }
}

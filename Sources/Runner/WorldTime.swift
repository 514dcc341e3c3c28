// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import MockWorld
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Moves a world's clock: timer by timer, mocks first, so that everything happens at its own time.
struct WorldTime {
    let world: WorldModel
    let clock: WorldClock
    let mocks: MockWorld
    let journal: Journal
    let connector: ConnectorInstance
    let quiet: Quiet

    /// More timers than this before one target is a connector that spins.
    private let timerLimit = 20_000

    /// Advances to `target`, then records whether the connector is idle past it. Throws where the connector does not answer.
    func advance(to target: Instant) async throws(StepFailure) {
        if connector.isRealTime { return try await wait(until: target) }
        var state = await quiet.settle()
        var timers = 0
        while clock.now < target {
            try check(state)
            timers += 1
            guard timers < timerLimit else {
                throw StepFailure(
                    message: "the connector set \(timerLimit) timers before \(target): its clock never gets there")
            }
            state = try await step(to: min(target, await nextTimer(state) ?? target))
        }
        try check(state)
        record(target, state)
    }

    /// Advances to the next timer of anybody, at most to `deadline`.
    func advanceToNextTimer(
        notAfter deadline: Instant, from state: Quiet.State
    ) async throws(StepFailure) -> Quiet.State {
        try await step(to: min(deadline, await nextTimer(state) ?? deadline))
    }

    // MARK: Real time

    /// Waits for real time to come, then for the silence the deployment declares to be enough. Throws at once where that is
    /// longer than the deployment allows.
    private func wait(until target: Instant) async throws(StepFailure) {
        let settings = connector.deployment.clock
        guard target - clock.now <= settings.longestWait else { throw tooLong(target) }
        while clock.now < target {
            try? await Task.sleep(for: target - clock.now)
            if Task.isCancelled { return }
        }
        await mocks.advance(world.id, to: clock.now)
        record(target, await quiet.silence(of: settings.settle))
    }

    func tooLong(_ target: Instant) -> StepFailure {
        let settings = connector.deployment.clock
        let left = DurationText.format(.seconds(max(1, Int((target - clock.now).inSeconds.rounded(.up)))))
        return StepFailure(
            message: "\(target) is \(left) away, and the connector's clock is real: \(settings.longestWaitText)",
            isTooLong: true)
    }

    /// Waits in real time for news of anybody, at most to `deadline`.
    func awaitNews(after seq: Int, notAfter deadline: Instant) async {
        let left = deadline - clock.now
        guard left > .zero else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await journal.wait(after: seq) }
            group.addTask { try? await Task.sleep(for: left) }
            await group.next()
            group.cancelAll()
        }
    }

    func record(_ target: Instant, _ state: Quiet.State) {
        journal.append(
            EventDraft(
                "clock.advanced", by: .runner, world: world.id,
                [
                    "to": .string(target.description), "idle": .bool(state.isIdle), "pending": Value(state.pending),
                ]))
    }

    func instant(_ time: TimeExpression) throws(StepFailure) -> Instant {
        switch time {
        case .afterNow(let duration): return clock.now + duration
        case .at(let instant): return instant
        case .appointment(let alias, let edge, let offset):
            guard let appointment = world.appointment(alias) else {
                throw StepFailure(message: "there is no appointment \(alias)", isHarness: true)
            }
            let start = appointment.start
            return (edge == .start ? start : start + .seconds(60 * appointment.minutes)) + offset
        }
    }

    private func check(_ state: Quiet.State) throws(StepFailure) {
        if let failure = state.failure {
            throw StepFailure(message: "the connector's clock does not answer: \(failure)")
        }
    }

    private func nextTimer(_ state: Quiet.State) async -> Instant? {
        let candidates = [state.next.map(Self.reached), await mocks.nextTimer(world.id)].compactMap { $0 }.filter {
            $0 > clock.now
        }
        return candidates.min()
    }

    /// A connector that writes milliseconds may have cut off what its timer has beyond them: stopped there, the timer would
    /// not be due, and what it does would happen at the end of the whole stretch.
    private static func reached(_ timer: Instant) -> Instant {
        timer.description.contains(".") ? timer + .milliseconds(1) : timer
    }

    private func step(to instant: Instant) async throws(StepFailure) -> Quiet.State {
        clock.advance(to: instant)
        await mocks.advance(world.id, to: instant)
        do {
            _ = try await connector.advanceClock(world, to: instant)
        } catch {
            throw StepFailure(message: "the connector's clock did not advance to \(instant): \(error)")
        }
        return await quiet.settle()
    }
}

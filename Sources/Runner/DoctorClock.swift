// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import World

/// The clock's contract, tried with a fresh tenant: it can be read, moves by what it is moved, and is idle afterwards.
struct DoctorClock {
    let connector: ConnectorInstance

    func findings(_ world: WorldModel, other: WorldModel?) async -> [DoctorFinding] {
        let settings = connector.deployment.clock
        guard settings.mode != .real else {
            return [
                DoctorFinding(
                    "clock", .warning, "the clock cannot be moved: what cannot be waited for is inconclusive",
                    remedy: "offer clock.read and clock.advance for tests")
            ]
        }
        do {
            let opened = try await connector.openClock(world)
            if let other { _ = try await connector.openClock(other) }
            let target = opened.now + .seconds(60)
            let moved = try await connector.advanceClock(world, to: target)
            let read = try await connector.readClock(world)
            var findings: [DoctorFinding] = []
            if moved.pending != 0 {
                findings.append(
                    DoctorFinding(
                        "clock", .problem,
                        "advance answered with \(moved.pending) pending pieces of work in an idle tenant",
                        remedy: "answer once the work that timers began has ended (`pending: 0`)"))
            }
            if read.now < moved.now {
                findings.append(
                    DoctorFinding(
                        "clock", .problem, "the clock was moved to \(moved.now) and then read as \(read.now)",
                        remedy: "keep the tenant's clock where it was moved to"))
            }
            if settings.scope == .tenant, let other {
                let there = try await connector.readClock(other)
                if there.now > other.start + .seconds(30) {
                    findings.append(
                        DoctorFinding(
                            "clock", .problem, "moving one tenant's clock moved another's too",
                            remedy: "declare scope: process, or keep a clock per tenant"))
                }
            }
            if findings.isEmpty {
                findings.append(DoctorFinding("clock", .ok, "read, moved by a minute, idle at \(read.now)"))
            }
            return findings
        } catch let error as ClockError {
            return [DoctorFinding("clock", .problem, error.message, remedy: error.remedy)]
        } catch {
            return [DoctorFinding("clock", .problem, "\(error)", remedy: "see clock in the deployment file")]
        }
    }
}

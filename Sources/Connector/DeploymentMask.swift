// SPDX-License-Identifier: Apache-2.0

extension Deployment {
    /// This deployment as it is judged by one profile: where the profile stands under `claims.editions`, the connector is
    /// started with that edition's arguments and claims nothing else.
    package func judged(by profile: String?) -> Deployment {
        guard let profile, !claims.profiles.contains(profile), let arguments = claims.editions[profile],
            case .command(let command) = reach
        else { return self }
        var copy = self
        copy.reach = .command(
            CommandReach(
                command: command.command + arguments, environment: command.environment, directory: command.directory,
                ready: command.ready, readyWithin: command.readyWithin, stopWithin: command.stopWithin))
        copy.claims = Claims(
            profiles: [profile], regions: claims.regions, features: claims.features, editions: claims.editions)
        return copy
    }

    /// This deployment with another bound on what is waited for in real time; nil leaves it.
    package func waiting(atMost longest: Duration?) -> Deployment {
        guard let longest else { return self }
        var copy = self
        copy.clock = ClockSettings(
            mode: clock.mode, scope: clock.scope, read: clock.read, advance: clock.advance, settle: clock.settle,
            longestWait: longest)
        return copy
    }

    /// The channels as the judge sees them.
    package var seenChannels: SeenChannels { mask ?? SeenChannels(sms: sms, writeback: writeback) }

    /// This deployment with only what `other` offers: its kinds of evidence, its view of the way out and of its channels, its
    /// operations, its claims. So one can tell what a suite would find in a connector that shows less of itself.
    package func seen(as other: Deployment) -> Deployment {
        var copy = self
        let kinds = Set(other.evidence.map(\.kind))
        copy.evidence = evidence.filter { kinds.contains($0.kind) }
        if other.egress == .unobserved { copy.egress = .unobserved }
        copy.mask = other.seenChannels
        copy.bindings = bindings.filter { other.bindings[$0.key] != nil || other.leavesToMicrosoft($0.key) }
        copy.claims = Claims(
            profiles: claims.profiles.filter(other.claims.profiles.contains), regions: claims.regions,
            features: claims.features.filter { $0.value && other.claims.features[$0.key] == true },
            editions: claims.editions)
        return copy
    }
}

/// Over which channels a connector's messages are seen.
package struct SeenChannels: Sendable {
    package let sms: SMSSource
    package let writeback: WritebackChannel
}

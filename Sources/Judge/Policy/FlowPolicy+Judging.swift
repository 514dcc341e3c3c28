// SPDX-License-Identifier: Apache-2.0

internal import Trace
package import World

extension FlowPolicy {
    /// The hits the policy looks at and does not allow, in their order.
    ///
    /// - Parameter bodies: the bytes of a message's part, for rules that name a place in a body.
    package func judge(
        _ hits: [SurfaceHit], world: FlowWorld, bodies: (SurfaceHit) -> [UInt8] = { _ in [] }
    ) -> [Leak] {
        hits.compactMap { hit in
            guard scope.holds(hit, world) else { return nil }
            let (isAllowed, rule) = decision(hit, world: world, bodies: bodies)
            let elsewhere = region == .own && !hit.isMessage ? foreignRegion(of: hit, world) : nil
            if isAllowed, elsewhere == nil { return nil }
            let carrier = hits.last { other in
                other.canary == hit.canary && other.from == .ehr && other.to == .connector
            }
            return Leak(hit: hit, rule: rule, region: elsewhere, carrier: carrier)
        }
    }

    /// Whether the rules let an appearance be, and the one that decides; nil: none fits, and what is not allowed is
    /// forbidden.
    func decision(
        _ hit: SurfaceHit, world: FlowWorld, bodies: (SurfaceHit) -> [UInt8] = { _ in [] }
    ) -> (isAllowed: Bool, rule: Rule?) {
        // Looked for once a rule asks: most hits are decided before.
        var known: (pointer: String?, isKnown: Bool) = (nil, false)
        let place = rules.indices.first { place in
            rules[place].fits(hit, world) {
                if !known.isKnown { known = (pointer(of: hit, bodies), true) }
                return known.pointer
            }
        }
        guard let place else { return (false, nil) }
        return (rules[place].isAllowed, rules[place])
    }

    private func pointer(of hit: SurfaceHit, _ bodies: (SurfaceHit) -> [UInt8]) -> String? {
        if let known = hit.pointer { return known }
        guard hit.isMessage, hit.surface.hasSuffix("body"), let offset = hit.offset else { return nil }
        return JSONPlace.pointer(at: offset, in: bodies(hit))
    }

    /// The region the surface names, where it is another than the world's.
    private func foreignRegion(of hit: SurfaceHit, _ world: FlowWorld) -> Region? {
        guard let own = world.region, let found = hit.region, found != own else { return nil }
        return found
    }
}

extension SurfaceHit {
    /// The region in whose folder or database the surface lies: a piece of its path that is a region's name.
    package var region: Region? {
        let pieces = surface.split { !$0.isLetter && $0 != "-" }.map { $0.lowercased() }
        return Region.allCases.first { pieces.contains($0.rawValue) }
    }
}

extension FlowPolicy.Scope {
    func holds(_ hit: SurfaceHit, _ world: FlowWorld) -> Bool {
        let place: FlowPolicy.Place = hit.isMessage ? .message : .storage
        guard places.isEmpty || places.contains(place), classes.isEmpty || classes.contains(hit.dataClass),
            !exceptClasses.contains(hit.dataClass), origins.isEmpty || origins.contains(hit.origin)
        else { return false }
        guard roles.isEmpty || world.roles[hit.person].map(roles.contains) ?? false else { return false }
        return to.isEmpty || to.contains { $0.fits(hit.to, hit, world) }
    }
}

extension FlowPolicy.Rule {
    func fits(_ hit: SurfaceHit, _ world: FlowWorld, pointer: () -> String?) -> Bool {
        if let place, (place == .message) != hit.isMessage { return false }
        guard classes.isEmpty || classes.contains(hit.dataClass), origins.isEmpty || origins.contains(hit.origin),
            roles.isEmpty || world.roles[hit.person].map(roles.contains) ?? false,
            from.isEmpty || from.contains(where: { $0.fits(hit.from, hit, world) }),
            to.isEmpty || to.contains(where: { $0.fits(hit.to, hit, world) })
        else { return false }
        if !pointers.isEmpty {
            guard let pointer = pointer(), pointers.contains(where: { JSONPlace.fits(pointer, $0) }) else {
                return false
            }
        }
        guard let until else { return true }
        let edge = until.edge == .start ? world.lastStart : world.lastEnd
        guard let edge, let clock = hit.clock ?? world.lastClock else { return true }
        return clock <= edge + until.offset
    }
}

extension PartyPattern {
    func fits(_ party: Party?, _ hit: SurfaceHit, _ world: FlowWorld) -> Bool {
        guard let party else { return false }
        switch text {
        case "microsoft": return [.entra, .graph, .teams].contains(party)
        case "not-connector": return party != .connector
        case "actor": return party.actorAlias != nil
        case "self": return party.actorAlias.map { $0 == hit.person } ?? false
        default:
            guard text.hasPrefix("actor:") else { return party.rawValue == text }
            return party.actorAlias.flatMap { world.roles[$0]?.rawValue } == String(text.dropFirst(6))
        }
    }
}

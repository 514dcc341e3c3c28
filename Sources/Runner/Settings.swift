// SPDX-License-Identifier: Apache-2.0

internal import MockEHR
internal import MockKit
internal import MockMicrosoft
internal import MockWorld
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Setting the world: clock, faults, EHR data, Microsoft's side.
extension Stage {
    func apply(_ setting: Setting, captures: CaptureStore) async throws {
        switch setting {
        case .clock(let expression): try await time.advance(to: try time.instant(expression))
        case .fault(let value): try arm(value)
        case .ehr(let value):
            try await setEHR(value)
        case .microsoft(let value):
            try await setMicrosoft(value)
        }
    }

    private func setMicrosoft(_ value: Value) async throws {
        try await mocks.microsoft.configure(world.id) { settings in
            if let word = value["subscription"]?.string, let subscription = ConnectorSubscription(rawValue: word) {
                settings.subscription = subscription
            }
            if let person = value["person"]?.string, let licences = value["licences"]?.array {
                settings.licences[person] = Set(licences.compactMap(\.string))
            }
            if let person = value["person"]?.string, value["tenant"] == "foreign" { settings.foreigners.insert(person) }
            if let policy = value["access-policy"]?.bool { settings.accessPolicy = policy }
            if value["numbers"] == "fail" || value["numbers"]?["fail"] == true { settings.numberFails = true }
            if let delay = value["numbers"]?["delay"]?.scalarText.flatMap({ DurationText.parse($0) }) {
                settings.numberDelay = delay
            }
            if let order = value["notifications"]?["reorder"]?.scalarText {
                settings.notifications.reorder = ["yes", "true"].contains(order)
            }
            if let refused = value["sms"]?["refuse"]?.string { settings.refusedRecipients[refused] = 400 }
        }
    }

    private func setEHR(_ value: Value) async throws {
        if value["tokens"] == "expired" { return try await mocks.ehr.expireTokens(in: world.id) }
        if let base = value["base"]?.string {
            if let release = value["release"]?.scalarText {
                try await mocks.ehr.setRelease(release, base: base, in: world.id)
            } else if let flaw = value["identity"]?.string.flatMap(IdentityTampering.init(rawValue:)) {
                try await mocks.ehr.tamper(flaw, base: base, in: world.id)
            }
            return
        }
        guard let person = value["person"]?.string, let field = value["field"]?.string else {
            throw StepFailure(message: "the EHR knows no setting \(value.json())", isHarness: true)
        }
        let new = value["value"]?.scalarText
        switch field {
        case "phone":
            try await mocks.ehr.setPhone(of: person, to: new, in: world.id)
            // Whose telephone rings is Microsoft's side to know.
            try await mocks.microsoft.configure(world.id) { $0.phones[person] = new }
        case "expired-phone":
            try await mocks.ehr.setPhone(of: person, to: nil, in: world.id)
            try await mocks.ehr.addPhone(new ?? "", of: person, expired: true, in: world.id)
        case "email": try await mocks.ehr.setEmail(of: person, to: new, in: world.id)
        case "locale": try await mocks.ehr.setLanguage(of: person, to: new ?? "en-US", in: world.id)
        default: throw StepFailure(message: "this version's EHR cannot change \(field) of a person", isHarness: true)
        }
    }

    private func arm(_ value: Value) throws {
        guard let spec = FaultSpec(value) else {
            throw StepFailure(message: "this is no fault: \(value.json())", isHarness: true)
        }
        let fault = Fault(spec, in: world.id)
        _ = mocks.faults.arm(fault)
        var fields: Members = ["place": .string(fault.place.description), "effect": fault.effect.value]
        if let times = fault.times { fields["times"] = Value(times) }
        record("fault.set", by: .runner, fields)
    }
}

extension Fault {
    /// The armed form of what a scenario states; a path without wildcard may stand behind any tenant's prefix.
    init(_ spec: FaultSpec, in world: WorldID) {
        let effect: FaultEffect
        switch spec.effect {
        case .status(let status, let retryAfter): effect = .status(status, retryAfter: retryAfter)
        case .latency(let duration): effect = .latency(duration)
        case .drop: effect = .drop
        case .malformed: effect = .malformedBody
        case .locked: effect = MockEHR.lockFailed
        case .redirect(let target): effect = .redirect(target)
        case .timeout(let bound): effect = bound.map { .timeout($0) } ?? .timeout()
        }
        let path = spec.path ?? "**"
        self.init(
            at: FaultPlace(party: spec.place, method: spec.method, path: path.hasPrefix("**") ? path : "**" + path),
            effect, in: world, skip: spec.nth - 1, times: spec.times, afterWork: spec.afterWork)
    }
}

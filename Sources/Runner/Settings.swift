// SPDX-License-Identifier: Apache-2.0

internal import Connector
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
        do {
            try await mocks.microsoft.change(value.members ?? [:], in: world.id) { DurationText.parse($0) }
        } catch let error as MockMicrosoftError {
            throw StepFailure(message: error.description, isHarness: true)
        }
    }

    private func setEHR(_ value: Value) async throws {
        if value["tokens"] == "expired" { return try await mocks.ehr.expireTokens(in: world.id) }
        if let word = value["refresh"]?.string {
            return try await mocks.ehr.throttleRefresh(word == "throttled", in: world.id)
        }
        if let delay = value["registration-after"]?.string.flatMap({ DurationText.parse($0) }) {
            return try await mocks.ehr.delayRegistration(by: delay, in: world.id)
        }
        if let alias = value["appointment"]?.string {
            if let status = value["status"]?.string {
                return try await mocks.ehr.setStatus(of: alias, to: status, in: world.id)
            }
            let condition = value["condition"]?.string.flatMap(AppointmentCondition.init(rawValue:)) ?? .free
            return try await mocks.ehr.setCondition(condition, of: alias, in: world.id)
        }
        if let word = value["signing-keys"]?.string {
            return try await mocks.ehr.changeKeys(in: world.id, withdrawing: word == "withdraw")
        }
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
        case "locale": try await mocks.ehr.setLanguage(of: person, to: new, in: world.id)
        default: throw StepFailure(message: "this version's EHR cannot change \(field) of a person", isHarness: true)
        }
    }

    private func arm(_ value: Value) throws {
        guard let spec = FaultSpec(value) else {
            throw StepFailure(message: "this is no fault: \(value.json())", isHarness: true)
        }
        let fault = Fault(
            spec, in: world.id, now: clock.now, writeback: mocks.ehr.writebackFaults,
            texts: FaultPlace(textsOf: connector.deployment.sms))
        _ = mocks.faults.arm(fault)
        var fields: Members = ["place": .string(fault.place.description), "effect": fault.effect.value]
        if let times = fault.times { fields["times"] = Value(times) }
        record("fault.set", by: .runner, fields)
    }
}

extension Fault {
    /// The armed form of what a scenario states; a path without wildcard may stand behind any tenant's prefix.
    /// - Parameters:
    ///   - writeback: of the channel in use.
    ///   - texts: where the gateway in use takes text messages.
    init(_ spec: FaultSpec, in world: WorldID?, now: Instant, writeback: WritebackFaults, texts: FaultPlace) {
        let place: FaultPlace
        switch spec.place {
        case .party(let party):
            let path = spec.path ?? "**"
            place = FaultPlace(party: party, method: spec.method, path: path.hasPrefix("**") ? path : "**" + path)
        case .writeback: place = writeback.place
        case .textMessages: place = texts
        }
        self.init(
            at: place, FaultEffect(spec.effect, locked: writeback.locked), in: world, skip: spec.nth - 1,
            times: spec.times, afterWork: spec.afterWork, until: spec.lasting.map { now + $0 },
            chance: Double(spec.percent) / 100)
    }
}

extension FaultPlace {
    /// Azure's gateway: `POST {endpoint}/sms`.
    static let azureTexts = FaultPlace(party: .sms, method: "POST", path: "**/sms")

    /// Where text messages are handed in.
    init(textsOf source: SMSSource) {
        switch source {
        case .azure, .none: self = .azureTexts
        // `sendVirtualAppointmentSms` and `sendVirtualAppointmentReminderSms` of a meeting.
        case .graph: self.init(party: .graph, method: "POST", path: "**/*sendVirtualAppointment*")
        case .sink(let sink):
            self.init(party: .sms, method: sink.endpoint.method, path: sink.endpoint.path.pattern)
        }
    }
}

extension FaultEffect {
    init(_ effect: FaultSpec.Effect, locked: FaultEffect) {
        self =
            switch effect {
            case .status(let status, let retryAfter, let asDate):
                .status(status, retryAfter: retryAfter, asDate: asDate)
            case .latency(let duration): .latency(duration)
            case .delay("uniform", let low, let high): .delay(.uniform(low, high))
            case .delay("normal", let mean, let deviation): .delay(.normal(mean: mean, deviation: deviation))
            case .delay(_, let mean, _): .delay(.exponential(mean: mean))
            case .drip(let bytes): .drip(bytes: bytes, pause: .milliseconds(100))
            case .drop: .drop
            case .hangUp: .hangUp
            case .reset: .reset
            case .truncate(let bytes): .truncate(bytes: bytes)
            case .badChunks: .badChunks
            case .duplicate: .duplicate
            case .reorder(let bound): .reorder(within: bound)
            case .malformed: .malformedBody
            case .locked: locked
            case .redirect(let target): .redirect(target)
            case .timeout(let bound): bound.map { .timeout($0) } ?? .timeout()
            case .contentType(let type): .contentType(type)
            case .oversize(let bytes): .oversize(bytes: bytes)
            case .skew(let offset): .skew(offset)
            case .entraError(let code): .entraError(code)
            case .issue(let code): .issue(code)
            case .revokedToken: .revokedToken
            case .tls(let word): .tls(TLSTrouble(rawValue: word) ?? .expired)
            }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import MockEHR
internal import MockMicrosoft
internal import MockWorld
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// What the EHR, Microsoft and the connector's operator do.
extension String {
    /// With and without a trailing slash a base URL is one and the same.
    fileprivate func isSameBase(as other: String) -> Bool {
        func bare(_ text: String) -> Substring { text.hasSuffix("/") ? text.dropLast() : text[...] }
        return bare(self) == bare(other)
    }
}

extension Stage {
    func performEHR(_ act: Act, captures: CaptureStore) async throws {
        switch act.verb {
        case .books: try await book(act, captures)
        case .moves:
            let alias = try captures.text(act.object)
            guard case .text(let template)? = act.argument("to"),
                let target = TimeExpression(parsing: try captures.text(template))
            else { throw StepFailure(message: "`ehr moves` needs a time in `to`", isHarness: true) }
            try await mocks.ehr.move(alias, to: try time.instant(target), in: world.id)
            try await notify(alias, "moved")
        case .cancels:
            let alias = try captures.text(act.object)
            try await mocks.ehr.cancel(alias, in: world.id)
            try await notify(alias, "cancelled")
        case .installs:
            let list = try captures.resolve(act.object)
            let shown = (list.array ?? []).compactMap { record(from: $0) }
            // Of what a portal shows an analyst takes over what is theirs; that it shows a stranger's too is for a check to say.
            let own = shown.filter { record in world.bases.contains { $0.url.isSameBase(as: record.baseURL) } }
            let records = own.isEmpty ? shown : own
            guard !records.isEmpty else {
                throw StepFailure(message: "there are no integration records to install: \(list.json())")
            }
            if let misplaced = act.argument("misplaced-at"),
                let base = try captures.resolve(misplaced).scalarText
            {
                let foreign = records.filter { $0.baseURL != world.base(base)?.url }
                try await mocks.ehr.install(records: foreign, misplacedAt: base, in: world.id)
            } else {
                try await mocks.ehr.install(records: records, in: world.id)
            }
        default: throw StepFailure(message: "the EHR does not \(act.verb.rawValue)", isHarness: true)
        }
    }

    /// An integration record as a binding read it off the portal.
    private func record(from value: Value) -> IntegrationRecord? {
        guard let role = value["role"]?.string, let baseURL = value["base-url"]?.string,
            let launchURL = value["launch-url"]?.string
        else { return nil }
        return IntegrationRecord(
            role: role == "patient" ? .patient : .provider, baseURL: baseURL, launchURL: launchURL,
            parameters: value["parameters"]?.string)
    }

    private func book(_ act: Act, _ captures: CaptureStore) async throws {
        let alias = try captures.text(act.object)
        _ = try await mocks.ehr.book(alias, in: world.id)
        try await notify(alias, "booked")
    }

    /// Tells the connector of a change where the deployment says how; otherwise it must find out by itself.
    private func notify(_ alias: String, _ change: String) async throws {
        guard connector.executor.knows("ehr.notify"), let appointment = world.appointment(alias),
            let base = world.base(appointment.base)
        else { return }
        let outcome = await connector.executor.run(
            "ehr.notify",
            arguments: ["base-url": base.url, "base": base.url, "appointment": appointment.fhirID, "change": change],
            harness: connector.names(world: world), as: connector.makeWalker(for: nil, in: world, journal: journal))
        guard outcome.kind != .unmatched else {
            throw StepFailure(
                message: "the binding ehr.notify does not fit the connector: \(outcome.message)", isBinding: true)
        }
        record(
            "ehr.notified", by: .runner,
            [
                "appointment": .string(alias), "change": .string(change), "status": Value(outcome.status),
            ])
    }

    func performMicrosoft(_ act: Act, captures: CaptureStore) async throws {
        let what = try captures.text(act.object)
        let isSent: Bool
        switch what {
        case "duplicate-notification": isSent = try await mocks.microsoft.repeatNotification(in: world.id)
        case "forged-notification": isSent = try await mocks.microsoft.forgeNotification(in: world.id)
        default:
            try await mocks.microsoft.configure(world.id) { $0.notifications.delay = .seconds(30) }
            isSent = true
        }
        guard isSent else {
            throw StepFailure(
                message: "there is no \(what) to deliver: the connector has not subscribed to anything yet")
        }
    }

    func performConnector(_ act: Act, captures: CaptureStore) async throws {
        let how = try captures.text(act.object)
        switch act.verb {
        case .restarts:
            try await connector.stop(how, journal: journal)
            try await connector.start(journal: journal)
        case .stops: try await connector.stop(how, journal: journal)
        case .starts: try await connector.start(journal: journal)
        default: throw StepFailure(message: "the connector is not told to \(act.verb.rawValue)", isHarness: true)
        }
    }
}

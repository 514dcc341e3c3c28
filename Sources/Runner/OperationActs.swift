// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Operations of the connector, done through the deployment's bindings.
extension Stage {
    func operate(_ act: Act, by person: Person, captures: CaptureStore) async throws {
        let operation = try captures.text(act.object)
        guard connector.executor.knows(operation) else {
            throw StepFailure(
                message: "the deployment has no binding for the operation \(operation): add bindings.\(operation)",
                isBinding: true)
        }
        let arguments = try arguments(act, captures)
        record(
            "operation.started", by: .actor(person.alias),
            [
                "operation": .string(operation), "by": .string(person.alias), "arguments": .object(arguments),
            ])
        var values: [String: String] = [:]
        for argument in arguments { values[argument.name] = argument.value.scalarText ?? argument.value.json() }
        if let appointment = arguments["appointment"]?.string.flatMap(world.appointment),
            let base = world.base(appointment.base)
        {
            values["appointment"] = appointment.fhirID
            values["base-url"] = values["base-url"] ?? base.url
        }
        let outcome = await connector.executor.run(
            operation, arguments: values, harness: connector.names(world: world), as: browser(of: person))
        for walk in outcome.walks { report(walk, of: person) }
        guard outcome.kind != .unmatched else {
            throw StepFailure(
                message: "the binding \(operation) does not fit the connector: \(outcome.message)", isBinding: true)
        }
        record(
            "operation.completed", by: .connector,
            [
                "operation": .string(operation), "by": .string(person.alias), "outcome": .string(outcome.kind.rawValue),
                "status": Value(outcome.status), "message": .string(String(outcome.message.prefix(1000))),
                "values": .object(outcome.values), "observability": .string("observed"),
            ])
    }

    private func arguments(_ act: Act, _ captures: CaptureStore) throws -> Members {
        var members = Members()
        for (name, value) in act.arguments { members[name] = try captures.resolve(value) }
        return members
    }
}

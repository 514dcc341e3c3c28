// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import HTTPTransport
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Operations of the connector, done through the deployment's bindings.
extension Stage {
    func operate(_ act: Act, by person: Person, captures: CaptureStore) async throws {
        let operation = try captures.text(act.object)
        guard let binding = connector.deployment.bindings[operation] else {
            if connector.deployment.leavesToMicrosoft(operation) {
                return passOver(operation, by: person)
            }
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
        let outcome = try await carryOut(binding, values, by: person)
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
                "values": .object(outcome.values),
                "observability": .string(binding.isAttested ? "attested" : "observed"),
            ])
    }

    /// What Microsoft does in the connector's place. The numbers are words that scenarios can link and tell apart.
    private func passOver(_ operation: String, by person: Person) {
        let asked = journal.events(of: world.id).count {
            $0.kind == "operation.completed" && $0["operation"] == "request-number"
        }
        let numbers: [Value] = asked == 0 ? [] : (1...asked).map { .string("graph-\($0)") }
        record(
            "operation.completed", by: .connector,
            [
                "operation": .string(operation), "by": .string(person.alias), "outcome": "accepted",
                "message": "Text messages through Microsoft Graph leave from numbers of Microsoft's.",
                "values": ["numbers": .array(numbers)], "observability": "not-observable",
            ])
    }

    private func arguments(_ act: Act, _ captures: CaptureStore) throws -> Members {
        var members = Members()
        for (name, value) in act.arguments { members[name] = try captures.resolve(value) }
        return members
    }

    /// Does it in the binding's way. Throws a `StepFailure` where nobody is there to do it.
    func carryOut(
        _ binding: Binding, _ arguments: [String: String], by person: Person
    ) async throws -> BindingOutcome {
        let harness = connector.names(world: world)
        switch binding.way {
        case .steps:
            return await connector.executor.run(
                binding.operation, arguments: arguments, harness: harness, as: browser(of: person))
        case .external(let call): return try await command(call, binding, arguments, by: person)
        case .human(let call): return try await ask(call, binding, arguments, by: person)
        }
    }

    // MARK: Somebody else's hands

    /// Lets the deployment's command do it, through a proxy that records what it sends. With `accepted` the harness judges
    /// the last answer of the connector it saw there; otherwise the command's word counts, attested.
    private func command(
        _ call: ExternalCall, _ binding: Binding, _ arguments: [String: String], by person: Person
    ) async throws -> BindingOutcome {
        let walker = browser(of: person)
        let surroundings = connector.surroundings
        var hosts = surroundings.hostNames
        if let own = WebAddress(connector.url)?.host, !hosts.contains(own) { hosts.append(own) }
        let proxy = try await ActorProxy.start(
            for: walker, in: world.id, journal: journal, authority: surroundings.runAuthority, hosts: hosts)
        let operation = operation(
            binding, arguments, by: person, walker, proxy: proxy.origin, isForTunnels: proxy.looksIntoTunnels)
        let attestation = await call.run(operation)
        await proxy.stop()
        for report in attestation.reports { self.report(report, "external", binding, by: person) }
        let said = attestation.outcome
        guard !binding.isAttested, said.kind != .unmatched else { return said }
        return connector.executor.judge(binding, walks: proxy.walks, values: operation.values)
    }

    private func ask(
        _ call: HumanCall, _ binding: Binding, _ arguments: [String: String], by person: Person
    ) async throws -> BindingOutcome {
        let walker = browser(of: person)
        let operation = operation(binding, arguments, by: person, walker, proxy: "")
        let text: String
        do { text = try call.ask.resolved(operation.values) } catch {
            throw StepFailure(message: error.description, isBinding: true)
        }
        guard let desk = options.desk else {
            throw StepFailure(
                message: "\(binding.operation) is done by a person, and nobody is there to ask", isBinding: true)
        }
        let question = HumanQuestion(
            operation: binding.operation, actor: person.alias, text: text,
            accounts: walker.accounts.sorted { $0.key < $1.key }.map { ($0.key, $0.value.user, $0.value.password) },
            values: call.values, within: call.within)
        guard let answer = await desk.ask(question) else {
            throw StepFailure(
                message:
                    "\(binding.operation) was to be done by a person, and nobody answered within \(DurationText.format(call.within))",
                isBinding: true)
        }
        report(
            ["outcome": .string(answer.outcome.rawValue), "message": .string(answer.message)], "human", binding,
            by: person)
        let kind: BindingOutcome.Kind =
            switch answer.outcome {
            case .accepted: .accepted
            case .refused: .refused
            case .failed: .failed
            }
        return BindingOutcome(kind: kind, message: answer.message, status: 0, values: answer.values, walks: [])
    }

    private func operation(
        _ binding: Binding, _ arguments: [String: String], by person: Person, _ walker: Walker, proxy: String,
        isForTunnels: Bool = false
    ) -> AttestedOperation {
        let harness = connector.names(world: world)
        return AttestedOperation(
            operation: binding.operation, actor: person.alias, world: world.id.rawValue, arguments: arguments,
            harness: harness, accounts: walker.accounts, proxy: proxy, authority: harness["mocks.ca"] ?? "",
            isForTunnels: isForTunnels)
    }

    private func report(_ report: Members, _ via: String, _ binding: Binding, by person: Person) {
        record(
            "actor.reported", by: .actor(person.alias),
            [
                "by": .string(person.alias), "operation": .string(binding.operation), "via": .string(via),
                "report": .object(report),
            ])
    }
}

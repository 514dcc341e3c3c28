// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Value

/// An operation that somebody else does for the harness, with all they need for it.
package struct AttestedOperation: Sendable {
    package let operation: String
    /// The person's alias.
    package let actor: String
    package let world: String
    package let arguments: [String: String]
    /// Of ``Binding/harnessNames``.
    package let harness: [String: String]
    /// By provider: `microsoft`, `ehr`. Synthetic.
    package let accounts: [String: Walker.Account]
    /// A forward proxy that records what the actor sends.
    package let proxy: String
    /// PEM file to trust; empty where nothing beside the system's authorities is needed.
    package let authority: String
    /// Whether the proxy is one for https too.
    package let isForTunnels: Bool

    package init(
        operation: String, actor: String, world: String, arguments: [String: String], harness: [String: String],
        accounts: [String: Walker.Account], proxy: String, authority: String,
        isForTunnels: Bool = false
    ) {
        self.isForTunnels = isForTunnels
        self.operation = operation
        self.actor = actor
        self.world = world
        self.arguments = arguments
        self.harness = harness
        self.accounts = accounts
        self.proxy = proxy
        self.authority = authority
    }

    /// Every name a template of the binding may use.
    package var values: [String: String] {
        var values = Dictionary(uniqueKeysWithValues: Binding.argumentNames.map { ($0, "") })
        values.merge(harness) { _, new in new }
        values.merge(arguments) { _, new in new }
        values["actor"] = actor
        return values
    }
}

/// What somebody said of an operation they did.
package struct Attestation: Sendable {
    package let outcome: BindingOutcome
    /// Lines without an outcome: addresses visited, things seen.
    package let reports: [Members]
}

extension ExternalCall {
    /// Runs the command to its end. It finds what it needs in its environment and, as one JSON object, on its standard
    /// input; it prints a JSON object a line, the last with `outcome`: accepted, refused or failed.
    package func run(_ operation: AttestedOperation) async -> Attestation {
        var reports: [Members] = []
        func unmatched(_ message: String) -> Attestation {
            Attestation(
                outcome: BindingOutcome(
                    kind: .unmatched, message: message, status: 0, values: Members(), walks: []), reports: reports)
        }
        let result: CommandRunner.Result
        do {
            let values = operation.values
            var command: [String] = []
            for template in self.command { command.append(try template.resolved(values)) }
            var environment = Self.environment(operation)
            for (name, template) in self.environment { environment[name] = try template.resolved(values) }
            result = try await CommandRunner.run(
                command, environment: environment, directory: try directory?.resolved(values),
                input: Data(Self.input(operation).json().utf8) + Data("\n".utf8), within: within)
        } catch {
            return unmatched("\(error)")
        }
        var end: Value?
        for line in String(decoding: result.output, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let value = try? Value.parseJSON(String(line)), let members = value.members else {
                return unmatched("\(name) printed a line that is no JSON object: \(line.prefix(200))")
            }
            if members["outcome"] != nil { end = value } else { reports.append(members) }
        }
        guard result.status.isSuccess else {
            return unmatched("\(name) ended with \(result.status): \(result.errors.suffix(300))")
        }
        guard let end else { return unmatched("\(name) ended without saying an outcome") }
        let word = end["outcome"]?.string ?? ""
        guard let kind = BindingOutcome.Kind(rawValue: word), kind != .unmatched else {
            return unmatched("\(name) says \"\(word)\", which is none of: accepted, refused, failed")
        }
        return Attestation(
            outcome: BindingOutcome(
                kind: kind, message: end["message"]?.string ?? "", status: end["status"]?.int ?? 0,
                values: end["values"]?.members ?? Members(), walks: []), reports: reports)
    }

    private var name: String { command.first?.text ?? "the command" }

    private static func environment(_ operation: AttestedOperation) -> [String: String] {
        var environment = [
            "ASSAY_OPERATION": operation.operation, "ASSAY_ACTOR": operation.actor, "ASSAY_WORLD": operation.world,
            "ASSAY_PROXY": operation.proxy, "http_proxy": operation.proxy, "HTTP_PROXY": operation.proxy,
        ]
        if operation.isForTunnels {
            environment["https_proxy"] = operation.proxy
            environment["HTTPS_PROXY"] = operation.proxy
        }
        if !operation.authority.isEmpty {
            environment["ASSAY_CA"] = operation.authority
            environment["SSL_CERT_FILE"] = operation.authority
        }
        return environment
    }

    private static func input(_ operation: AttestedOperation) -> Value {
        func object(_ values: [String: String]) -> Value {
            .object(Members(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        }
        let accounts = operation.accounts.sorted { $0.key < $1.key }.map { provider, account -> (String, Value) in
            (provider, ["user": .string(account.user), "password": .string(account.password)])
        }
        return [
            "operation": .string(operation.operation), "actor": .string(operation.actor),
            "world": .string(operation.world), "arguments": object(operation.arguments),
            "connector": Value(operation.harness["connector"]), "tenant": Value(operation.harness["tenant"]),
            "accounts": .object(Members(accounts)), "proxy": .string(operation.proxy),
            "ca": .string(operation.authority),
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Connector

/// What a deployment file may say and this version, or this machine, does not do: refused before any traffic, never quietly
/// ignored.
enum SupportedSetup {
    /// Throws a `RunError` that names everything at once.
    static func check(_ deployment: Deployment) async throws {
        var missing: [String] = []
        if deployment.egress == .namespace, let trouble = await IsolatedNetwork.trouble() {
            missing.append(
                "egress namespace: this machine gives the connector no network of its own (\(trouble)); \(IsolatedNetwork.rights)"
            )
        }
        let commands = deployment.bindings.values.filter { if case .external = $0.way { true } else { false } }
        if deployment.mocks.tls == .files, !commands.isEmpty {
            missing.append(
                "\(commands.map(\.operation).sorted().joined(separator: ", ")): what a command sends to the mocks under somebody else's certificate cannot be told from the connector's messages; use mocks.tls: run-ca"
            )
        }
        guard missing.isEmpty else {
            throw RunError(
                "The deployment \(deployment.id) asks for what cannot be done here.",
                remedy: missing.joined(separator: "\n  = "))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Connector

/// What a deployment file may say and this version does not do yet: refused before any traffic, never quietly ignored.
enum SupportedSetup {
    /// Throws a `RunError` that names everything at once.
    static func check(_ deployment: Deployment) throws {
        var missing: [String] = []
        if deployment.egress == .namespace {
            missing.append(
                "egress namespace: a network of the connector's own is not built; use proxy, which shows what respects HTTP_PROXY, or unobserved"
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
                "The deployment \(deployment.id) asks for what this version of Assay does not do yet.",
                remedy: missing.joined(separator: "\n  = "))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Connector

/// What a deployment file may say and this version does not do yet: refused before any traffic, never quietly ignored.
enum SupportedSetup {
    /// Throws a `RunError` that names everything at once.
    static func check(_ deployment: Deployment) throws {
        var missing: [String] = []
        if deployment.egress == .namespace {
            missing.append("egress namespace: use proxy, or unobserved")
        }
        guard missing.isEmpty else {
            throw RunError(
                "The deployment \(deployment.id) asks for what this version of Assay does not do yet.",
                remedy: missing.joined(separator: "\n  = "))
        }
    }
}

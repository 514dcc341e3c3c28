// SPDX-License-Identifier: Apache-2.0

internal import Connector

/// What a deployment file may say and this version does not do yet: refused before any traffic, never quietly ignored.
enum SupportedSetup {
    /// Throws a `RunError` that names everything at once.
    static func check(_ deployment: Deployment) throws {
        var missing: [String] = []
        if deployment.clock.mode == .real {
            missing.append("clock.mode real (waiting in real time): give the connector a clock that can be moved")
        }
        if deployment.clock.scope == .process {
            missing.append("clock.scope process: give the connector's clock tenant scope")
        }
        if deployment.egress == .namespace {
            missing.append("egress namespace: use proxy, or unobserved")
        }
        if deployment.mocks.tls != .none {
            missing.append("mocks.tls: the mocks speak plain HTTP on loopback in this version")
        }
        if deployment.mocks.publicURL != nil {
            missing.append("mocks.public-url: the connector must run on this machine in this version")
        }
        if deployment.mocks.isMicrosoftReal {
            missing.append("microsoft: real: use the mock")
        }
        if deployment.worlds.mode != .fresh {
            missing.append("worlds.mode \(deployment.worlds.mode.rawValue): use fresh")
        }
        guard missing.isEmpty else {
            throw RunError(
                "The deployment \(deployment.id) asks for what this version of Assay does not do yet.",
                remedy: missing.joined(separator: "\n  = "))
        }
    }
}

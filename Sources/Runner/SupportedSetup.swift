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
        if deployment.mocks.tls != .none {
            missing.append("mocks.tls: the mocks speak plain HTTP on loopback in this version")
        }
        if !deployment.mocks.publicURLs.isEmpty {
            missing.append("mocks.public-url: the connector must run on this machine in this version")
        }
        if deployment.mocks.isMicrosoftReal {
            missing.append("microsoft: real: use the mock")
        }
        if case .azure = deployment.sms {} else {
            missing.append("sms: the connector must use the mock of Azure Communication Services in this version")
        }
        guard missing.isEmpty else {
            throw RunError(
                "The deployment \(deployment.id) asks for what this version of Assay does not do yet.",
                remedy: missing.joined(separator: "\n  = "))
        }
    }
}

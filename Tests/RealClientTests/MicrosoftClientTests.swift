// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Microsoft's own libraries, unmodified, against `assay mock`. Where one cannot be installed, its test says so and is
/// skipped.
@Suite struct MicrosoftClientTests {
    private func python(_ name: String, _ packages: String...) async throws -> URL {
        do { return try await PythonClients.python(name, packages: packages) } catch let missing
            as PythonClients.Missing
        {
            try Test.cancel("not tried: \(missing)")
        }
    }

    /// TLS is what MSAL insists on.
    private static let secured = ["--vendor", "cerner", "--tls"]

    private func expect(_ script: String, _ python: URL, _ options: [String]) async throws {
        let ended: BuiltAssay.Ended
        do {
            ended = try await Turnstile.shared.pass {
                try await MockStage.with(options) { try await $0.run(script, with: python) }
            }
        } catch let refused as MockStage.Refused {
            try Test.cancel("not tried: \(refused)")
        }
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.lastLine.hasSuffix(" hold"), "\(ended)")
    }

    @Test func `msal signs in by secret, certificate, code and on behalf of a person`() async throws {
        let python = try await python("msal", "msal==1.39.0", "requests", "cryptography")
        try await expect("ms_msal.py", python, Self.secured)
    }

    @Test(arguments: [["--vendor", "cerner"], secured])
    func `azure-communication sends text messages and buys numbers`(options: [String]) async throws {
        let python = try await python(
            "azure-communication", "azure-communication-sms==1.1.0", "azure-communication-phonenumbers==1.4.0")
        try await expect("ms_sms.py", python, options)
    }

    @Test(arguments: [["--vendor", "cerner"], secured])
    func `msgraph-sdk creates a meeting and a subscription`(options: [String]) async throws {
        let python = try await python("msgraph", "msgraph-sdk==1.65.0")
        try await expect("ms_graph.py", python, options)
    }
}

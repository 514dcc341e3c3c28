// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// FHIR libraries of others, unmodified, against `assay mock`. Where one cannot be installed, its test says so and is
/// skipped.
@Suite struct FHIRClientTests {
    private func expect(_ script: String, _ packages: String...) async throws {
        let python: URL
        do { python = try await PythonClients.python("fhir", packages: packages) } catch let missing
            as PythonClients.Missing
        {
            try Test.cancel("not tried: \(missing)")
        }
        let ended = try await Turnstile.shared.pass {
            try await MockStage.with(["--launch-url", "http://localhost:8080/launch"]) {
                try await $0.run(script, with: python)
            }
        }
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.lastLine.hasSuffix(" hold"), "\(ended)")
    }

    @Test func `fhirclient launches to the patient and the appointment`() async throws {
        try await expect("fhir_fhirclient.py", "fhirclient==4.4.0", "fhirpy==2.3.1")
    }

    @Test func `fhirpy searches, pages, writes and patches`() async throws {
        try await expect("fhir_fhirpy.py", "fhirclient==4.4.0", "fhirpy==2.3.1")
    }
}

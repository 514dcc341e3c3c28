// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value

@Suite struct DoctorCommandTests {
    @Test func `the reference connector's set-up is sound`() throws {
        let result = try AssayProgram.run(["doctor", "--json"])
        #expect(result.status == 0)
        let findings = try Value.parseJSON(result.output)["findings"]?.array ?? []
        func states(_ area: String) -> Set<String> {
            Set(findings.filter { $0["area"]?.string == area }.compactMap { $0["state"]?.string })
        }
        #expect(states("clock") == ["ok"])
        #expect(states("reach") == ["ok"])
        #expect(states("callbacks").contains("ok"))
        #expect(!states("evidence").contains("problem"))
    }

    @Test func `everything that is wrong is told at once, with remedies`() throws {
        try AssayProgram.inFolder { folder in
            let file = try folder.put(
                "d.yaml",
                """
                id: mine
                reach: {url: "http://127.0.0.1:9"}
                registrations:
                  cerner: {client-id: a, client-secret: b, redirect-uris: []}
                claims: {profiles: [cerner-2022-6], features: {smss: true}}
                clock:
                  mode: virtual
                  scope: tenant
                  read: {request: {url: "$(connector)/clock"}}
                  advance: {request: {method: POST, url: "$(connector)/clock"}}
                bindings:
                  read-numbers:
                    steps: [{open: "$(connector)/numbers"}]
                    read: {numbers: {json: "numbers.x"}}
                """)
            let result = try AssayProgram.run(["doctor", "--deployment", file, "--json"])
            #expect(result.status == 3)
            let findings = try Value.parseJSON(result.output)["findings"]?.array ?? []
            let problems = findings.filter { $0["state"] == "problem" }
            for area in ["claims", "registrations", "reach", "clock"] {
                #expect(problems.contains { $0["area"]?.string == area }, "\(area)")
            }
            #expect(problems.allSatisfy { $0["remedy"]?.string?.isEmpty == false })
            #expect(problems.contains { $0["remedy"] == "did you mean cerner-2022-06?" })
            #expect(!result.output.contains("nonconformant"))
        }
    }

    @Test func `a file that cannot be read is shown with its places`() throws {
        try AssayProgram.inFolder { folder in
            let file = try folder.put("d.yaml", "id: mine\nreech: {}\n")
            let result = try AssayProgram.run(["doctor", "--deployment", file])
            #expect(result.status == 3)
            #expect(result.output.contains("d.yaml:2:1: error:"))
        }
        #expect(try AssayProgram.run(["doctor", "--deployment", "/no/such/file"]).status == 3)
    }
}

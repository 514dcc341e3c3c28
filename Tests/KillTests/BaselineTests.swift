// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// `run --baseline`: known failures change the exit code, never the word.
struct BaselineTests {
    private let run = ["run", "--only", "cerner-portal-sign-in", "--defect", "portal-any-role"]

    @Test func `failures are known by what a run without them printed to be pasted`() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("known-failures: []\n", to: "none.yaml")
        let first = try await Turnstile.shared.pass {
            try await BuiltAssay.run(run + ["--baseline", "none.yaml", "--out", "a"], in: folder.url)
        }
        #expect(first.status == 1, "\(first)")
        let pasted = first.lines.filter { $0.hasPrefix("  - check: ") || $0 == "    comment: \"\"" }
        #expect(pasted.count >= 2)
        _ = try folder.write("known-failures:\n" + pasted.joined(separator: "\n") + "\n", to: "empty.yaml")
        let refused = try await BuiltAssay.run(run + ["--baseline", "empty.yaml", "--out", "b"], in: folder.url)
        #expect(refused.status == 3, "a comment is mandatory: \(refused)")
        let filled = pasted.map { $0.replacing("\"\"", with: "ticket 12") }.joined(separator: "\n")
        _ = try folder.write("known-failures:\n" + filled + "\n", to: "known.yaml")
        let second = try await Turnstile.shared.pass {
            try await BuiltAssay.run(run + ["--baseline", "known.yaml", "--out", "c"], in: folder.url)
        }
        #expect(second.status == 0, "\(second)")
        #expect(second.lastLine.hasPrefix("verdict: nonconformant ("))
        #expect(second.output.contains("ticket 12"))
    }

    @Test func `an unexpected pass fails, a stale id is refused before anything runs`() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(
            "known-failures:\n  - check: cerner-portal-sign-in/staff-cannot-list\n    comment: once\n", to: "old.yaml")
        let passed = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                ["run", "--only", "cerner-portal-sign-in", "--baseline", "old.yaml", "--out", "a"], in: folder.url)
        }
        #expect(passed.status == 1, "\(passed)")
        #expect(passed.output.contains("unexpected pass: cerner-portal-sign-in/staff-cannot-list"))
        #expect(passed.lastLine.hasPrefix("verdict: conformant ("))
        _ = try folder.write(
            "known-failures:\n  - check: cerner-portal-sign-in/staff-cannot-lst\n    comment: once\n", to: "stale.yaml")
        let stale = try await BuiltAssay.run(["run", "--baseline", "stale.yaml", "--out", "b"], in: folder.url)
        #expect(stale.status == 3)
        #expect(stale.errors.contains("stale.yaml:2:12: error: there is no check"), "\(stale)")
        #expect(stale.errors.contains("did you mean `cerner-portal-sign-in/staff-cannot-list`?"), "\(stale)")
    }
}

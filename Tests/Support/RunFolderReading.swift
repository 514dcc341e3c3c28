// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A temporary folder that is removed with its owner, and what a run leaves in it.
package final class TemporaryFolder: Sendable {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "assay-e2e-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    package func write(_ text: String, to name: String) throws -> URL {
        let place = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place)
        return place
    }

    /// Living processes whose command line names this folder: those a run left behind.
    package var processes: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { pid in
            guard let command = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/cmdline")) else {
                return false
            }
            return String(decoding: command, as: UTF8.self).contains(url.lastPathComponent)
        }
    }

    /// Returns once nothing of a run lives any more, or what is left after the kernel had time to end it.
    package func remainingProcesses() async throws -> [Int32] {
        let deadline = ContinuousClock.now + .seconds(300)
        while !processes.isEmpty, ContinuousClock.now < deadline {
            // The end of a stranger's process sends us nothing.
            try await Task.sleep(for: .milliseconds(20))
        }
        return processes
    }
}

/// What a run wrote.
package struct RunRecord {
    package let folder: URL
    /// `results.json`, nil where there is none.
    package let results: [String: Any]?
    /// The lines of the trace that can be read.
    package let trace: [[String: Any]]

    package init(_ folder: URL) {
        self.folder = folder
        results = (try? Data(contentsOf: folder.appending(path: "results.json"))).flatMap {
            try? JSONSerialization.jsonObject(with: $0) as? [String: Any]
        }
        let text = (try? String(contentsOf: folder.appending(path: "trace.ndjson"), encoding: .utf8)) ?? ""
        trace = text.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    package func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }

    package var hasFooter: Bool { trace.last?["type"] as? String == "footer" }

    package func events(_ kind: String) -> [[String: Any]] { trace.filter { $0["kind"] as? String == kind } }

    /// Every check: scenario (`run` for those of the whole run), id, verdict, reason.
    package var checks: [Check] {
        let scenarios = (results?["scenarios"] as? [[String: Any]] ?? []).flatMap { scenario in
            (scenario["checks"] as? [[String: Any]] ?? []).map { Check(scenario["id"] as? String ?? "", $0) }
        }
        let run = (results?["runChecks"] as? [[String: Any]] ?? results?["run-checks"] as? [[String: Any]] ?? [])
        return scenarios + run.map { Check("run", $0) }
    }

    package struct Check: Hashable, CustomStringConvertible {
        package let scenario: String
        package let id: String
        package let verdict: String
        package let reason: String
        package let message: String

        init(_ scenario: String, _ members: [String: Any]) {
            self.scenario = scenario
            id = members["check"] as? String ?? members["id"] as? String ?? ""
            verdict = members["verdict"] as? String ?? ""
            reason = members["reason"] as? String ?? ""
            message = members["message"] as? String ?? ""
        }

        package var description: String { "\(scenario)/\(id): \(verdict) (\(reason)) \(message)" }
    }
}

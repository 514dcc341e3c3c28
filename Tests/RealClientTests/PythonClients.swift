// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import TestSupport

/// Python packages from PyPI in a virtual environment of the project, made once and kept under `.build-clients`.
///
/// Nothing here is allowed to hold a test run up: each part is bounded, and what is missing is said in a sentence.
enum PythonClients {
    /// Why a client cannot be tried on this machine.
    struct Missing: Error, CustomStringConvertible { let description: String }

    /// `ASSAY_REAL_CLIENTS=0` leaves all of them out.
    private static let switchName = "ASSAY_REAL_CLIENTS"

    /// The environment's interpreter. `packages` are requirements as pip takes them, pinned.
    static func python(_ name: String, packages: [String]) async throws -> URL {
        try await environments.interpreter(name, packages)
    }

    private static let environments = Environments()

    /// One at a time, and each once: two tests that need the same environment share its making.
    private actor Environments {
        private var made: [String: Task<URL, any Error>] = [:]
        private var last: Task<URL, any Error>?

        func interpreter(_ name: String, _ packages: [String]) async throws -> URL {
            let key = name + packages.joined(separator: " ")
            if let task = made[key] { return try await task.value }
            let before = last
            let task = Task {
                _ = await before?.result
                return try await PythonClients.make(name, packages)
            }
            made[key] = task
            last = task
            return try await task.value
        }
    }

    private static func make(_ name: String, _ packages: [String]) async throws -> URL {
        guard ProcessInfo.processInfo.environment[switchName] != "0" else {
            throw Missing(description: "\(switchName)=0 leaves real clients out")
        }
        let digest = SHA256.hash(data: Data(packages.sorted().joined(separator: "\n").utf8))
            .prefix(4).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let root = BuiltAssay.project.appending(path: ".build-clients")
        let folder = root.appending(path: "\(name)-\(digest)")
        let python = folder.appending(path: "bin/python")
        let mark = folder.appending(path: "complete")
        if FileManager.default.fileExists(atPath: mark.path) { return python }
        guard let system = find("python3") else { throw Missing(description: "there is no python3 on this machine") }
        // Made beside its place and moved there: a run that is killed leaves no half an environment. The scripts of a
        // moved environment would name the old place, so only its interpreter is ever used.
        let draft = root.appending(path: ".\(name)-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: draft) }
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        let venv = try await run(system, ["-m", "venv", draft.path], limit: .seconds(600))
        guard venv.status == 0 else {
            throw Missing(description: "python3 cannot make virtual environments here: \(venv.errors.suffix(200))")
        }
        let arguments = [
            "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "--retries", "1",
            "--no-input",
        ]
        let pip = try await run(draft.appending(path: "bin/python"), arguments + packages, limit: .seconds(900))
        guard pip.status == 0 else {
            throw Missing(
                description: "\(packages.joined(separator: ", ")) cannot be installed here: \(pip.errors.suffix(200))")
        }
        try Data().write(to: draft.appending(path: "complete"))
        do { try FileManager.default.moveItem(at: draft, to: folder) } catch {
            // Another test process was faster.
            guard FileManager.default.fileExists(atPath: mark.path) else { throw error }
        }
        return python
    }

    private static func find(_ program: String) -> URL? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .map { URL(fileURLWithPath: String($0)).appending(path: program) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    private static func run(
        _ program: URL, _ arguments: [String], limit: Duration
    ) async throws -> BuiltAssay.Ended {
        do {
            let running = try Running(
                executable: program, arguments, in: BuiltAssay.project, environment: ["PIP_DEFAULT_TIMEOUT": "20"])
            return try await running.end(within: limit)
        } catch let failure as Running.Failure {
            throw Missing(description: String(failure.description.prefix(200)))
        }
    }
}

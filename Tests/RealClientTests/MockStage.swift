// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A running `assay mock` and the scripts that try real clients on it.
struct MockStage {
    /// The ready line.
    let ready: Data
    private let mock: Running
    private let folder: URL

    /// This version's `assay mock` does not offer what a test asks of it.
    struct Refused: Error, CustomStringConvertible { let description: String }

    /// Runs `work` beside a mock started with `options`, and stops it whatever happens.
    static func with<T: Sendable>(
        _ options: [String], _ work: @Sendable (MockStage) async throws -> T
    ) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-clients-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let mock = try Running("assay", ["mock"] + options, in: folder)
        do {
            do { try await mock.prints { $0.contains("\n") } } catch {
                // An option this version has not is misuse, with a sentence of its own.
                let ended = try await mock.end()
                guard ended.status == 64 else { throw error }
                throw Refused(description: ended.errors.split(separator: "\n").first.map(String.init) ?? "misuse")
            }
            let line = mock.output.prefix { $0 != "\n" }
            let answer = try await work(MockStage(ready: Data(line.utf8), mock: mock, folder: folder))
            mock.signal(SIGTERM)
            _ = try await mock.end()
            return answer
        } catch {
            mock.signal(SIGKILL)
            throw error
        }
    }

    /// Runs a script of `Clients/` with the ready line's file as its argument.
    func run(_ script: String, with python: URL, limit: Duration = .seconds(900)) async throws -> BuiltAssay.Ended {
        let file = folder.appending(path: "ready.json")
        try ready.write(to: file)
        let path = BuiltAssay.project.appending(path: "Tests/RealClientTests/Clients/\(script)").path
        // A proxy or a bundle of the machine is none of the mock's.
        let plain = ["NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"]
        let running = try Running(executable: python, [path, file.path], in: folder, environment: plain)
        return try await running.end(within: limit)
    }
}

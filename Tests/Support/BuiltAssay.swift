// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Synchronization

/// The built `assay`, run as a user runs it: as a process of its own, in a folder of its own.
package enum BuiltAssay {
    /// Where the executables are: `$ASSAY_BIN`, or beside the test bundle.
    package static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["ASSAY_BIN"] { return URL(fileURLWithPath: path) }
        let path =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        var folder = URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent()
        // The bundle is a folder on some platforms and an executable on others.
        while folder.path != "/", !FileManager.default.isExecutableFile(atPath: folder.appending(path: "assay").path) {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    /// The project's folder: the nearest one above the executables that holds the scenarios.
    package static let project: URL = {
        var folder = BuiltAssay.folder.resolvingSymlinksInPath()
        while folder.path != "/",
            !FileManager.default.fileExists(atPath: folder.appending(path: "Scenarios/requirements.yaml").path)
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    /// Runs to the end. Throws where it cannot be started, or did not end within `limit` (it is killed then).
    package static func run(
        _ arguments: [String], in folder: URL, environment: [String: String] = [:], limit: Duration = .seconds(900)
    ) async throws -> Ended {
        let running = try Running("assay", arguments, in: folder, environment: environment)
        return try await running.end(within: limit)
    }

    /// Runs scenarios against what a deployment file says, in a folder of its own, and reads what was recorded.
    package static func run(
        _ scenarios: [String], deployment text: String
    ) async throws -> (ended: Ended, record: RunRecord) {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, to: "deployment.yaml").path
        let ended = try await Turnstile.shared.pass {
            try await run(["run", "--deployment", file, "--out", "out", "--only"] + scenarios, in: folder.url)
        }
        return (ended, RunRecord(folder.url.appending(path: "out")))
    }

    /// How a process ended and what it printed.
    package struct Ended: Sendable, CustomStringConvertible {
        /// The exit code; minus the number of the signal that ended it.
        package let status: Int32
        package let output: String
        package let errors: String

        package var lines: [String] { output.split(separator: "\n").map(String.init) }
        package var lastLine: String { lines.last ?? "" }

        package var description: String { "status \(status)\n\(output)\n\(errors)" }
    }
}

/// At most so many at once, over all tests of the process: beside other tests on two cores more would only be slower.
package actor Turnstile {
    package static let shared = Turnstile(places: 2)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(places: Int) { free = places }

    /// Does the work once a place is free.
    package func pass<T: Sendable>(_ work: @Sendable () async throws -> T) async rethrows -> T {
        if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
        defer { if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() } }
        return try await work()
    }
}

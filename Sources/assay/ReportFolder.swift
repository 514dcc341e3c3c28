// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Reports
import Synchronization
import Trace

/// Writes every report of a run into its folder.
struct ReportFolder {
    let url: URL

    /// Throws what the file system says.
    /// - Parameter matrix: where the kill matrix of the proof lies that this run is part of.
    func write(_ results: RunResults, trace: Trace, matrix: String? = nil) throws {
        let makers = ReportFiles.makers(results, trace: trace, matrix: matrix)
        let failures = Mutex<[any Error]>([])
        DispatchQueue.concurrentPerform(iterations: makers.count) { index in
            let (name, make) = makers[index]
            do { try write(name, make) } catch { failures.withLock { $0.append(error) } }
        }
        if let failure = failures.withLock({ $0.first }) { throw failure }
    }

    /// Beside its place first: a report is there whole or not at all.
    private func write(_ name: String, _ make: ReportFiles.Maker) throws {
        let place = url.appending(path: name)
        let draft = url.appending(path: ".\(name)")
        try Data().write(to: draft)
        do {
            let file = try FileHandle(forWritingTo: draft)
            defer { try? file.close() }
            try make { try file.write(contentsOf: $0) }
        } catch {
            try? FileManager.default.removeItem(at: draft)
            throw error
        }
        guard rename(draft.path, place.path) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: place.path])
        }
    }

    /// Appends the summary to the page of a CI job (`GITHUB_STEP_SUMMARY`); a page that cannot be written fails nothing.
    static func announce(_ results: RunResults, environment: [String: String]) {
        guard let path = environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
        let url = URL(fileURLWithPath: path)
        let text = Data((MarkdownSummary.text(results) + "\n").utf8)
        do {
            if !FileManager.default.fileExists(atPath: path) { try Data().write(to: url) }
            let file = try FileHandle(forWritingTo: url)
            try file.seekToEnd()
            try file.write(contentsOf: text)
            try file.close()
        } catch { Console.error("The step summary \(path) could not be written: \(error)") }
    }
}

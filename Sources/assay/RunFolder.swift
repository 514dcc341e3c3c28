// SPDX-License-Identifier: Apache-2.0

import Foundation

/// `runs/<UTC time>/`, and `runs/latest` beside it.
struct RunFolder {
    let url: URL
    /// As shown to people: relative where it can be.
    let display: String

    /// Creates the folder; a second run within the same second gets a suffix. Throws what the file system says.
    static func create(at path: String?, now: Date) throws -> RunFolder {
        let files = FileManager.default
        if let path {
            let url = URL(fileURLWithPath: path)
            try files.createDirectory(at: url, withIntermediateDirectories: true)
            if !(try files.contentsOfDirectory(atPath: url.path)).isEmpty {
                throw Mistaken(
                    "The run folder \(path) is not empty.\n  = Name a new folder: a run never overwrites another.")
            }
            return RunFolder(url: url, display: path)
        }
        let runs = URL(fileURLWithPath: "runs")
        try files.createDirectory(at: runs, withIntermediateDirectories: true)
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
        let name = formatter.string(from: now)
        for attempt in 0..<100 {
            let candidate = attempt == 0 ? name : "\(name)-\(attempt)"
            let url = runs.appending(path: candidate)
            do {
                try files.createDirectory(at: url, withIntermediateDirectories: false)
                return RunFolder(url: url, display: "runs/\(candidate)")
            } catch CocoaError.fileWriteFileExists { continue }
        }
        throw Mistaken("No free name for a run folder under runs/.\n  = Remove old runs.")
    }

    /// Points `runs/latest` here; a folder given by `--out` elsewhere is left alone.
    func markLatest() {
        guard display.hasPrefix("runs/") else { return }
        let link = url.deletingLastPathComponent().appending(path: "latest")
        let temporary = url.deletingLastPathComponent().appending(
            path: ".latest-\(ProcessInfo.processInfo.processIdentifier)")
        let files = FileManager.default
        try? files.createSymbolicLink(atPath: temporary.path, withDestinationPath: url.lastPathComponent)
        // Renamed over the old link: there is always a latest.
        rename(temporary.path, link.path)
    }

    /// Twelve letters and digits from the system's generator.
    static func freshNonce() -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String((0..<12).compactMap { _ in letters.randomElement() })
    }
}

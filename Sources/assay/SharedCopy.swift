// SPDX-License-Identifier: Apache-2.0

import Canary
import Foundation
import Trace

/// `share/` in a run's folder: its reports and its record without any person's values, to be given away.
enum SharedCopy {
    private static let names = [
        "results.json", "junit.xml", "ctrf.json", "findings.sarif", "testreport.fhir.json", "traffic.har", "summary.md",
        "report.html", "trace.ndjson",
    ]

    /// Writes the copy; returns its folder. Throws a `Mistaken` where a value could not be taken out: then nothing is
    /// left of the copy.
    static func write(_ run: URL) async throws -> URL {
        let set = try CanaryFile.read(run.path)
        let salt = (0..<32).map { _ in UInt8.random(in: 0...255) }
        let redaction = Redaction(set, salt: salt)
        let folder = run.appending(path: "share")
        let files = FileManager.default
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in names {
                    group.addTask {
                        guard let data = FileManager.default.contents(atPath: run.appending(path: name).path) else {
                            return
                        }
                        guard let text = redacted(Array(data), name, redaction) else {
                            throw Mistaken(
                                "\(name) holds a person's value that could not be taken out; nothing was shared.\n"
                                    + "  = Share single findings by hand, and report this.")
                        }
                        try Data(text).write(to: folder.appending(path: name), options: .atomic)
                    }
                }
                try await group.waitForAll()
            }
        } catch {
            try? files.removeItem(at: folder)
            throw error
        }
        // Commitments of this run can be compared with those of another copy of it, by who keeps the salt.
        let key = Data((Hexadecimal.text(salt) + "\n").utf8)
        let place = run.appending(path: "share.salt")
        guard files.createFile(atPath: place.path, contents: key, attributes: [.posixPermissions: 0o600]) else {
            throw Mistaken("\(place.path) cannot be written.\n  = Free disk space, or name another folder with --out.")
        }
        return folder
    }

    /// The record line by line, so that each stays one event and only lines that held something are searched again.
    private static func redacted(_ text: [UInt8], _ name: String, _ redaction: Redaction) -> [UInt8]? {
        let isJSON = name.hasSuffix("json") || name.hasSuffix(".har") || name.hasSuffix(".sarif")
        guard name.hasSuffix(".ndjson") else { return redaction.redacted(text, isJSON: isJSON) }
        var output: [UInt8] = []
        for line in text.split(separator: 0x0A) {
            guard let plain = redaction.redacted(Array(line), isJSON: true) else { return nil }
            output += plain + [0x0A]
        }
        return output
    }
}

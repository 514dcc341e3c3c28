// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Public data outside the project: `ASSAY_TEST_DATA`, or `../shared/data` beside the package.
enum TestData {
    static let folder: URL? = {
        var candidates: [URL] = []
        if let path = ProcessInfo.processInfo.environment["ASSAY_TEST_DATA"] {
            candidates.append(URL(fileURLWithPath: path))
        } else {
            var root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            for _ in 0..<3 { root.deleteLastPathComponent() }
            candidates.append(root.deletingLastPathComponent().appendingPathComponent("shared/data"))
            candidates.append(
                URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appendingPathComponent("../shared/data"))
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0.path) }
    }()

    static func folder(_ path: String) -> URL? {
        guard let url = folder?.appendingPathComponent(path), FileManager.default.fileExists(atPath: url.path) else {
            return nil
        }
        return url
    }

    /// The examples, by file name; empty files are left out.
    static let examples: [String: Data] = {
        guard let folder = folder("fhir-r4/examples"),
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        else { return [:] }
        var found: [String: Data] = [:]
        for name in names where name.hasSuffix(".json") {
            guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)), !data.isEmpty else { continue }
            found[name] = data
        }
        return found
    }()
}

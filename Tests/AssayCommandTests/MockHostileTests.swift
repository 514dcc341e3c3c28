// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Two seconds of what `make bench` does for a minute.
@Suite struct MockHostileTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Scripts/bench/hostile.py").standardized.path

    private static var hasPython: Bool {
        ["/usr/bin/python3", "/usr/local/bin/python3"].contains { FileManager.default.isExecutableFile(atPath: $0) }
            || ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":")
                .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") } == true
    }

    @Test(.enabled(if: hasPython, "python3 is not installed: hostile traffic is not tried"))
    func `hostile traffic leaves the mock up, within bounds, and other worlds as they were`() throws {
        try AssayProgram.inFolder { folder in
            let said = folder.appending(path: "said")
            try Data().write(to: said)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", Self.script, AssayProgram.url.path, "2", "300"]
            process.standardOutput = try FileHandle(forWritingTo: said)
            process.standardError = process.standardOutput
            try process.run()
            process.waitUntilExit()
            let text = try String(contentsOf: said, encoding: .utf8)
            #expect(process.terminationStatus == 0, "\(text)")
            // A green end with nothing done would show nothing.
            for kind in ["malformed", "path tricks"] { #expect(text.contains(kind), "\(text)") }
        }
    }
}

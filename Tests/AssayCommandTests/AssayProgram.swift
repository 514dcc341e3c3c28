// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The built `assay`, run as a user runs it: `ASSAY_BIN`, or the executable beside the test bundle.
enum AssayProgram {
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    static var url: URL {
        if let path = ProcessInfo.processInfo.environment["ASSAY_BIN"] { return URL(fileURLWithPath: path) }
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: own).deletingLastPathComponent().appending(path: "assay")
    }

    /// Runs it to its end. Output goes through files: a full pipe would stop it.
    static func run(_ arguments: [String], input: Data? = nil) throws -> Result {
        try inFolder { folder in
            let process = Process()
            process.executableURL = url
            process.arguments = arguments
            let output = folder.appending(path: "out")
            let errors = folder.appending(path: "err")
            for file in [output, errors] { try Data().write(to: file) }
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: errors)
            let given = folder.appending(path: "in")
            try (input ?? Data()).write(to: given)
            process.standardInput = try FileHandle(forReadingFrom: given)
            try process.run()
            process.waitUntilExit()
            return Result(
                status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
                errors: try String(contentsOf: errors, encoding: .utf8))
        }
    }

    /// A folder of its own, removed afterwards.
    static func inFolder<Answer>(_ body: (URL) throws -> Answer) throws -> Answer {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

extension URL {
    /// Writes a text below this folder and returns its path.
    func put(_ name: String, _ text: String) throws -> String {
        let file = appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}

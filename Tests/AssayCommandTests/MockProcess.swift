// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value

/// A running `assay mock`, ended with its last reference.
final class MockProcess {
    let process = Process()
    let ready: Value

    init(_ arguments: [String] = []) throws {
        process.executableURL = AssayProgram.url
        process.arguments = ["mock"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            line += piece
        }
        guard !line.isEmpty else { throw Failure(reason: "assay mock ended before it was ready") }
        ready = try Value.parseJSON(line)
    }

    struct Failure: Error { let reason: String }

    deinit { if process.isRunning { process.terminate() } }

    var ehr: String { ready["ehr"]?.string ?? "" }
    var microsoft: String { ready["microsoft"]?.string ?? "" }
    func world(_ index: Int) -> Value { ready["worlds"]?[index] ?? .null }

    struct Answer {
        let status: Int
        let text: String
        let type: String
        let address: String
        var json: Value { (try? Value.parseJSON(text)) ?? .null }
    }

    /// Whether there is a curl: these tests talk with something that is not Assay's own, and say so where it is missing.
    static let hasCurl = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: $0 + "/curl")
    }

    /// Sends a request with curl's own HTTP, not with anything of Assay's. `json` and `form` are bodies.
    func send(
        _ method: String, _ address: String, json: String? = nil, form: [String: String]? = nil,
        headers: [String: String] = [:], options: [String] = []
    ) throws -> Answer {
        try AssayProgram.inFolder { folder in
            let curl = Process()
            curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            let body = folder.appending(path: "body")
            let said = folder.appending(path: "said")
            for file in [body, said] { try Data().write(to: file) }
            var arguments = [
                "curl", "-sS", "-m", "60", "-X", method, "-o", body.path, "-w",
                "%{http_code}\n%{content_type}\n%{redirect_url}",
            ]
            if let json { arguments += ["-H", "Content-Type: application/json", "--data-binary", json] }
            for (name, value) in form ?? [:] { arguments += ["--data-urlencode", "\(name)=\(value)"] }
            for (name, value) in headers { arguments += ["-H", "\(name): \(value)"] }
            curl.arguments = arguments + options + [address.hasPrefix("/") ? ehr + address : address]
            curl.standardOutput = try FileHandle(forWritingTo: said)
            try curl.run()
            curl.waitUntilExit()
            guard curl.terminationStatus == 0 else {
                throw Failure(reason: "curl \(curl.terminationStatus) for \(method) \(address)")
            }
            let lines = try String(contentsOf: said, encoding: .utf8).components(separatedBy: "\n")
            return Answer(
                status: Int(lines[0]) ?? 0, text: try String(contentsOf: body, encoding: .utf8), type: lines[1],
                address: lines[2])
        }
    }

    /// Ends it as a person does, and returns its exit status.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite struct MockCommandTests {
    @Test func `the world alone says where everything is, and stops when told`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let record = folder.appending(path: "record.ndjson")
        let process = Process()
        process.executableURL = AssayProgram.url
        process.arguments = ["mock", "--save", record.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            line += piece
        }
        let ready = try Value.parseJSON(line)
        #expect(ready["event"] == "ready")
        #expect(ready["worlds"]?.array?.compactMap { $0["vendor"]?.string } == ["cerner", "epic"])
        let world = ready["worlds"]?[0]
        #expect(world?["people"]?.array?.isEmpty == false)
        #expect(world?["appointments"]?.array?.isEmpty == false)
        for text in [ready["ehr"]?.string, ready["microsoft"]?.string] {
            let url = try #require(URL(string: (text ?? "") + "/"))
            let (page, _) = try await URLSession.shared.data(from: url)
            #expect(String(decoding: page, as: UTF8.self).contains(world?["organization"]?.string ?? "?"))
        }
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let lines = try String(contentsOf: record, encoding: .utf8).split(separator: "\n")
        #expect(lines.last?.contains("\"type\":\"footer\"") == true)
    }

    @Test(arguments: [["--tls"], ["--strict"], ["--data", "x"], ["--port", "70000"], ["--vendor", "other"]])
    func `what is not built is refused`(options: [String]) throws {
        let result = try AssayProgram.run(["mock"] + options)
        #expect(result.status == 64)
        #expect(!result.errors.isEmpty)
    }
}

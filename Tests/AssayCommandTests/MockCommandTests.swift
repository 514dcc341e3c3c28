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

    @Test(arguments: [["--mutual-tls"], ["--trust", "x"], ["--port", "70000"], ["--vendor", "other"]])
    func `misuse is refused`(options: [String]) throws {
        let result = try AssayProgram.run(["mock"] + options)
        #expect(result.status == 64)
        #expect(!result.errors.isEmpty)
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `TLS is trusted by who was given the run's authority, over both versions of HTTP`() throws {
        let mock = try MockProcess(["--tls", "--vendor", "cerner"])
        let trust = try #require(mock.ready["tls"]?["trust"]?.string)
        #expect(mock.ehr.hasPrefix("https://"))
        let address = mock.ehr + "/-/health"
        for version in ["--http1.1", "--http2"] {
            #expect(try mock.send("GET", address, options: ["--cacert", trust, version]).json["ready"] == true)
        }
        #expect(throws: MockProcess.Failure.self) { try mock.send("GET", address) }
        #expect(mock.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: trust))
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `mutual TLS asks for the certificate that was written`() throws {
        try AssayProgram.inFolder { folder in
            let mock = try MockProcess(["--tls", "--mutual-tls", "--trust", folder.path, "--vendor", "epic"])
            let trust = folder.appending(path: "ca.pem").path
            let own = [
                "--cacert", trust, "--cert", folder.appending(path: "client.pem").path, "--key",
                folder.appending(path: "client-key.pem").path,
            ]
            #expect(try mock.send("GET", "/-/health", options: own).status == 200)
            #expect(throws: MockProcess.Failure.self) {
                try mock.send("GET", "/-/health", options: ["--cacert", trust])
            }
        }
    }

    @Test func `worlds of one's own are opened, and mistakes in them have a place`() throws {
        try AssayProgram.inFolder { folder in
            let text = """
                organization: {ehr: epic}
                people: {zoe: patient, dr-kim: provider}
                appointments: {first: {patient: zoe, provider: dr-kim, starts: +30m}}
                """
            _ = try folder.put("clinic.yaml", text)
            let mock = try MockProcess(["--data", folder.path])
            #expect(mock.ready["worlds"]?.array?.count == 1)
            #expect(mock.world(0)["appointments"]?[0]?["patient"] == "zoe")
            _ = try folder.put("wrong.yaml", text.replacingOccurrences(of: "patient: zoe", with: "patient: zoo"))
            let result = try AssayProgram.run(["mock", "--data", folder.path])
            #expect(result.status == 3)
            #expect(result.errors.contains("wrong.yaml:3:"))
        }
        #expect(try AssayProgram.run(["mock", "--data", "/nowhere"]).status == 3)
    }
}

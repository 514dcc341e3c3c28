// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Dispatch
import Foundation
import Runner
import Trace
import Value
import World

/// `assay mock`: the world alone, to develop a connector against.
struct MockCommand: AsyncParsableCommand {
    enum Vendors: String, ExpressibleByArgument, CaseIterable { case cerner, epic, both }

    static let configuration = CommandConfiguration(
        commandName: "mock", abstract: "Run the mock EHR and Microsoft by themselves, until stopped.",
        discussion: """
            Prints one JSON line with every endpoint and credential when ready; a start page at / of each listener shows \
            the same. Listens on 127.0.0.1 only; the clock is the wall's; everything is synthetic.

            Exit codes: 0 stopped by SIGINT or SIGTERM, 3 a port is taken or a file cannot be written, 64 misuse.
            """)

    @Option(help: "Which EHR to play.")
    var vendor: Vendors = .both

    @Option(help: "Port of the EHR (default: a free one).")
    var port: Int = 0

    @Option(help: "Port of Microsoft's side: Entra, Graph, Teams, SMS (default: a free one).")
    var microsoftPort: Int = 0

    @Option(help: "Where sign-ins may lead back to, compared exactly; may be given several times.")
    var redirectURI: [String] = []

    @Option(name: .customLong("launch-url"), help: "Where launch links of the EHR's pages lead to.")
    var launchURL: String?

    @Option(help: "Seed of all ids and credentials: the same seed gives the same.")
    var seed: UInt64 = 1

    @Flag(help: "Not built yet: the mocks speak plain HTTP.")
    var tls = false

    @Flag(help: "Not built yet: the mocks are as strict as the vendors are known to be.")
    var strict = false

    @Option(help: "Not built yet: people and appointments of your own.")
    var data: String?

    @Option(help: "Write everything that was exchanged to this file (NDJSON, as a run's trace) when stopped.")
    var save: String?

    func validate() throws {
        for (name, port) in [("--port", port), ("--microsoft-port", microsoftPort)] where !(0...65_535).contains(port) {
            throw ValidationError("\(name) is a number from 0 to 65535.")
        }
        if tls { throw ValidationError("--tls is not built yet: the mocks speak plain HTTP on 127.0.0.1.") }
        if strict {
            throw ValidationError(
                "--strict is not built yet: leave it out, the mocks refuse what the vendors are known to refuse.")
        }
        if data != nil {
            throw ValidationError("--data is not built yet: the world's people and appointments are made from --seed.")
        }
    }

    func run() async throws {
        let journal: Journal
        let recording: Recording?
        do {
            recording = try save.map(Recording.init)
            journal = Journal(sink: recording?.writer)
        } catch {
            Console.error("\(save ?? "") cannot be written: \(error)")
            throw ExitCode(3)
        }
        let vendors: [Vendor] =
            switch vendor {
            case .cerner: [.cerner]
            case .epic: [.epic]
            case .both: [.cerner, .epic]
            }
        let options = MockStand.Options(
            vendors: vendors, ehrPort: port, microsoftPort: microsoftPort,
            redirectURIs: redirectURI.isEmpty ? ["http://localhost:8080/callback"] : redirectURI, launchURL: launchURL)
        // Before the ready line: who reads it may stop us at once.
        let stop = StopSignal()
        let stand: MockStand
        do {
            stand = try await MockStand.start(options, seed: RunSeed(seed: seed, nonce: "mock"), journal: journal)
        } catch {
            Console.error("\(error)")
            throw ExitCode(3)
        }
        Console.print(stand.description.json())
        await stop.wait()
        await stand.stop()
        journal.close()
        do { try recording?.finish() } catch {
            Console.error("\(save ?? "") cannot be written: \(error)")
            throw ExitCode(3)
        }
    }
}

/// The record of `--save`: written beside the file while it grows, so that a killed mock leaves it too.
private struct Recording {
    let writer: TraceWriter
    private let file: URL
    private let folder: URL

    init(_ path: String) throws {
        file = URL(fileURLWithPath: path)
        folder = file.deletingLastPathComponent().appending(path: ".\(file.lastPathComponent).recording")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        writer = try TraceWriter(folder: folder, header: ["suite": .string(SuiteVersion.text), "command": "mock"])
    }

    /// Puts the trace where it was asked for, and bodies that are no text into `FILE.bodies`.
    func finish() throws {
        let files = FileManager.default
        try? files.removeItem(at: file)
        try files.moveItem(at: folder.appending(path: "trace.ndjson"), to: file)
        let bodies = folder.appending(path: "bodies")
        if !(try files.contentsOfDirectory(atPath: bodies.path)).isEmpty {
            let place = file.appendingPathExtension("bodies")
            try? files.removeItem(at: place)
            try files.moveItem(at: bodies, to: place)
        }
        try files.removeItem(at: folder)
    }
}

/// SIGINT and SIGTERM as something to wait for.
private final class StopSignal {
    private let stream: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        self.stream = stream
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.finish() }
            source.activate()
            return source
        }
    }

    func wait() async {
        for await _ in stream {}
        for source in sources { source.cancel() }
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
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
            Prints one JSON line with every endpoint and credential when ready, then runs until stopped. Pages at / of \
            each listener, a control API below /-/ (docs/mock-control-api.yaml). Listens on 127.0.0.1 only; clocks follow \
            the wall's; everything is synthetic.

            Exit codes: 0 stopped by SIGINT or SIGTERM, 3 a port is taken, or a file cannot be read or written, 64 misuse.
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

    @Flag(help: "Speak TLS (HTTP/2 and HTTP/1.1) with an authority of this run's own.")
    var tls = false

    @Option(
        help: "Folder for the authority's certificate, to be trusted (default: a temporary one, removed at the end).")
    var trust: String?

    @Flag(
        name: .customLong("mutual-tls"),
        help: "Demand a client certificate of the run's authority; one is written beside it.")
    var mutualTLS = false

    @Flag(
        help: "Refuse what breaks a rule of the protocols (docs/protocol-rules.md), also where the vendor lets it pass."
    )
    var strict = false

    @Option(
        help: ArgumentHelp(
            "A folder with worlds of your own, or with Assay's data.",
            discussion: "YAML files of the shape of a scenario's world: organization, people, appointments.",
            valueName: "dir"))
    var data: String?

    @Option(help: "Write everything that was exchanged to this file (NDJSON, as a run's trace) when stopped.")
    var save: String?

    func validate() throws {
        for (name, port) in [("--port", port), ("--microsoft-port", microsoftPort)] where !(0...65_535).contains(port) {
            throw ValidationError("\(name) is a number from 0 to 65535.")
        }
        if (trust != nil || mutualTLS) && !tls { throw ValidationError("--trust and --mutual-tls go with --tls.") }
    }

    /// What the pages and the control API can look back on; `--save` keeps everything.
    private static let memory = Journal.Limit(events: 10_000, bodyBytes: 64 * 1024 * 1024)

    func run() async throws {
        FileDescriptors.raiseLimit()
        let journal: Journal
        let recording: Recording?
        do {
            recording = try save.map(Recording.init)
            journal = Journal(sink: recording?.writer, limit: Self.memory)
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
        let own: MockData
        do { own = try MockData(data) } catch {
            Console.error("\(error)")
            throw ExitCode(3)
        }
        let temporary = FileManager.default.temporaryDirectory
            .appending(path: "assay-mock-\(ProcessInfo.processInfo.processIdentifier)")
        defer { if tls, trust == nil { try? FileManager.default.removeItem(at: temporary) } }
        let options = MockStand.Options(
            vendors: vendors, ehrPort: port, microsoftPort: microsoftPort,
            redirectURIs: redirectURI.isEmpty ? ["http://localhost:8080/callback"] : redirectURI, launchURL: launchURL,
            pages: own.pages, worlds: own.worlds,
            tls: tls
                ? .init(folder: trust.map { URL(fileURLWithPath: $0) } ?? temporary, isMutual: mutualTLS) : nil,
            isStrict: strict)
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

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Canary
import Connector
import Foundation
import Judge
import SourceText
import Value

/// `assay scan`: the canary detector over files, folders, captures and standard input.
struct ScanCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case json, text }

    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Search files, folders, captures or standard input for planted values.",
        discussion: """
            Finds the values plainly, reformatted, encoded, compressed, hashed and split over messages, and in the names \
            of files and folders. The values themselves are never printed. A file ending .jsonl whose lines carry "flow", "channel", "id" and a base64 \
            "body" is read as messages, and those of one flow are searched together too.

            Exit codes: 0 nothing found, 1 findings, 2 something could not be searched to its end, 3 bad input, 64 misuse.
            """)

    @Option(help: "JSON {\"canaries\": {\"ID\": \"VALUE\"}}, or a run's folder or trace.ndjson.")
    var canaries: String

    @Option(help: "Flow policy: what its rules allow at rest is counted, not reported.")
    var policy: String?

    @Option(help: "json: one object a line and a footer; text: for people.")
    var format: Format = .text

    @Argument(help: "Files and folders; - or none is standard input.")
    var paths: [String] = []

    func run() throws {
        let set: CanarySet
        let flowPolicy: FlowPolicy?
        do {
            set = try CanaryFile.read(canaries)
            flowPolicy = try policy.map(readPolicy)
        } catch {
            Console.error("\(error)")
            throw ExitCode(3)
        }
        let detector = Detector(set)
        var report = ScanReport(isJSON: format == .json, policy: flowPolicy, set: set)
        var places = ScanPlaces(detector)
        let missing = (paths.isEmpty ? ["-"] : paths).filter { !places.add($0, &report) }
        guard missing.isEmpty else {
            for path in missing { Console.error("\(path): there is no such file or folder.") }
            throw ExitCode(3)
        }
        for file in places.files {
            do { try scan(file, detector, &report) } catch {
                report.addUnscanned(path: file.shown, reason: "cannot be read: \(error.localizedDescription)")
            }
        }
        report.printFooter()
        throw ExitCode(report.exitCode)
    }

    private func scan(_ file: ScanPlaces.File, _ detector: Detector, _ report: inout ScanReport) throws {
        if file.path == "-" {
            return try stream(ScanInput(path: file.shown, handle: .standardInput), detector, &report)
        }
        let url = URL(fileURLWithPath: file.path)
        let isFlow = try file.path.hasSuffix(".jsonl") && isFlowFile(url)
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }
        let input = ScanInput(path: file.shown, handle: handle)
        if let database = SQLiteColumns.database(of: file.path) {
            var found: [Hit] = []
            try stream(input, detector, &report) { hit, _ in found.append(hit) }
            return try DatabaseFile.add(found, in: file, of: database, detector, &report)
        }
        if isFlow { try FlowFile.scan(input, detector, &report) } else { try stream(input, detector, &report) }
    }

    private func stream(_ input: ScanInput, _ detector: Detector, _ report: inout ScanReport) throws {
        try stream(input, detector, &report) { $1.add($0, path: input.path) }
    }

    private func stream(
        _ input: ScanInput, _ detector: Detector, _ report: inout ScanReport,
        add: (Hit, inout ScanReport) -> Void
    ) throws {
        var scanner = Scanner(detector)
        var start = 0
        while let piece = try input.next() {
            // A short one the detector unpacks by itself, with all that is in it.
            if start == 0, piece.count > 1 << 15, StreamInflater.isGzip(piece) {
                return try GzipFile.scan(input, first: piece, detector, &report)
            }
            let result = scanner.feed(piece)
            for hit in result.hits { add(hit, &report) }
            for left in result.unscanned {
                report.addUnscanned(
                    path: input.path, reason: left.reason.rawValue, offset: start + left.offset, chain: left.chain)
            }
            start += piece.count
            report.bytes += piece.count
        }
    }

    private func isFlowFile(_ url: URL) throws -> Bool {
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }
        var lines = InputLines(ScanInput(path: url.path, handle: handle))
        guard case .line(let first)? = try lines.next(), let value = try? Value.parseJSON(first) else { return false }
        return value["flow"] != nil && value["body"]?.string != nil
    }

    private func readPolicy(_ path: String) throws -> FlowPolicy {
        let url = URL(fileURLWithPath: path)
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            throw Mistaken(
                "The policy \(path) cannot be read.\n  = Name a YAML file such as Scenarios/policies/seed-policy.yaml.")
        }
        // A policy may build on another one of its folder.
        let folder = url.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        var files = [SourceFile(path: path, text: text)]
        for name in names.sorted() where name.hasSuffix(".yaml") && name != url.lastPathComponent {
            let other = folder.appending(path: name)
            if let text = try? String(contentsOf: other, encoding: .utf8), text.contains("policy:") {
                files.append(SourceFile(path: other.path, text: text))
            }
        }
        let (alone, mistakes) = FlowPolicyReader.read([files[0]])
        if let only = alone.values.first, !mistakes.contains(where: { $0.severity == .error }) { return only }
        let (policies, diagnostics) = FlowPolicyReader.read(files)
        let own = diagnostics.filter { $0.path == path && $0.severity == .error }
        let name = YAMLParser.parse(files[0]).0?["policy"]?.text
        guard own.isEmpty, let name, let found = policies[name] else {
            let texts = (own.isEmpty ? mistakes : own).map { $0.rendered(in: files[0]) }
            throw Mistaken(texts.isEmpty ? "\(path) holds no policy." : texts.joined(separator: "\n"))
        }
        return found
    }
}

/// An SQLite database, or its log: what is found in a row that is there is told by table and column too.
enum DatabaseFile {
    /// Of very many findings the first ones tell enough.
    private static let limit = 10_000

    static func add(
        _ found: [Hit], in file: ScanPlaces.File, of database: String, _ detector: Detector, _ report: inout ScanReport
    ) throws {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file.path))
        defer { try? handle.close() }
        let texts = try found.prefix(limit).map { hit in
            try handle.seek(toOffset: UInt64(hit.offset))
            return try handle.read(upToCount: hit.length) ?? Data()
        }
        // What cannot be opened as a database has been searched all the same.
        let places = (try? SQLiteColumns.places(of: Set(texts), in: database)) ?? [:]
        for (number, hit) in found.enumerated() {
            let place = texts.indices.contains(number) ? places[texts[number]] : nil
            // A name that says something is not said.
            let isSilent = place.map { detector.scan(Array($0.utf8)).hits.isEmpty } ?? false
            report.add(hit, path: file.shown, place: isSilent ? place : nil)
        }
    }
}

/// A compressed file of any length, for example a rotated log: unpacked and searched piece by piece.
enum GzipFile {
    /// A file may unpack to a thousand times its size (what deflate can do), and no more than this.
    private static let ceiling = 1 << 36

    static func scan(
        _ input: ScanInput, first: [UInt8], _ detector: Detector, _ report: inout ScanReport
    ) throws {
        var scanner = Scanner(detector)
        var inflater = StreamInflater()
        var piece: [UInt8]? = first
        var state = StreamInflater.State.open
        var isLimited = false
        while let bytes = piece {
            report.bytes += bytes.count
            state = inflater.feed(bytes) { plain in
                let result = scanner.feed(plain)
                for hit in result.hits { report.add(hit, path: input.path, within: "gzip") }
                for left in result.unscanned {
                    report.addUnscanned(path: input.path, reason: left.reason.rawValue, chain: ["gzip"] + left.chain)
                }
                return true
            }
            isLimited = inflater.decoded > ceiling
            if state == .broken || isLimited { break }
            piece = try input.next()
        }
        if isLimited {
            report.addUnscanned(path: input.path, reason: "decoded-bytes", chain: ["gzip"])
        } else if state != .ended {
            report.addUnscanned(
                path: input.path, reason: "the compressed data is damaged or cut short", chain: ["gzip"])
        }
    }
}

/// A capture: one message a line.
enum FlowFile {
    /// Flows remembered at once; the one unused for longest is forgotten first.
    private static let flowLimit = 4096

    private struct Flow {
        var scanner: FlowScanner
        var last: Int
    }

    static func scan(_ input: ScanInput, _ detector: Detector, _ report: inout ScanReport) throws {
        var lines = InputLines(input)
        var flows: [String: Flow] = [:]
        var number = 0
        while let line = try lines.next() {
            number += 1
            guard case .line(let bytes) = line else {
                report.addUnscanned(path: input.path, reason: "line \(number) is longer than \(InputLines.limit) bytes")
                continue
            }
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            guard let value = try? Value.parseJSON(bytes), let flow = value["flow"]?.scalarText,
                let text = value["body"]?.string, let body = Data(base64Encoded: text)
            else {
                report.addUnscanned(
                    path: input.path, reason: "line \(number) is no message with \"flow\" and base64 \"body\"")
                continue
            }
            let id = value["id"]?.scalarText ?? String(number)
            var state = flows[flow] ?? Flow(scanner: FlowScanner(detector), last: number)
            let result = state.scanner.feed(Array(body))
            state.last = number
            flows[flow] = state
            if flows.count > flowLimit {
                let old = flows.values.map(\.last).sorted()[flowLimit / 4]
                flows = flows.filter { $0.value.last > old }
            }
            for hit in result.hits { report.add(hit, path: input.path, message: id) }
            for left in result.unscanned {
                report.addUnscanned(
                    path: "\(input.path), message \(id)", reason: left.reason.rawValue, offset: left.offset,
                    chain: left.chain)
            }
            report.bytes += body.count
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import HTTPTransport

/// A stretch of bytes a connector left somewhere.
package struct EvidenceChunk: Sendable {
    /// The declaration's id.
    package let source: String
    /// File name within the source, for example `connector.sqlite-wal`; the source's kind for streams and commands.
    package let place: String
    /// Where the stretch begins in that file.
    package let offset: Int
    package let bytes: Data
    /// Whether these are the names of new files and folders, a line each, and nothing that stands in a file.
    package var isNames = false
    /// Of a database's dump: the line that names the table and columns of the rows these bytes begin with.
    package var heading: String?
}

/// Evidence could not be read.
package struct EvidenceError: Error, Sendable, CustomStringConvertible {
    package let source: String
    package let message: String
    package let remedy: String

    package var description: String { "evidence \(source): \(message); \(remedy)" }
}

/// One source of evidence: marked at the start, afterwards only what is new since the mark is read, in place. What other
/// people's data stood there before is never looked at; only hashes of its blocks are kept, in memory.
package actor EvidenceSource {
    package nonisolated let id: String
    package nonisolated let kind: EvidenceDeclaration.Kind
    /// What must be found in it for the source to count.
    package nonisolated let control: String?
    private let path: String?
    private let command: [String]
    private let environment: [String: String]
    private let within: Duration
    private let thread: TransportThread
    private var marks: [String: FileMark] = [:]
    private var namesBefore: Set<String> = []
    private var printedBefore = LineMark()

    /// Reading files blocks: it has a thread of its own.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - values: of ``Binding/harnessNames`` as far as known.
    ///   - process: whose streams `stdout` and `stderr` are; needed for these.
    package init(
        _ declaration: EvidenceDeclaration, values: [String: String], process: ConnectorProcess?
    ) throws(EvidenceError) {
        id = declaration.id
        kind = declaration.kind
        control = declaration.control
        within = declaration.within
        thread = TransportThread(name: "evidence-\(declaration.id)")
        do throws(TemplateError) {
            switch declaration.kind {
            case .stdout: path = process?.output.file?.path
            case .stderr: path = process?.errors.file?.path
            case .file, .folder, .sqlite, .postgresql, .command: path = try declaration.path?.resolved(values)
            }
            var command: [String] = []
            for template in declaration.command { command.append(try template.resolved(values)) }
            self.command = command
            var environment: [String: String] = [:]
            for (name, template) in declaration.environment { environment[name] = try template.resolved(values) }
            self.environment = environment
        } catch {
            throw EvidenceError(source: declaration.id, message: error.description, remedy: "mend the deployment file")
        }
        if path == nil, declaration.command.isEmpty {
            throw EvidenceError(
                source: declaration.id, message: "the streams of a connector that runs elsewhere cannot be read",
                remedy: "declare a file or a command instead")
        }
    }

    /// Everything there now counts as old. A source that does not exist yet is all new later.
    package func mark() async throws(EvidenceError) {
        marks = [:]
        namesBefore = Set(names())
        if isPrinted { printedBefore = try await printed(since: nil).mark }
        for (place, file) in files() {
            if let bytes = FileManager.default.contents(atPath: file) { marks[place] = FileMark(bytes) }
        }
    }

    /// What is new since the mark, the names of files and folders too: a name may say as much as what stands under it. With
    /// `advancing` it counts as old afterwards.
    package func growth(advancing: Bool = false) async throws(EvidenceError) -> [EvidenceChunk] {
        if isPrinted {
            let printed = try await printed(since: printedBefore)
            if advancing { printedBefore = printed.mark }
            return printed.new.map {
                EvidenceChunk(
                    source: id, place: kind.rawValue, offset: $0.offset, bytes: $0.bytes, heading: $0.heading)
            }
        }
        var chunks: [EvidenceChunk] = []
        for (place, file) in files() {
            guard let bytes = FileManager.default.contents(atPath: file) else { continue }
            for range in (marks[place] ?? FileMark(Data())).changes(in: bytes) {
                chunks.append(EvidenceChunk(source: id, place: place, offset: range.lowerBound, bytes: bytes[range]))
            }
            if advancing { marks[place] = FileMark(bytes) }
        }
        let names = names()
        let new = names.filter { !namesBefore.contains($0) }
        if !new.isEmpty {
            let text = Data(new.joined(separator: "\n").utf8)
            chunks.append(EvidenceChunk(source: id, place: "names", offset: 0, bytes: text, isNames: true))
        }
        if advancing { namesBefore.formUnion(names) }
        return chunks
    }

    /// `visit.phone` for what was found in a file of the source, where that is an SQLite database and the row still there.
    package func columns(holding found: Set<Data>, in place: String) -> [Data: String] {
        guard let file = files().first(where: { $0.place == place })?.file else { return [:] }
        // A database that cannot be opened has been searched as bytes all the same.
        return (try? SQLiteColumns.places(of: found, in: file)) ?? [:]
    }

    private var isPrinted: Bool { kind == .command || kind == .postgresql }

    /// What the command prints, however much: of what was there before, or of everything where `before` is nil, only hashes
    /// of lines are kept.
    private func printed(since before: LineMark?) async throws(EvidenceError) -> PrintedLines.Read {
        let lines = PrintedLines(since: before)
        do throws(ProcessError) {
            let result = try await CommandRunner.run(
                command, environment: environment, within: within, each: { lines.take($0) })
            guard result.status.isSuccess else {
                throw ProcessError(
                    "\(command[0]) ended with \(result.status): \(result.errors.suffix(300))", remedy: "run it by hand",
                    output: result.errors)
            }
        } catch {
            throw EvidenceError(source: id, message: error.message, remedy: error.remedy)
        }
        guard let read = lines.end() else {
            throw EvidenceError(
                source: id, message: "\(command[0]) printed more than \(PrintedLines.limit >> 20) MiB that is new",
                remedy: "leave out what holds no data of people, for example pg_dump's --exclude-table-data")
        }
        return read
    }

    /// What stands in a folder by name, empty files, folders and links too.
    private func names() -> [String] {
        guard kind == .folder, let path, let found = FileManager.default.enumerator(atPath: path) else { return [] }
        return found.compactMap { $0 as? String }.sorted()
    }

    /// Names within the source, and paths.
    private func files() -> [(place: String, file: String)] {
        guard let path else { return [] }
        switch kind {
        case .command, .postgresql: return []
        case .stdout, .stderr: return [(kind.rawValue, path)]
        case .file: return [((path as NSString).lastPathComponent, path)]
        case .sqlite:
            // Rows live in the main file or, until a checkpoint, in the write-ahead log; both are read as bytes, so that
            // the connector's locks and its log stay as they are, and deleted rows are seen too.
            let name = (path as NSString).lastPathComponent
            return ["", "-wal", "-journal"].map { (name + $0, path + $0) }
        case .folder:
            guard let names = FileManager.default.enumerator(atPath: path) else { return [] }
            return names.compactMap { $0 as? String }.sorted().compactMap { name in
                let file = (path as NSString).appendingPathComponent(name)
                let attributes = try? FileManager.default.attributesOfItem(atPath: file)
                return attributes?[.type] as? FileAttributeType == .typeRegular ? (name, file) : nil
            }
        }
    }
}

/// What a file was at the mark: a hash per block.
struct FileMark: Sendable {
    /// SQLite's usual page size.
    static let block = 4096

    private let size: Int
    private let hashes: [Int]

    init(_ bytes: Data) {
        size = bytes.count
        hashes = Self.blocks(bytes.count).map { Self.hash(bytes[$0]) }
    }

    /// Stretches that are new: what was appended to an unchanged file, otherwise every block that differs. Neighbours are
    /// joined, so that a value across a block's edge stays whole.
    func changes(in bytes: Data) -> [Range<Int>] {
        let whole = size / Self.block
        let isAppended =
            bytes.count >= size && Self.blocks(size).enumerated().allSatisfy { Self.hash(bytes[$1]) == hashes[$0] }
        if isAppended { return bytes.count > size ? [size..<bytes.count] : [] }
        var ranges: [Range<Int>] = []
        for (index, range) in Self.blocks(bytes.count).enumerated() {
            // The last, partial block has another length now: it differs.
            if index < min(hashes.count, whole), range.count == Self.block, Self.hash(bytes[range]) == hashes[index] {
                continue
            }
            if let last = ranges.last, last.upperBound == range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }

    private static func blocks(_ size: Int) -> [Range<Int>] {
        stride(from: 0, to: size, by: block).map { $0..<min(size, $0 + block) }
    }

    /// Seeded per process: nothing of the bytes can be learnt from it.
    private static func hash(_ bytes: Data) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}

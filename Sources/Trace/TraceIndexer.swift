// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Dispatch
internal import Foundation
internal import Synchronization
internal import Value
internal import World

/// Goes through a trace block by block: lines are hashed and looked at on all processors, chain and order follow.
struct TraceIndexer {
    private(set) var index = TraceIndex()
    private(set) var isComplete = false
    private(set) var first: Instant?
    private(set) var last: Instant?

    private let limit: Int
    private var previous = ""
    private var names: [String: Int32] = [:]
    private var worlds: [WorldID] = []
    private var exchanges: [String: Int32] = [:]
    /// By exchange, as numbers of worlds.
    private var owners: [ExchangeOwner<Int32>] = []
    /// By event.
    private var marks: [(world: Int32, exchange: Int32)] = []
    private var end = End.open

    private enum End { case open, broken, footer }

    /// What was found of one line.
    private struct Line {
        var range: Range<Int>
        var digest: String
        var previous = ""
        var isFooter = false
        /// Of an event its number, of a footer how many events it counts; −1: it is none.
        var number = -1
        var world: String?
        var kind = ""
        var exchange: String?
        var at = ""
    }

    init(limit: Int) { self.limit = limit }

    /// Returns the run's header.
    mutating func run(over file: TraceBytes, blockSize: Int) throws -> Members {
        var header: Members?
        var offset = 0
        var size = blockSize
        while offset < file.count, end == .open {
            guard let block = file.read(at: offset, count: min(size, file.count - offset)) else { break }
            let isLast = offset + block.count == file.count
            guard let cut = isLast ? block.count : block.lastIndex(of: UInt8(ascii: "\n")).map({ $0 + 1 }), cut > 0
            else {
                // One line is longer than a block.
                size *= 2
                continue
            }
            size = blockSize
            var lines = Self.lines(of: block[..<cut])
            if header == nil {
                guard let range = lines.first else { break }
                header = try TraceReader.header(of: Data(block[range]))
                previous = TraceLine.digest(block[range])
                lines.removeFirst()
            }
            take(Self.looked(at: lines, in: block), offset: offset, isLast: isLast)
            offset += cut
        }
        guard let header else { return try TraceReader.header(of: Data()) }
        settle()
        return header
    }

    /// Between line feeds; an empty rest after the last one is no line.
    private static func lines(of block: ArraySlice<UInt8>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        block.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            var start = 0
            while start < bytes.count {
                let feed = memchr(base + start, 0x0A, bytes.count - start)
                let end = feed.map { base.distance(to: UnsafeRawPointer($0)) } ?? bytes.count
                lines.append(start..<end)
                start = end + 1
            }
        }
        return lines
    }

    // MARK: Lines, side by side

    private static func looked(at ranges: [Range<Int>], in block: [UInt8]) -> [Line] {
        let parts = max(1, min(ranges.count, ProcessInfo.processInfo.activeProcessorCount))
        let found = Mutex([[Line]](repeating: [], count: parts))
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            let range = ranges.count * part / parts..<ranges.count * (part + 1) / parts
            let lines = block.withUnsafeBytes { bytes in
                ranges[range].map { look(at: UnsafeRawBufferPointer(rebasing: bytes[$0]), $0) }
            }
            found.withLock { $0[part] = lines }
        }
        return found.withLock { $0.flatMap(\.self) }
    }

    private static func look(at bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Line {
        var line = Line(range: range, digest: Hexadecimal.text(SHA256.hash(data: bytes)))
        guard let scan = LineScan(bytes) else {
            read(Array(bytes), into: &line)
            return line
        }
        func text(_ place: Range<Int>?) -> String? { place.map { String(decoding: bytes[$0], as: UTF8.self) } }
        line.previous = text(scan.previous) ?? ""
        if let type = scan.type, LineScan.equal(bytes, type, "footer") {
            line.isFooter = true
            line.number = text(scan.events).flatMap { Int($0) } ?? -1
            return line
        }
        line.number = text(scan.seq).flatMap { Int($0) } ?? -1
        line.world = text(scan.world)
        line.kind = text(scan.kind) ?? ""
        line.exchange = text(scan.exchange)
        line.at = text(scan.at) ?? ""
        return line
    }

    /// A line written in another way than Assay writes it.
    private static func read(_ bytes: [UInt8], into line: inout Line) {
        guard let value = try? Value.parseJSON(bytes) else { return }
        line.previous = value["prev"]?.string ?? ""
        if value["type"] == "footer" {
            line.isFooter = true
            line.number = value["events"]?.int ?? -1
            return
        }
        line.number = value["seq"]?.int ?? -1
        line.world = value["world"]?.string
        line.kind = value["kind"]?.string ?? ""
        line.exchange = value["exchange"]?.string
        line.at = value["at"]?.string ?? ""
    }

    // MARK: In order

    private mutating func take(_ lines: [Line], offset: Int, isLast: Bool) {
        for (place, line) in lines.enumerated() {
            guard line.previous == previous else { return end = .broken }
            previous = line.digest
            if line.isFooter {
                end = .footer
                isComplete = line.number == index.lines.count && isLast && place == lines.count - 1
                return
            }
            guard line.number == index.lines.count + 1, line.number < limit, let at = Instant(rfc3339: line.at) else {
                return end = .broken
            }
            if first == nil { first = at }
            last = at
            let seq = line.number
            index.lines.append(
                TraceIndex.Line(offset: offset + line.range.lowerBound, length: Int32(line.range.count)))
            let world = line.world.map { number(of: $0) } ?? -1
            let exchange = line.exchange.map { note($0, kind: line.kind, world: world) } ?? -1
            marks.append((world, exchange))
            if world < 0 || TraceParts.runKinds.contains(line.kind) { index.run.append(seq) }
        }
    }

    private mutating func number(of world: String) -> Int32 {
        if let known = names[world] { return known }
        let number = Int32(worlds.count)
        names[world] = number
        worlds.append(WorldID(rawValue: world))
        return number
    }

    private mutating func note(_ exchange: String, kind: String, world: Int32) -> Int32 {
        let number: Int32
        if let known = exchanges[exchange] {
            number = known
        } else {
            number = Int32(owners.count)
            exchanges[exchange] = number
            owners.append(ExchangeOwner())
        }
        if world >= 0 { owners[Int(number)].note(kind: kind, world: world) }
        return number
    }

    /// Whose each event is, once every exchange is known to its end.
    private mutating func settle() {
        var own = [[Int]](repeating: [], count: worlds.count + 1)
        var owned = own
        for (place, mark) in marks.enumerated() {
            own[Int(mark.world + 1)].append(place + 1)
            guard mark.exchange >= 0 else { continue }
            owned[Int((owners[Int(mark.exchange)].world ?? -1) + 1)].append(place + 1)
        }
        for number in own.indices {
            let world = number == 0 ? nil : worlds[number - 1]
            if !own[number].isEmpty { index.own[world] = own[number] }
            if !owned[number].isEmpty { index.owned[world] = owned[number] }
        }
        names = [:]
        exchanges = [:]
        owners = []
        marks = []
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Searches one message after another for the same canaries, and nothing twice: resources, tokens and headers stand in
/// message after message, and a folder holds the database that is a source of its own.
package struct MessageScanner {
    private let detector: Detector
    private let memory = ScanMemory()
    private var results: [Bytes: ScanResult] = [:]

    package init(_ detector: Detector) { self.detector = detector }

    package mutating func scan(_ bytes: [UInt8]) -> ScanResult {
        let key = Bytes(bytes: bytes)
        if let known = results[key] { return known }
        let result = detector.scan(bytes, memory)
        results[key] = result
        return result
    }

    /// Searches the head of a message: lines that were met before need no search, and the new ones are searched together,
    /// since a value may be split over several.
    package mutating func scan(head: [UInt8]) -> ScanResult {
        var result = ScanResult()
        var fresh: [(key: Bytes, line: Range<Int>)] = []
        for line in Self.lines(of: head) {
            let key = Bytes(bytes: Array(head[line]))
            if let known = results[key] {
                result.add(known, from: line.lowerBound)
            } else {
                fresh.append((key, line))
            }
        }
        guard !fresh.isEmpty else { return result }
        let found = detector.scan(Array(fresh.map(\.key.bytes).joined(separator: Self.lineEnd)), memory)
        var start = 0
        var across = found
        for (key, line) in fresh {
            let range = start..<start + line.count
            var own = ScanResult()
            (own.hits, across.hits) = Self.parted(across.hits) {
                range.lowerBound <= $0.offset && $0.offset + $0.length <= range.upperBound
            }
            (own.unscanned, across.unscanned) = Self.parted(across.unscanned) { range.contains($0.offset) }
            var counted = ScanResult()
            counted.add(own, from: -start)
            results[key] = counted
            result.add(counted, from: line.lowerBound)
            start = range.upperBound + Self.lineEnd.count
        }
        // What several lines hold together stands at the beginning.
        result.add(across, from: 0)
        return result
    }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    private static func lines(of head: [UInt8]) -> [Range<Int>] {
        head.split(separator: 0x0A).map { $0.last == 0x0D ? $0.dropLast() : $0 }.map { $0.startIndex..<$0.endIndex }
    }

    private static func parted<Element>(
        _ all: [Element], _ isOwn: (Element) -> Bool
    ) -> (own: [Element], others: [Element]) {
        (all.filter(isOwn), all.filter { !isOwn($0) })
    }

    /// Hashed as one piece: an array of bytes feeds the hasher byte by byte.
    private struct Bytes: Hashable {
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
    }
}

extension ScanResult {
    /// What was found in a part of a text, by where the part begins.
    fileprivate mutating func add(_ part: ScanResult, from start: Int) {
        hits += part.hits.map { $0.moved(by: start) }
        unscanned += part.unscanned.map {
            Unscanned(reason: $0.reason, chain: $0.chain, offset: $0.offset + start)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Searches the messages of one flow (a connection, an SMS thread, a file in the making): each by itself, then what a
/// cut
/// between messages would hide, both of the raw bytes and of the fields of one name put together.
package struct FlowScanner: Sendable {
    private let detector: Detector
    private let budget: ScanBudget
    private let window: Int
    private var tail: [UInt8] = []
    private var fieldTails: [String: [UInt8]] = [:]
    /// Names of fields remembered at most: a flow of random names must not grow for ever.
    private static let fieldLimit = 256

    package init(_ detector: Detector, budget: ScanBudget = ScanBudget()) {
        self.detector = detector
        self.budget = budget
        window = detector.longestForm * 2
    }

    /// Searches the next message. A joined hit has `joined-messages` or `joined-fields` first in its chain, and its
    /// offset is
    /// that of this message's beginning (0) or counts into it.
    package mutating func feed(_ message: [UInt8]) -> ScanResult {
        var result = detector.scan(message, budget: budget)
        let known = Set(result.hits.map(\.canary))
        var joined: [Hit] = []
        var values: [String: [UInt8]] = [:]
        for (name, value) in FieldJoiner.fields(in: Array(message.prefix(1 << 16))) {
            values[name, default: []] += value
        }
        for (name, value) in values {
            let before = fieldTails[name] ?? []
            if !before.isEmpty {
                joined += crossing(before + value.prefix(window), cut: before.count, name: "joined-fields", &result)
            }
            if fieldTails[name] != nil || fieldTails.count < Self.fieldLimit {
                fieldTails[name] = Array((before + value).suffix(window))
            }
        }
        // After the fields: the joined text is searched for split fields too, and their own names say more.
        let body = message.dropFirst(Self.counter(message))
        if !tail.isEmpty {
            let text = tail + body.prefix(window)
            joined += crossing(text, cut: tail.count, name: "joined-messages", &result)
        }
        var seen = known
        for hit in joined where seen.insert(hit.canary).inserted { result.hits.append(hit) }
        tail = Array((tail + body).suffix(window))
        return result
    }

    /// How many bytes at the beginning say which part of a text this is: `(2/3) `, `2/3: `, `[2/3]`.
    private static func counter(_ message: [UInt8]) -> Int {
        var (index, numbers) = (0, 0)
        if let first = message.first, first == 0x28 || first == 0x5B { index = 1 }
        while numbers < 2 {
            let start = index
            while index < message.count, index - start < 2, Surroundings.isDigit(message[index]) { index += 1 }
            guard index > start else { return 0 }
            numbers += 1
            if numbers == 1 {
                guard index < message.count, message[index] == 0x2F else { return 0 }
                index += 1
            }
        }
        let end = index
        while index < message.count, [0x29, 0x5D, 0x3A, 0x20].contains(message[index]), index - end < 3 { index += 1 }
        return index > end ? index : 0
    }

    /// Hits that reach over the cut; those on one side of it were or will be found there.
    private func crossing(_ text: [UInt8], cut: Int, name: String, _ result: inout ScanResult) -> [Hit] {
        let found = detector.scan(text, budget: budget)
        result.unscanned += found.unscanned
        return found.hits.compactMap { hit in
            guard hit.offset < cut, hit.offset + hit.length > cut else { return nil }
            return Hit(
                canary: hit.canary, world: hit.world, dataClass: hit.dataClass, origin: hit.origin, offset: 0,
                length: hit.offset + hit.length - cut, chain: [name] + hit.chain, form: hit.form, level: hit.level,
                excerpt: hit.excerpt)
        }
    }
}

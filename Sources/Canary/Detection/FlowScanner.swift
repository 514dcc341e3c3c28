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
        if !tail.isEmpty {
            let text = tail + message.prefix(window)
            joined += crossing(text, cut: tail.count, name: "joined-messages", &result)
        }
        var seen = known
        for hit in joined where seen.insert(hit.canary).inserted { result.hits.append(hit) }
        tail = Array((tail + message).suffix(window))
        return result
    }

    /// Hits that reach over the cut; those on one side of it were or will be found there.
    private func crossing(_ text: [UInt8], cut: Int, name: String, _ result: inout ScanResult) -> [Hit] {
        let found = detector.scan(text, budget: budget)
        result.unscanned += found.unscanned
        return found.hits.compactMap { hit in
            guard hit.offset < cut, hit.offset + hit.length > cut else { return nil }
            return Hit(
                canary: hit.canary, world: hit.world, dataClass: hit.dataClass, origin: hit.origin, offset: 0,
                length: hit.offset + hit.length - cut, chain: [name] + hit.chain, form: hit.form, level: hit.level)
        }
    }
}

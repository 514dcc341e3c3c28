// SPDX-License-Identifier: Apache-2.0

/// The differential stage: what stands in every round of one person and in no round of another depends on the person,
/// whatever its form (keyed digest, cipher, code of the connector's own). What a session draws anew is in one round only;
/// what the connector says to everybody is in all of them.
package enum Differential {
    /// A stretch of bytes, where it was met first.
    package struct Place: Sendable, Hashable {
        /// What is compared: the same from round to round, for example `connector to graph, request-headers, traceparent`.
        package let name: String
        /// Where it stood: `message:x12:request-headers`, `database:connector.sqlite-wal`.
        package let surface: String
        package let offset: Int
        package let length: Int
        /// Encodings it stood in, from the outside in.
        package let chain: [String]
    }

    /// Something that tells people apart, in the first round of the first of them.
    package struct Dependence: Sendable, Hashable {
        package let person: String
        package let place: Place
        /// How many stretches of this place depend on the person.
        package let count: Int
    }

    /// What surrounded a stretch wherever it was kept before. A store writes its old rows again with the new ones: only a
    /// stretch between other neighbours was written anew.
    package struct Memory: Sendable {
        fileprivate var before: Set<Int> = []
        fileprivate var after: Set<Int> = []
        private static let reach = 64

        package init() {}

        /// Whether it stands between neighbours that it never had, on either side.
        /// - Parameters:
        ///   - range: where it stands in `text`, or the encoded run does that it came out of.
        ///   - token: its hash.
        fileprivate mutating func isNew(_ token: Int, _ range: Range<Int>, in text: [UInt8]) -> Bool {
            func hash(_ range: Range<Int>, isCut: Bool) -> Int {
                var hasher = Hasher()
                hasher.combine(token)
                // Where the text begins or ends, how long it is stands for the neighbour.
                hasher.combine(isCut ? text.count : 0)
                text[range].withUnsafeBytes { hasher.combine(bytes: $0) }
                return hasher.finalize()
            }
            let start = max(0, range.lowerBound - Self.reach)
            let end = min(text.count, range.upperBound + Self.reach)
            let isNewBefore = before.insert(hash(start..<range.upperBound, isCut: start == 0)).inserted
            let isNewAfter = after.insert(hash(range.lowerBound..<end, isCut: end == text.count)).inserted
            return isNewBefore && isNewAfter
        }
    }

    /// What one person's turn left. Of the bytes only hashes are kept.
    package struct Round: Sendable {
        /// Alias; empty for what was there before.
        package let person: String
        /// Bytes looked at.
        package private(set) var bytes = 0
        package private(set) var unscanned: [Unscanned] = []
        fileprivate var tokens: [Int: Place] = [:]
        /// Stretches that are compared.
        package var count: Int { tokens.count }

        package init(person: String) { self.person = person }

        /// Takes in a text and all that decoding it gives. A stretch in which the search knows a canary is left out: it has
        /// its own verdict by the policy.
        /// - Parameters:
        ///   - search: memory of the search, of one detector.
        ///   - memory: of what was kept in all rounds before; nil: a message, of which nothing is old.
        package mutating func add(
            _ text: [UInt8], name: String, surface: String, _ detector: Detector, _ search: ScanMemory,
            memory: inout Memory?
        ) {
            bytes += text.count
            let (result, readings) = detector.readings(of: text, search)
            unscanned += result.unscanned
            let known = result.hits.map { $0.offset..<$0.offset + max(1, $0.length) }
            for reading in readings {
                Self.forEachToken(in: reading.bytes) { range in
                    let root = reading.root(range)
                    guard
                        !known.contains(where: {
                            $0.overlaps(root.isEmpty ? root.lowerBound..<root.lowerBound + 1 : root)
                        })
                    else { return }
                    var name = name
                    if name.hasSuffix("-headers"), let header = Self.header(of: range, in: reading.bytes) {
                        name += ", " + header
                    }
                    var hasher = Hasher()
                    hasher.combine(name)
                    reading.bytes[range].withUnsafeBytes { hasher.combine(bytes: $0) }
                    let key = hasher.finalize()
                    let place = root.clamped(to: 0..<text.count)
                    if let isNew = memory?.isNew(key, place, in: text), !isNew { return }
                    if tokens[key] == nil {
                        tokens[key] = Place(
                            name: name, surface: surface, offset: root.lowerBound, length: root.count,
                            chain: reading.chain)
                    }
                }
            }
        }

        /// The field a stretch of a head belongs to.
        private static func header(of range: Range<Int>, in bytes: [UInt8]) -> String? {
            let start = bytes[..<range.lowerBound].lastIndex(of: 10).map { $0 + 1 } ?? 0
            guard let colon = bytes[start...].firstIndex(of: UInt8(ascii: ":")), colon <= range.lowerBound else {
                return nil
            }
            return String(decoding: bytes[start..<colon], as: UTF8.self).lowercased()
        }

        // MARK: Stretches

        /// Words of letters and digits, runs of them with the signs of base64, and windows over bytes that are no text.
        private static func forEachToken(in bytes: [UInt8], _ body: (Range<Int>) -> Void) {
            runs(in: bytes, least: shortestWord, word) { if isTelling(bytes[$0]) { body($0) } }
            runs(in: bytes, least: shortestWord + 2, armor) { range in
                let isWord = bytes[range].allSatisfy(TextIndex.Kind.isAlphanumeric)
                if !isWord, isTelling(bytes[range]) { body(range) }
            }
            windows(in: bytes, body)
        }

        private static let shortestWord = 6
        private static let window = 12

        private static let word: UInt8 = 1
        private static let armor: UInt8 = 2
        private static let classes = ByteRuns.table { byte in
            if TextIndex.Kind.isAlphanumeric(byte) { return word | armor }
            return byte == 0x2B || byte == 0x2F || byte == 0x2D || byte == 0x5F ? armor : 0
        }

        private static func runs(in bytes: [UInt8], least: Int, _ mask: UInt8, _ body: (Range<Int>) -> Void) {
            let marks = classes.marks
            bytes.withUnsafeBufferPointer { ByteRuns.forEach(mask, least: least, in: $0, marks, body) }
        }

        /// Lengths, times of day and counters are the same in two rounds by chance.
        private static func isTelling(_ text: ArraySlice<UInt8>) -> Bool {
            if text.count < 8, text.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { return false }
            return distinct(text) >= 4
        }

        /// A digest or a cipher that was stored as it is: bytes without order, among which zeros are rare.
        private static func windows(in bytes: [UInt8], _ body: (Range<Int>) -> Void) {
            guard bytes.count >= window else { return }
            var odd = 0
            var zeros = 0
            for (end, byte) in bytes.enumerated() {
                if byte < 0x20 || byte > 0x7E { odd += 1 }
                if byte == 0 { zeros += 1 }
                if end >= window {
                    let gone = bytes[end - window]
                    if gone < 0x20 || gone > 0x7E { odd -= 1 }
                    if gone == 0 { zeros -= 1 }
                }
                guard end + 1 >= window, odd >= 4, zeros < 2 else { continue }
                let range = end + 1 - window..<end + 1
                if distinct(bytes[range]) >= 9 { body(range) }
            }
        }

        private static func distinct(_ text: ArraySlice<UInt8>) -> Int {
            var seen: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
            for byte in text {
                let bit: UInt64 = 1 << UInt64(byte & 63)
                switch byte >> 6 {
                case 0: seen.0 |= bit
                case 1: seen.1 |= bit
                case 2: seen.2 |= bit
                default: seen.3 |= bit
                }
            }
            return seen.0.nonzeroBitCount + seen.1.nonzeroBitCount + seen.2.nonzeroBitCount + seen.3.nonzeroBitCount
        }
    }

    /// Places that tell people apart: each person has there what stands in all of the own rounds and in no other, so that
    /// neither a value that changed in between nor one drawn from a few is taken for the person's.
    ///
    /// - Parameter rounds: two and more of each person, by turns; those before them under no name.
    package static func dependences(_ rounds: [Round]) -> [Dependence] {
        var people: [String] = []
        for round in rounds where !round.person.isEmpty && !people.contains(round.person) {
            people.append(round.person)
        }
        guard people.count > 1, people.allSatisfy({ name in rounds.count { $0.person == name } > 1 }) else { return [] }
        let own = people.map { person in
            let mine = rounds.filter { $0.person == person }
            let others = rounds.filter { $0.person != person }
            let kept = mine[0].tokens.filter { key, _ in
                mine.allSatisfy { $0.tokens[key] != nil } && others.allSatisfy { $0.tokens[key] == nil }
            }
            return Dictionary(grouping: kept.values, by: \.name)
        }
        return own[0].compactMap { name, places -> Dependence? in
            guard own.allSatisfy({ $0[name] != nil }),
                let first = places.min(by: { ($0.chain.count, $0.offset) < ($1.chain.count, $1.offset) })
            else { return nil }
            return Dependence(person: people[0], place: first, count: places.count)
        }.sorted { $0.place.name < $1.place.name }
    }
}

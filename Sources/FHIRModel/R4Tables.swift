// SPDX-License-Identifier: Apache-2.0

/// The generated text tables of FHIR R4 (4.0.1) and their reader. The line format is described in the generator.
enum R4Tables {
    /// A type as its lines tell it.
    struct TypeRow {
        let name: Substring
        let base: Substring
        let kind: UInt8
        var keys: [Substring] = []
        var elements: [ElementRow] = []
    }

    struct ElementRow {
        let name: Substring
        let min: Int
        /// Nil for `*`.
        let max: Int?
        let types: Substring
        let binding: Substring
        let keys: [Substring]
    }

    /// All type lines, in the order of the tables.
    static func types() -> [TypeRow] {
        var rows: [TypeRow] = []
        rows.reserveCapacity(900)
        for text in [typesA, typesB] {
            forEachLine(text) { fields in
                switch fields[0] {
                case "T":
                    rows.append(TypeRow(name: fields[1], base: fields[2], kind: fields[3].utf8.first ?? 0))
                case "K": rows[rows.count - 1].keys = fields[1].split(separator: ",")
                default:
                    rows[rows.count - 1].elements.append(
                        ElementRow(
                            name: fields[1], min: Int(fields[2]) ?? 0, max: Int(fields[3]), types: fields[4],
                            binding: fields.count > 5 ? fields[5] : "",
                            keys: fields.count > 6 ? fields[6].split(separator: ",") : []))
                }
            }
        }
        return rows
    }

    /// Calls `body` with the fields of each line; the last field of a constraint line may hold bars itself.
    static func forEachLine(_ text: String, _ body: ([Substring]) -> Void) {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let limit =
                line.first == UInt8(ascii: "C")
                ? 3 : line.first == UInt8(ascii: "H") ? 2 : line.first == UInt8(ascii: "S") ? 6 : Int.max
            body(
                line.split(separator: UInt8(ascii: "|"), maxSplits: limit, omittingEmptySubsequences: false)
                    .map { Substring($0) })
        }
    }
}

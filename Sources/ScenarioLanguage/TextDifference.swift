// SPDX-License-Identifier: Apache-2.0

package import Value

/// How two long values differ, for people.
package enum TextDifference {
    /// Shorter values are shown whole, beside each other.
    private static let short = 100
    private static let lineLimit = 400

    /// Lines with `-` (expected) and `+` (actual) before them, for texts of several lines, lists and objects; where a long
    /// line differs, for others; nil where both are short.
    package static func describe(expected: Value, actual: Value) -> String? {
        let left = text(expected)
        let right = text(actual)
        guard left != right, left.count > short || right.count > short else { return nil }
        let a = left.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let b = right.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard a.count > 1 || b.count > 1 else { return firstDifference(expected: left, actual: right) }
        guard a.count <= lineLimit, b.count <= lineLimit else {
            return firstDifference(expected: left, actual: right)
        }
        return "- expected, + actual\n" + lines(a, b).joined(separator: "\n")
    }

    /// `they differ from character 120 on: expected …, was …`; nil where a reader can see it.
    package static func firstDifference(expected: String, actual: String) -> String? {
        guard expected != actual, max(expected.count, actual.count) > short else { return nil }
        let common = zip(expected, actual).prefix { $0 == $1 }.count
        guard common > short / 2 else { return nil }
        func part(_ text: String) -> String {
            let tail = text.dropFirst(max(0, common - 20))
            return "…" + tail.prefix(60) + (tail.count > 60 ? "…" : "")
        }
        return "they differ from character \(common + 1) on: expected \(part(expected)), was \(part(actual))"
    }

    private static func text(_ value: Value) -> String {
        value.scalarText ?? value.json(pretty: true)
    }

    /// A line difference by longest common subsequence; runs of equal lines are cut to two around each change.
    private static func lines(_ a: [String], _ b: [String]) -> [String] {
        var length = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in a.indices.reversed() {
            for j in b.indices.reversed() {
                length[i][j] =
                    a[i] == b[j] ? length[i + 1][j + 1] + 1 : max(length[i + 1][j], length[i][j + 1])
            }
        }
        var result: [(mark: Character, line: String)] = []
        var i = 0
        var j = 0
        while i < a.count || j < b.count {
            if i < a.count, j < b.count, a[i] == b[j] {
                result.append((" ", a[i]))
                i += 1
                j += 1
            } else if j >= b.count || (i < a.count && length[i + 1][j] >= length[i][j + 1]) {
                result.append(("-", a[i]))
                i += 1
            } else {
                result.append(("+", b[j]))
                j += 1
            }
        }
        let changed = result.indices.filter { result[$0].mark != " " }
        var shown: [String] = []
        var isCut = false
        for index in result.indices {
            guard changed.contains(where: { abs($0 - index) <= 2 }) else {
                if !isCut { shown.append("  …") }
                isCut = true
                continue
            }
            isCut = false
            shown.append("\(result[index].mark) \(result[index].line)")
        }
        return shown
    }
}

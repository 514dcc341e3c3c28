// SPDX-License-Identifier: Apache-2.0

/// Pairs matchers with elements, each used once.
enum Pairing {
    /// Whether every row can have a column of its own where it says true (augmenting paths).
    static func isComplete(_ fits: [[Bool]]) -> Bool {
        var rowOfColumn = [Int?](repeating: nil, count: fits.first?.count ?? 0)
        func place(_ row: Int, _ tried: inout Set<Int>) -> Bool {
            for column in fits[row].indices where fits[row][column] && tried.insert(column).inserted {
                guard let other = rowOfColumn[column] else {
                    rowOfColumn[column] = row
                    return true
                }
                if place(other, &tried) {
                    rowOfColumn[column] = row
                    return true
                }
            }
            return false
        }
        return fits.indices.allSatisfy { row in
            var tried: Set<Int> = []
            return place(row, &tried)
        }
    }
}

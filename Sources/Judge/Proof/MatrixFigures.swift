// SPDX-License-Identifier: Apache-2.0

/// What a kill matrix says of the suite's checks, for the reports of a run: read from `kill-matrix.json`.
package struct MatrixFigures: Sendable, Hashable {
    package let suiteVersion: String
    /// SHA-256 over the suite's files it was made with; nil: it does not say.
    package let suiteData: String?
    package let isProved: Bool
    /// Every scenario was run against every defect.
    package let isFull: Bool
    /// It tells of the whole catalogue, as the reference deployment shows it, and was run to its end.
    package let isWhole: Bool
    /// `98.7 %`; nil where no defect could be seen.
    package let score: String?
    /// Defects by what became of them, `defects` and `not-run` beside them; in the order of the file.
    package let counts: [Count]
    package let areas: [KillMatrix.Area]
    /// The defects that turned a check red, by `scenario/check` and `run/check`.
    package let kills: [String: [String]]

    package struct Count: Sendable, Hashable {
        package let name: String
        package let number: Int

        package init(name: String, number: Int) {
            self.name = name
            self.number = number
        }
    }

    package init(
        suiteVersion: String, suiteData: String?, isProved: Bool, isFull: Bool, isWhole: Bool, score: String?,
        counts: [Count],
        areas: [KillMatrix.Area], kills: [String: [String]]
    ) {
        self.suiteVersion = suiteVersion
        self.suiteData = suiteData
        self.isProved = isProved
        self.isFull = isFull
        self.isWhole = isWhole
        self.score = score
        self.counts = counts
        self.areas = areas
        self.kills = kills
    }

    package func count(_ name: String) -> Int { counts.first { $0.name == name }?.number ?? 0 }
}

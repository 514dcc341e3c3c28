// SPDX-License-Identifier: Apache-2.0

package import Judge
package import Value

extension MatrixFigures {
    /// Reads `kill-matrix.json`; nil where it is none of this version's.
    package init?(_ matrix: Value) {
        guard matrix["format"]?.string == KillMatrixJSON.format, let version = matrix["suite-version"]?.string,
            let counts = matrix["counts"]?.members, let defects = matrix["defects"]?.array
        else { return nil }
        var kills: [String: [String]] = [:]
        for defect in defects {
            for red in defect["red"]?.array ?? [] where red["unrelated"]?.bool != true {
                guard let check = red["check"]?.string, let id = defect["defect"]?.string else { continue }
                kills[check, default: []].append(id)
            }
        }
        self.init(
            suiteVersion: version, suiteData: matrix["suite-data"]?.string,
            isProved: matrix["proved"]?.bool ?? false, isFull: matrix["full"]?.bool ?? false,
            isWhole: matrix["complete"]?.bool == true && matrix["selection"]?.bool == false
                && (matrix["as-seen-by"]?.isNull ?? true),
            score: matrix["score"]?.string,
            counts: counts.compactMap { name, value in
                value.int.map { MatrixFigures.Count(name: name, number: $0) }
            },
            areas: (matrix["areas"]?.array ?? []).compactMap { area in
                guard let name = area["area"]?.string, let killed = area["killed"]?.int,
                    let total = area["defects"]?.int
                else { return nil }
                return KillMatrix.Area(name: name, killed: killed, total: total)
            }, kills: kills)
    }
}

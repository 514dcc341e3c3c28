// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import SourceText
import Value

/// How the reference connector beside this executable may differ, as it tells itself: deliberate defects and permitted
/// variants.
struct ReferenceDifferences {
    struct Difference {
        let id: String
        let story: String
    }

    let defects: [Difference]
    let variants: [Difference]

    /// Asks the reference connector.
    ///
    /// - Throws: `Mistaken` where it is not there or tells nothing.
    static func read() async throws -> ReferenceDifferences {
        let path = Suite.executableFolder.appending(path: "reference-connector").path
        let told: Value
        do {
            let answer = try await CommandRunner.run([path, "--list-defects"], within: .seconds(30))
            told = try Value.parseJSON(String(decoding: answer.output, as: UTF8.self))
        } catch {
            throw Mistaken(
                "The reference connector at \(path) does not say how it may differ: \(error)\n"
                    + "  = Build it beside assay: `swift build`, or `make install`.")
        }
        func all(_ kind: String) -> [Difference] {
            (told.array ?? []).filter { $0["kind"]?.string == kind }.compactMap { entry in
                entry["id"]?.string.map { Difference(id: $0, story: entry["story"]?.string ?? "") }
            }
        }
        return ReferenceDifferences(defects: all("defect"), variants: all("variant"))
    }

    /// Holds ids that were asked for against what there is, before anything is started.
    static func check(defects: [String], variants: [String]) async throws {
        guard !(defects.isEmpty && variants.isEmpty) else { return }
        let known = try await read()
        for (wanted, there, kind) in [(defects, known.defects, "defect"), (variants, known.variants, "variant")] {
            let ids = there.map(\.id)
            for id in wanted where !ids.contains(id) {
                let guess = nearestWord(to: id, in: ids).map { "did you mean `\($0)`?" }
                throw Mistaken(
                    "The reference connector knows no \(kind) `\(id)`.\n"
                        + "  = \(guess ?? "`assay list \(kind)s` names them all.")")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The reference connector with its variant `other-writeback`: attendance goes to an interface engine, as the example in the
/// documentation maps it.
package enum InterfaceEngine {
    package static let variant = "other-writeback"
    /// With which the reference connector calls it.
    package static let key = "reference-epic-writeback-3nV5"

    /// The deployment file's text.
    /// - Parameter changes: further replacements.
    package static func deployment(_ changes: [(String, String)] = []) throws -> String {
        var text = try read("Scenarios/deployments/reference.yaml")
            .replacing("\"--until-stdin-closes\"]", with: "\"--until-stdin-closes\", \"--variant\", \"\(variant)\"]")
        text += try example().replacing("$(env.ENGINE_KEY)", with: key)
        for (old, new) in changes {
            guard text.contains(old) else { throw CocoaError(.formatting, userInfo: ["missing": old]) }
            text = text.replacing(old, with: new)
        }
        return text
    }

    /// `writeback: …` of `docs/connecting-a-connector.md`.
    package static func example() throws -> String {
        let blocks = try read("docs/connecting-a-connector.md").components(separatedBy: "```yaml\n").dropFirst()
        let bodies = blocks.map { $0.components(separatedBy: "```")[0] }
        guard let example = bodies.first(where: { $0.contains("channel: http\n") }) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return example
    }

    private static func read(_ path: String) throws -> String {
        try String(contentsOf: BuiltAssay.project.appending(path: path), encoding: .utf8)
    }
}

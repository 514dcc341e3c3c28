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
        let text =
            try ReferenceDeployment.text(variant: variant)
            + example().replacing("$(env.ENGINE_KEY)", with: key)
        return try ReferenceDeployment.changed(text, changes)
    }

    /// `writeback: …` of `docs/connecting-a-connector.md`.
    package static func example() throws -> String {
        let blocks = try ReferenceDeployment.read("docs/connecting-a-connector.md").components(separatedBy: "```yaml\n")
            .dropFirst()
        let bodies = blocks.map { $0.components(separatedBy: "```")[0] }
        guard let example = bodies.first(where: { $0.contains("channel: http\n") }) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return example
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Ledger
package import SourceText
internal import Value
internal import World

/// A world by itself: a YAML file with what stands under `world:` in a scenario (organization, people, appointments).
package enum WorldFile {
    /// Everything that is wrong is said at once; the world is nil where anything is.
    package static func read(_ file: SourceFile) -> (world: WorldSpec?, diagnostics: [Diagnostic]) {
        let (root, found) = YAMLParser.parse(file)
        let mistakes = Mistakes(file: file, diagnostics: found)
        guard let root else { return (nil, mistakes.sorted) }
        var reader = WorldReader(mistakes: mistakes)
        let world = reader.world(root)
        return (mistakes.haveErrors ? nil : world, mistakes.sorted)
    }
}

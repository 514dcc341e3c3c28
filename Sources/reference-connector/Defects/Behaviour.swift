// SPDX-License-Identifier: Apache-2.0

/// The chosen faults and differences.
struct Behaviour: Sendable {
    private let defects: Set<Defect>
    private let variants: Set<Variant>
    private let reached: ReachedDefects?

    /// - Parameter reached: notes which faults' places are reached; nil: nobody asks.
    init(defects: Set<Defect>, variants: Set<Variant>, reached: ReachedDefects? = nil) {
        self.defects = defects
        self.variants = variants
        self.reached = reached
    }

    func has(_ defect: Defect) -> Bool {
        reached?.note(defect)
        return defects.contains(defect)
    }

    func has(_ variant: Variant) -> Bool { variants.contains(variant) }
}

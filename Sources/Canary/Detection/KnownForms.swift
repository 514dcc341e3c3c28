// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Forms that were made before: a proof runs the same worlds against one defect after another.
package final class KnownForms: Sendable {
    private let known = Mutex<[[Canary]: CanaryForms]>([:])

    package init() {}

    /// Made once for the same canaries; where two ask at the same moment, perhaps twice.
    package func forms(of set: CanarySet) -> CanaryForms {
        if let forms = known.withLock({ $0[set.canaries] }) { return forms }
        let forms = CanaryForms(set)
        known.withLock { $0[set.canaries] = forms }
        return forms
    }
}

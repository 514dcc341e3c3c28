// SPDX-License-Identifier: Apache-2.0

package import World

/// A place in the EHR from which people launch visits (facts 1.4).
package enum LaunchEntry: String, Sendable, Hashable, CaseIterable {
    /// Cerner, providers.
    case powerchart
    /// Epic, providers.
    case hyperspace, haiku, canto
    /// Epic, patients.
    case mychart

    /// Who may open it.
    package var role: Role { self == .mychart ? .patient : .provider }

    /// Title of its page.
    package var title: String {
        switch self {
        case .powerchart: "PowerChart: virtual visits"
        case .hyperspace: "Hyperspace: schedule"
        case .haiku: "Haiku: schedule"
        case .canto: "Canto: schedule"
        case .mychart: "MyChart: appointments"
        }
    }

    /// The words on the button; Epic's pages name theirs (facts 1.4).
    package var button: String { self == .powerchart ? "Microsoft Teams" : "Begin virtual visit" }
}

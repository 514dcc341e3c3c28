// SPDX-License-Identifier: Apache-2.0

/// A permitted difference, switched on with `--variant`: the connector stays conformant.
enum Variant: String, CaseIterable, Sendable {
    case pollingBookings = "polling-bookings"
    case otherPaths = "other-paths"
    case otherWording = "other-wording"

    var story: String {
        switch self {
        case .pollingBookings:
            "Known appointments are also read again each minute, so that a lost notification is noticed."
        case .otherPaths:
            "All paths stand under another prefix, and the patients' and providers' links are named otherwise."
        case .otherWording: "Pages and messages use other words."
        }
    }
}

/// The chosen faults and differences.
struct Behaviour: Sendable {
    let defects: Set<Defect>
    let variants: Set<Variant>

    func has(_ defect: Defect) -> Bool { defects.contains(defect) }
    func has(_ variant: Variant) -> Bool { variants.contains(variant) }
}

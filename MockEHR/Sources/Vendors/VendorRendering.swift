// SPDX-License-Identifier: Apache-2.0

package import World

/// What the mock EHR plays for a vendor, as text: for a profile's hash, which changes with the vendor's data.
package enum VendorRendering {
    /// Every value of the vendor, a line each, members of dictionaries sorted. Code (closures) has no text.
    package static func text(of vendor: Vendor) -> String {
        var lines: [String] = []
        render(VendorProfile.of(vendor), at: vendor.rawValue, into: &lines)
        return lines.joined(separator: "\n")
    }

    private static func render(_ value: Any, at path: String, into lines: inout [String]) {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .dictionary, .set:
            let parts = mirror.children.map { child in
                var inner: [String] = []
                render(child.value, at: "", into: &inner)
                return inner.joined(separator: " ")
            }
            lines += parts.sorted().map { "\(path){\($0)}" }
        case nil:
            lines.append("\(path)=\(mirror.subjectType is AnyClass ? "" : leaf(value))")
        default:
            guard !mirror.children.isEmpty else { return lines.append("\(path)=\(leaf(value))") }
            if mirror.displayStyle == .enum { lines.append("\(path)=\(leaf(value).prefix { $0 != "(" })") }
            for (index, child) in mirror.children.enumerated() {
                render(child.value, at: "\(path).\(child.label ?? String(index))", into: &lines)
            }
        }
    }

    private static func leaf(_ value: Any) -> String {
        let text = String(describing: value)
        return text.hasPrefix("(Function)") ? "code" : text
    }
}

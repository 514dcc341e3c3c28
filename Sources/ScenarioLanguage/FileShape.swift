// SPDX-License-Identifier: Apache-2.0

internal import Value

/// What a YAML file of a suite describes, told by its keys.
package enum FileShape: String, Sendable, Hashable, CaseIterable {
    case scenario, procedure, deployment

    /// A mapping that has none of the keys counts as a scenario: its mistakes say what is missing.
    static func of(_ root: YAMLNode) -> FileShape {
        guard root["steps"] == nil || root["procedure"] != nil else { return .scenario }
        if root["procedure"] != nil { return .procedure }
        return root["reach"] != nil || root["registrations"] != nil || root["bindings"] != nil ? .deployment : .scenario
    }
}

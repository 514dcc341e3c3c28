// SPDX-License-Identifier: Apache-2.0

/// What validation asks of a type beyond its elements' names and types.
package struct TypeRules: Sendable {
    /// Per element of the type's description, in the same order, inherited ones included.
    package let elements: [ElementRules]
    /// Keys of the constraints on every instance, inherited ones included.
    package let constraints: [String]
    /// Abstract types have no instances of their own.
    package let isAbstract: Bool
}

/// What validation asks of one element.
package struct ElementRules: Sendable {
    package let min: Int
    /// Nil where there is no upper bound.
    package let max: Int?
    /// The required value set by the last part of its address; empty where none is required.
    package let binding: String
    /// Keys of the constraints on the element in this place.
    package let constraints: [String]
    /// Types a reference may point to; empty where any is fine.
    package let targets: [String]
}

/// A rule in FHIRPath that instances must satisfy.
package struct Constraint: Sendable {
    /// The key as HL7 publishes it, for example `app-1`.
    package let key: String
    package let isError: Bool
    /// As published, but for known mistakes.
    package let expression: String
    /// What the rule asks for, one sentence.
    package let sentence: String
}

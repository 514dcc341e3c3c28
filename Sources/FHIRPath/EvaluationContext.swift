// SPDX-License-Identifier: Apache-2.0

/// What an expression may see besides its input.
package struct EvaluationContext: Sendable {
    /// Supplies a function that FHIRPath does not know: focus and evaluated arguments in, collection out. It refuses with
    /// a ``FHIRPathFunctionError``; of other errors the description is shown.
    package typealias CustomFunction = @Sendable (_ focus: [Item], _ arguments: [[Item]]) throws -> [Item]

    /// The types of the input; ``PlainJSON`` unless said otherwise.
    package var model: any TypeModel
    /// `%resource`; the input itself unless set.
    package var resource: Item?
    /// `%rootResource`: the resource that contains `%resource`; the same unless set.
    package var rootResource: Item?
    /// `%name` for names beyond the standard ones, without the percent sign.
    package var variables: [String: [Item]] = [:]
    /// Implementations of the functions named to ``Expression/init(parsing:customFunctions:)``.
    package var functions: [String: CustomFunction] = [:]
    /// Microseconds since 1970 for `now()`, `today()` and `timeOfDay()`; without it they signal an error.
    package var now: Int64?
    /// Minutes east of Greenwich in which `now()` is told.
    package var zoneMinutes: Int16 = 0
    /// Receives what `trace(name)` sees.
    package var trace: (@Sendable (_ name: String, _ items: [Item]) -> Void)?
    /// Finds what a reference means where the input itself does not hold it.
    package var resolve: (@Sendable (_ reference: String) -> Item?)?
    /// Whether an element name that the type does not have signals an error instead of giving nothing.
    package var isStrict = false
    /// Evaluation steps after which an expression is stopped.
    package var maximumSteps = 20_000_000

    package init(model: any TypeModel = PlainJSON()) { self.model = model }
}

/// Why a custom function refused.
package struct FHIRPathFunctionError: Error, Sendable {
    package let message: String
    package let remedy: String?

    package init(_ message: String, remedy: String? = nil) {
        self.message = message
        self.remedy = remedy
    }
}

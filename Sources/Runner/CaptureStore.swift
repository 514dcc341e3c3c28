// SPDX-License-Identifier: Apache-2.0

internal import FHIRPath
internal import ScenarioLanguage
internal import Trace
internal import Value

/// What a scenario knows by name: its captures over its world's own values.
struct CaptureStore: Sendable {
    /// The world as `WorldValue` gives it.
    let world: Value
    private(set) var resolver: TemplateResolver
    private var captured = Members()

    init(world: Value) {
        self.world = world
        resolver = TemplateResolver(WorldValue.references(in: world))
    }

    mutating func capture(_ name: String, _ value: Value) {
        captured[name] = value
        resolver.values[name] = value
    }

    func resolve(_ template: Template) throws(StepFailure) -> Value {
        do { return try resolver.resolve(template) } catch { throw StepFailure(message: "\(error)") }
    }

    func text(_ template: Template) throws(StepFailure) -> String {
        do { return try resolver.text(template) } catch { throw StepFailure(message: "\(error)") }
    }

    func resolve(_ argument: ArgumentValue) throws(StepFailure) -> Value {
        do { return try resolver.resolve(argument) } catch { throw StepFailure(message: "\(error)") }
    }

    /// Evaluates a capture over an event: one item as its value, several as a list, none as nil.
    func evaluate(_ expression: Expression, on event: TraceEvent) throws(StepFailure) -> Value? {
        var context = EvaluationContext()
        context.variables["world"] = [Item(world)]
        context.variables["captures"] = [Item(.object(captured))]
        do {
            let values = try expression.evaluate(on: EventView.value(of: event), context: context).map(\.value)
            return values.count > 1 ? .array(values) : values.first
        } catch {
            throw StepFailure(message: "the capture \(expression) cannot be evaluated: \(error)")
        }
    }
}

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
    private var captured: [String: Value] = [:]

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

    func resolve(_ json: JSONTemplate) throws(StepFailure) -> Value {
        do { return try resolver.resolve(json) } catch { throw StepFailure(message: "\(error)") }
    }

    /// Takes a capture out of an event: one item as its value, several as a list, none as nil.
    func evaluate(
        _ capture: Capture, on event: TraceEvent, page: () -> ExtractionPage?
    ) throws(StepFailure) -> Value? {
        do {
            return try capture.extraction.value(of: event, context: context(for: capture.extraction), page: page)
        } catch {
            throw StepFailure(message: "the capture `\(capture.extraction.source)` cannot be evaluated: \(error)")
        }
    }

    private func context(for extraction: Extraction) -> EvaluationContext {
        var context = EvaluationContext()
        if extraction.variables.contains("world") { context.variables["world"] = [Item(world)] }
        if extraction.variables.contains("captures") {
            let members = Members(captured.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            context.variables["captures"] = [Item(.object(members))]
        }
        return context
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Markup
package import Value

/// What came of an operation on the connector.
package struct BindingOutcome: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case accepted
        /// The connector said no, understandably.
        case refused
        /// The connector is broken: no answer, or a 5xx.
        case failed
        /// The connector's pages are not what the binding describes: the check is inconclusive, not failed.
        case unmatched
    }

    package let kind: Kind
    /// What the connector said; for `failed` and `unmatched` what is wrong.
    package let message: String
    /// Of the last answer; 0 where there is none.
    package let status: Int
    /// What the binding reads, by name. Only of an accepted operation.
    package let values: Members
    /// Every walk of the operation, one per step.
    package let walks: [Walk]

    package init(kind: Kind, message: String, status: Int, values: Members, walks: [Walk]) {
        self.kind = kind
        self.message = message
        self.status = status
        self.values = values
        self.walks = walks
    }

    /// All sign-ins on the way.
    package var signIns: [String] { walks.flatMap(\.signIns) }
}

/// Carries operations out as a deployment's bindings say.
package struct BindingExecutor: Sendable {
    /// Evaluates an expression over a JSON answer.
    package typealias JSONEvaluator = @Sendable (_ expression: String, _ json: Value) throws -> [Value]

    package let bindings: [String: Binding]
    private let evaluate: JSONEvaluator

    /// - Parameter evaluate: FHIRPath, or any other expression language; the default knows member names joined by dots.
    package init(bindings: [String: Binding], evaluate: @escaping JSONEvaluator = BindingExecutor.memberPath) {
        self.bindings = bindings
        self.evaluate = evaluate
    }

    /// Whether the deployment binds an operation.
    package func knows(_ operation: String) -> Bool { bindings[operation] != nil }

    /// Carries out one operation with a person's browser.
    /// - Parameters:
    ///   - arguments: of the operation; those not given are empty texts.
    ///   - harness: `connector`, `tenant`, … as in ``Binding/harnessNames``.
    package func run(
        _ operation: String, arguments: [String: String], harness: [String: String], as walker: Walker,
        options: WalkOptions = WalkOptions()
    ) async -> BindingOutcome {
        guard let binding = bindings[operation] else {
            return BindingOutcome(
                kind: .unmatched, message: "the deployment file has no binding for \"\(operation)\"", status: 0,
                values: Members(), walks: [])
        }
        var values = Dictionary(uniqueKeysWithValues: Binding.argumentNames.map { ($0, "") })
        values.merge(harness) { _, new in new }
        values.merge(arguments) { _, new in new }
        values["actor"] = walker.alias
        var run = BindingRun(walker: walker, options: options, values: values)
        for step in binding.steps {
            do throws(BindingStop) {
                try await run.perform(step)
            } catch {
                return stopped(binding, run, error)
            }
            // A step that is answered by an error or a refusal ends the operation: its page is the answer.
            if let walk = run.walks.last, walk.handoff == nil, walk.status >= 400 { break }
        }
        return judge(binding, run)
    }

    /// A step could not be done. Where the page before it is the connector's refusal, or the person was not let in, that
    /// is the outcome.
    private func stopped(_ binding: Binding, _ run: BindingRun, _ stop: BindingStop) -> BindingOutcome {
        let walk = run.walks.last
        func outcome(_ kind: BindingOutcome.Kind, _ message: String) -> BindingOutcome {
            BindingOutcome(kind: kind, message: message, status: walk?.status ?? 0, values: Members(), walks: run.walks)
        }
        if stop.isSignInRefused { return outcome(.refused, stop.message) }
        if stop.isBroken { return outcome(.failed, stop.message) }
        if let refused = binding.refused, let walk {
            let answer = BindingAnswer(walk: walk, variables: run.values, evaluate: evaluate)
            if (try? answer.holds(refused)) == true {
                return outcome(.refused, binding.message.flatMap { try? answer.text($0) } ?? "")
            }
        }
        return outcome(.unmatched, stop.message)
    }

    private func judge(_ binding: Binding, _ run: BindingRun) -> BindingOutcome {
        guard !run.walks.isEmpty else {
            return BindingOutcome(
                kind: .unmatched, message: "the binding has no steps", status: 0, values: Members(), walks: [])
        }
        return judge(binding, walks: run.walks, values: run.values)
    }

    /// What the last answer means that somebody else's way to the connector ended with.
    /// - Parameter walks: at least one.
    package func judge(_ binding: Binding, walks: [Walk], values: [String: String]) -> BindingOutcome {
        guard let walk = walks.last else {
            return BindingOutcome(
                kind: .unmatched, message: "no answer of the connector was seen", status: 0, values: Members(),
                walks: [])
        }
        func outcome(_ kind: BindingOutcome.Kind, _ message: String, _ values: Members = Members()) -> BindingOutcome {
            BindingOutcome(kind: kind, message: message, status: walk.status, values: values, walks: walks)
        }
        let answer = BindingAnswer(walk: walk, variables: values, evaluate: evaluate)
        do {
            let said = try binding.message.map { try answer.text($0) } ?? ""
            if try answer.holds(binding.accepted ?? .status(200...299)) {
                let read = try answer.read(binding.reads)
                if let stranger = Binding.unknownWord(in: read) { return outcome(.unmatched, stranger) }
                return outcome(.accepted, said, read)
            }
            if walk.status >= 500 {
                return outcome(.failed, said.isEmpty ? "the connector answered \(walk.status)" : said)
            }
            if try answer.holds(binding.refused ?? .status(400...499)) {
                return outcome(.refused, said.isEmpty ? walk.page?.visibleText ?? "" : said)
            }
            return outcome(
                .unmatched,
                "the answer of \(walk.url) (status \(walk.status)) is neither accepted nor refused by the binding")
        } catch {
            return outcome(.unmatched, "\(error)")
        }
    }

    /// Members joined by dots; lists are gone through.
    package static let memberPath: JSONEvaluator = { expression, json in
        var found = [json]
        for name in expression.split(separator: ".") where name != "$this" {
            found = found.flatMap { value -> [Value] in
                guard let member = value[String(name)] else { return [] }
                return member.array ?? [member]
            }
        }
        return found
    }
}

// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import FHIRPath
import Foundation
import Markup
import Testing
import Value

/// The official FHIRPath test cases for R4, read from the public data.
@Suite(.enabled(if: TestData.folder("fhirpath/tests-fhir-r4.xml") != nil, "no test data: set ASSAY_TEST_DATA"))
struct `The official FHIRPath suite` {
    /// Cases whose expectation the specification contradicts.
    static let deviations: [String: String] = [
        "HighBoundaryDateTimeMillisecond3":
            "the last instant of the hour 08 is 08:59:59.999; the case takes 08 for 08:00"
    ]

    @Test func `cases pass but for listed ones`() throws {
        let folder = try #require(TestData.folder("fhirpath"))
        let document = try MarkupDocument(xml: Data(contentsOf: folder.appendingPathComponent("tests-fhir-r4.xml")))
        let model = FHIRTypeModel.r4
        var inputs: [String: Value] = [:]
        var failures: [String] = []
        var total = 0
        var names: [String] = []
        let root = try #require(document.root)
        for node in root.descendants(["test"]) {
            let test = try OfficialCase(node)
            if test.isSkipped { continue }
            total += 1
            var input: Value = [:]
            if let file = test.inputFile {
                if let known = inputs[file] {
                    input = known
                } else {
                    input = try Self.read(folder.appendingPathComponent("input/\(file)"), model)
                    inputs[file] = input
                }
            }
            if let failure = test.failure(on: input, model) {
                names.append(test.name)
                if Self.deviations[test.name] == nil { failures.append("\(test.name): \(test.expression): \(failure)") }
            }
        }
        print("official FHIRPath cases: \(total - names.count) of \(total) pass; failed: \(names)")
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
        #expect(Double(names.count) <= Double(total) * 0.01)
    }

    static func read(_ url: URL, _ model: FHIRTypeModel) throws -> Value {
        var url = url
        // Some suites name an XML file where only its JSON twin is there, or the other way round.
        if !FileManager.default.fileExists(atPath: url.path) {
            let other = url.pathExtension == "xml" ? "json" : "xml"
            url = url.deletingPathExtension().appendingPathExtension(other)
        }
        let data = try Data(contentsOf: url)
        return url.pathExtension == "xml" ? try model.json(fromXML: Array(data)) : try Value.parseJSON(data)
    }
}

/// One `<test>`.
struct OfficialCase {
    let name: String
    let inputFile: String?
    let expression: String
    let invalid: String?
    let isPredicate: Bool
    let isOrdered: Bool
    let checksOrder: Bool
    let isSkipped: Bool
    let outputs: [(type: String?, text: String)]

    init(_ node: MarkupNode) throws {
        name = node["name"] ?? ""
        inputFile = node["inputfile"].flatMap { $0.isEmpty ? nil : $0 }
        let expression = try #require(node.children.first { $0.name == "expression" })
        self.expression = expression.stringValue
        invalid = expression["invalid"].flatMap { $0 == "false" ? nil : $0 }
        isPredicate = node["predicate"] == "true"
        isOrdered = node["ordered"] != "false"
        checksOrder = node["checkOrderedFunctions"] == "true"
        isSkipped = ["element", "cda", "tx"].contains(node["mode"] ?? "")
        outputs = node.children.filter { $0.name == "output" }.map { ($0["type"], $0.stringValue) }
    }

    /// What went wrong; nil where the case passes.
    func failure(on input: Value, _ model: FHIRTypeModel) -> String? {
        var context = EvaluationContext(model: model)
        context.now = 1_790_000_000_123_000
        do {
            let parsed = try Expression(parsing: expression)
            if invalid == "syntax" { return "parsed, but is no FHIRPath" }
            if invalid != nil {
                let type = input["resourceType"]?.string ?? "Patient"
                if !parsed.mistakes(on: type, in: model, ordered: checksOrder).isEmpty { return nil }
            }
            if isPredicate {
                let result = try parsed.evaluateBool(on: input, context: context) ?? false
                if invalid != nil { return "gave \(result), expected an error" }
                return outputs.map(\.text) == ["\(result)"] ? nil : "gave \(result)"
            }
            let items = try parsed.evaluate(on: input, context: context)
            if invalid != nil { return "gave \(items.map(\.text)), expected an error" }
            return compare(items, model)
        } catch {
            return invalid == nil ? "signals \(error)" : nil
        }
    }

    private func compare(_ items: [Item], _ model: FHIRTypeModel) -> String? {
        let found = "gave \(items.map { "\($0.typeInfo(in: model).name) \($0.text)" })"
        guard items.count == outputs.count else { return found + ", expected \(outputs)" }
        var rest = items
        for output in outputs {
            let index = isOrdered ? 0 : rest.firstIndex { matches($0, output, model) } ?? 0
            guard matches(rest.remove(at: index), output, model) else { return found + ", expected \(outputs)" }
        }
        return nil
    }

    private func matches(_ item: Item, _ output: (type: String?, text: String), _ model: FHIRTypeModel) -> Bool {
        if let type = output.type, item.typeInfo(in: model).name.lowercased() != type.lowercased() { return false }
        var expected = output.text
        if expected.hasPrefix("@T") {
            expected.removeFirst(2)
        } else if expected.hasPrefix("@") {
            expected.removeFirst()
        }
        if item.text == expected { return true }
        guard case .decimal(let number) = item, let wanted = ExactDecimal(expected) else { return false }
        // Without a declared type the digits count too; minus zero is zero.
        return number == wanted
            && (output.type != nil || number.description.count == expected.count
                || expected.hasPrefix("-0"))
    }
}

// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import FHIRPath
import Foundation
import Testing
import Value

@Suite struct `The search parameters of R4` {
    @Test func `every expression can be read but one`() {
        // The published expression calls hasExtension(), which neither FHIRPath nor FHIR R4 define.
        #expect(SearchTable.r4.unreadable == ["QuestionnaireResponse.item-subject"])
    }

    @Test func `those of every resource are there for each`() throws {
        let id = try #require(SearchTable.r4.definition("_id", of: "Appointment"))
        #expect(id.kind == .token)
        #expect(SearchTable.r4.definition("shoe", of: "Appointment") == nil)
        #expect(SearchTable.r4.definition("patient", of: "Appointment")?.targets == ["Patient"])
        #expect(SearchTable.r4.definition("relationship", of: "DocumentReference")?.components.count == 2)
    }

    /// The published SearchParameters, each by type and name.
    @Test(.enabled(if: TestData.folder("fhir-r4/search-parameters") != nil, "no test data: set ASSAY_TEST_DATA"))
    func `all published ones of the supported resources are in the table, and can be evaluated`() throws {
        let folder = try #require(TestData.folder("fhir-r4/search-parameters"))
        var checked = 0
        let resources = Set(FHIRTypeModel.r4.resourceNames)
        let examples = try TestData.examples.values.map { try Value.parseJSON($0) }
        let byType = Dictionary(grouping: examples) { $0["resourceType"]?.string ?? "" }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".json") {
            let published = try Value.parseJSON(Data(contentsOf: folder.appendingPathComponent(name)))
            guard published["expression"] != nil, let code = published["code"]?.string else { continue }
            for base in published["base"]?.array?.compactMap(\.string) ?? [] where resources.contains(base) {
                let definition = try #require(SearchTable.r4.definition(code, of: base), "\(base).\(code)")
                #expect(definition.kind.rawValue == published["type"]?.string)
                for example in byType[base] ?? [] {
                    _ = try definition.expression.evaluate(
                        on: example, context: EvaluationContext(model: FHIRTypeModel.r4))
                }
                checked += 1
            }
        }
        #expect(checked > 200)
    }
}

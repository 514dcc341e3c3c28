// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import FHIRPath
import Foundation
import Testing
import Value

/// Prints times where `ASSAY_BENCH` is set; asserts nothing, since machines differ.
@Suite(
    .enabled(if: ProcessInfo.processInfo.environment["ASSAY_BENCH"] != nil && TestData.folder("fhirpath/input") != nil))
struct `Speed of FHIRPath` {
    @Test(arguments: [
        "Patient.name.given", "Patient.name.where(use = 'official').given.first()",
        "Patient.telecom.where(system = 'phone' and use = 'work').value",
        "Patient.name.given.count() = 5 and Patient.birthDate < @2020-01-01", "Patient.descendants().count()",
    ]) func `evaluations per second`(text: String) throws {
        let file = try #require(TestData.folder("fhirpath/input/patient-example.json"))
        let patient = try Value.parseJSON(Data(contentsOf: file))
        let context = EvaluationContext(model: FHIRTypeModel.r4)
        let expression = try Expression(parsing: text)
        let clock = ContinuousClock()
        var count = 0
        let spent = try clock.measure {
            for _ in 0..<20_000 { count += try expression.evaluate(on: patient, context: context).count }
        }
        print("\(spent / 20_000) each (\(count)): \(text)")
    }
}

// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import Testing
import Value

/// HL7's example instances.
@Suite(.enabled(if: !TestData.examples.isEmpty, "no test data: set ASSAY_TEST_DATA"))
struct `Examples of FHIR R4` {
    @Test func `every example comes back from XML as it went`() throws {
        for (name, data) in TestData.examples.sorted(by: { $0.key < $1.key }) {
            let value = try Value.parseJSON(data)
            do {
                let xml = try FHIRTypeModel.r4.xml(from: value)
                let back = try FHIRTypeModel.r4.json(fromXML: Array(xml.utf8))
                #expect(back == value, "\(name)")
            } catch {
                Issue.record("\(name): \(error)")
            }
        }
    }

    @Test func `every example is valid`() throws {
        for (name, data) in TestData.examples.sorted(by: { $0.key < $1.key }) {
            let issues = Validator().issues(in: try Value.parseJSON(data)).filter { $0.severity == .error }
            #expect(issues.isEmpty, "\(name): \(issues.prefix(3).map(\.description).joined(separator: "; "))")
        }
    }
}

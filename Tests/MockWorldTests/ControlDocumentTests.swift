// SPDX-License-Identifier: Apache-2.0

import Foundation
import SourceText
import Testing
import Value

@testable import MockWorld

struct ControlDocumentTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/mock-control-api.yaml").standardized

    @Test func `the file says what the desk serves`() throws {
        if ProcessInfo.processInfo.environment["ASSAY_REWRITE"] == "1" {
            try Data(ControlDocument.yaml.utf8).write(to: Self.file)
        }
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(text == ControlDocument.yaml, "rewrite it with ASSAY_REWRITE=1 swift test")
        let (root, mistakes) = YAMLParser.parse(SourceFile(path: "mock-control-api.yaml", text: text))
        #expect(mistakes.isEmpty)
        #expect(root?.value["openapi"]?.scalarText == "3.1.0")
    }

    @Test func `every operation stands once in the table and in the document`() {
        #expect(Set(ControlRoute.all.map(\.operation)) == Set(ControlRoute.Operation.allCases))
        #expect(ControlRoute.all.count == ControlRoute.Operation.allCases.count)
        for route in ControlRoute.all {
            let operation = ControlDocument.value["paths"]?[route.template]?[route.method.lowercased()]
            #expect(operation?["operationId"]?.string == route.operation.rawValue)
            let names = (operation?["parameters"]?.array ?? []).filter { $0["in"] == "path" }.map { $0["name"]?.string }
            #expect(names == route.parameters)
        }
    }

    @Test func `what a document refers to is in it`() throws {
        let text = ControlDocument.value.json()
        #expect(text.contains("#/components/schemas/Error"))
        #expect(ControlDocument.value["components"]?["schemas"]?["Error"] != nil)
    }
}

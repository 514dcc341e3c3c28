// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import SourceText
import Testing

/// Each file of `Fixtures/Deployments/broken` says exactly what stands in the text file beside it.
/// `ASSAY_REWRITE=1 swift test` writes them anew; read the difference before you commit it.
@Suite struct BrokenDeploymentTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/Deployments/broken")

    static let names =
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.filter { $0.hasSuffix(".yaml") }.sorted()
        ?? []

    @Test func `there are enough broken files`() { #expect(Self.names.count >= 10) }

    @Test(arguments: names) func `a broken deployment file says everything that is wrong with it`(
        _ name: String
    ) throws {
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        let file = SourceFile(path: name, text: text)
        let (deployment, diagnostics) = Deployment.parse(file, environment: [:])
        #expect(deployment == nil)
        // What to do about it is said, or the place alone tells.
        #expect(diagnostics.allSatisfy { $0.span != nil || $0.remedy != nil })
        let said = diagnostics.map { $0.rendered(in: file) }.joined(separator: "\n") + "\n"
        let place = Self.folder.appending(path: name.replacing(".yaml", with: ".txt"))
        if ProcessInfo.processInfo.environment["ASSAY_REWRITE"] == "1" {
            try said.write(to: place, atomically: true, encoding: .utf8)
        } else {
            let expected = (try? String(contentsOf: place, encoding: .utf8)) ?? ""
            #expect(said == expected, "\(place.lastPathComponent) is stale; rewrite it with ASSAY_REWRITE=1")
        }
    }
}

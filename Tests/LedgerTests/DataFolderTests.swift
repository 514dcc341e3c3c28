// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Testing

@Suite struct DataFolderTests {
    /// An empty folder tree; `holding` are the folders below it that hold data.
    private func withTree(holding: [String], _ body: (URL) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "assay-data-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for folder in holding {
            let scenarios = root.appending(path: folder).appending(path: "Scenarios")
            try FileManager.default.createDirectory(at: scenarios, withIntermediateDirectories: true)
            try "requirements: []".write(
                to: scenarios.appending(path: "requirements.yaml"), atomically: true, encoding: .utf8)
        }
        try FileManager.default.createDirectory(
            at: root.appending(path: "project/.build/debug"), withIntermediateDirectories: true)
        try body(root)
    }

    private func locate(_ root: URL, option: String? = nil, home: String? = nil) throws -> String {
        let folder = try DataFolder.locate(
            option: option, environment: home.map { ["ASSAY_HOME": $0] } ?? [:],
            executable: root.appending(path: "project/.build/debug/assay"))
        return String(folder.url.path.dropFirst(root.path.count))
    }

    @Test func `the option wins, then the environment, then share, then an ancestor`() throws {
        try withTree(holding: ["a", "b", "project/.build/share/assay", "project"]) { (root: URL) throws in
            let a = root.appending(path: "a").path
            let b = root.appending(path: "b").path
            #expect(try locate(root, option: a, home: b) == "/a")
            #expect(try locate(root, home: b) == "/b")
            #expect(try locate(root) == "/project/.build/share/assay")
        }
        try withTree(holding: ["project"]) { (root: URL) throws in #expect(try locate(root) == "/project") }
    }

    @Test func `a wrong option is not passed over`() throws {
        try withTree(holding: ["project"]) { (root: URL) throws in
            let error = #expect(throws: DataFolderError.self) { try locate(root, option: root.path) }
            #expect(error?.description.contains("holds no Scenarios/requirements.yaml") == true)
        }
    }

    @Test func `nothing found names all four places`() throws {
        try withTree(holding: []) { (root: URL) throws in
            let error = #expect(throws: DataFolderError.self) { try locate(root) }
            let text = error?.description ?? ""
            for place in ["--data", "$ASSAY_HOME", "<executable>/../share/assay", "an ancestor of the executable"] {
                #expect(text.contains(place))
            }
        }
    }
}

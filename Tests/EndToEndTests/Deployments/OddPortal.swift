// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// The documentation's second connector (docs/examples/odd-portal), as it stands or changed in one respect. Needs Python 3.
enum OddPortal {
    static let folder = BuiltAssay.project.appending(path: "docs/examples/odd-portal")

    static let isThere: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import http.server"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    static let deployment = folder.appending(path: "deployment.yaml").path

    /// - Parameters:
    ///   - changes: texts of the deployment file and what stands there instead; each must occur.
    ///   - more: lines at its end.
    static func deployment(
        _ changes: [(String, String)] = [], more: String = "", in place: TemporaryFolder
    ) throws -> String {
        var text = try String(contentsOfFile: deployment, encoding: .utf8).replacing("$(here)", with: folder.path)
        for (old, new) in changes {
            guard text.contains(old) else { throw CocoaError(.formatting, userInfo: [NSDebugDescriptionErrorKey: old]) }
            text = text.replacing(old, with: new)
        }
        return try place.write(text + more, to: "deployment.yaml").path
    }

    static func scenario(_ name: String) -> String {
        BuiltAssay.project.appending(path: "Tests/Fixtures/Deployments/\(name).yaml").path
    }

    static func tenants(mode: String, reset: String?, _ count: Int) -> String {
        let lines = (1...count).map {
            "    - {name: t\($0), vendor: cerner, tenant: 0f0e0d0c-0b0a-4908-8706-05040302010\($0), bases: [{place: 11111111-2222-4333-8444-55555555555\($0)}]}"
        }
        return "worlds:\n  mode: \(mode)\n" + (reset.map { "  reset: \($0)\n" } ?? "") + "  tenants:\n"
            + lines.joined(separator: "\n") + "\n"
    }
}

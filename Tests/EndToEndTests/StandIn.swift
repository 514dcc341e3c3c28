// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Deployment files of connectors that misbehave: the reference deployment with another command.
enum StandIn {
    /// - Parameters:
    ///   - script: for `sh -c`; the words `$1…` are `arguments`.
    ///   - bounds: further lines of `reach`.
    static func deployment(
        script: String, bounds: [String] = [], arguments: [String] = [], in folder: TemporaryFolder
    ) throws -> String {
        // The data folder in the command line is how a process left behind is found.
        try reference(
            command: ["sh", "-c", script, "sh"] + arguments + ["$(data)"], bounds: bounds, in: folder)
    }

    static func reference(
        command: [String]?, bounds: [String] = [], changes: [(String, String)] = [], in folder: TemporaryFolder
    )
        throws -> String
    {
        let place = BuiltAssay.project.appending(path: "Scenarios/deployments/reference.yaml")
        var lines = try String(contentsOf: place, encoding: .utf8).components(separatedBy: "\n")
        if let command, let index = lines.firstIndex(where: { $0.hasPrefix("  command:") }) {
            let words = command.map { "\"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }
            lines[index] = "  command: [\(words.joined(separator: ", "))]"
            lines.insert(contentsOf: bounds.map { "  " + $0 }, at: index + 1)
        }
        var text = lines.joined(separator: "\n")
        for (old, new) in changes { text = text.replacing(old, with: new) }
        return try folder.write(text, to: "deployment.yaml").path
    }
}

/// A port that takes connections and never says anything.
final class SilentPort: Sendable {
    private let descriptor: Int32
    let port: Int

    init() throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 128) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard isListening else { throw CocoaError(.featureUnsupported) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// How often it was connected to since the last time this was asked.
    func connections() -> Int {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var count = 0
        while case let taken = accept(descriptor, nil, nil), taken >= 0 {
            count += 1
            close(taken)
        }
        return count
    }
}

// SPDX-License-Identifier: Apache-2.0

/// What the runner asked of the mock EHR and cannot have.
package struct EHRError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package let remedy: String
    package var description: String { "\(message); \(remedy)" }

    static func noWorld(_ world: String) -> EHRError {
        EHRError(message: "the mock EHR has no world \(world)", remedy: "open it first")
    }

    static func unknown(_ what: String, _ name: String, known: [String]) -> EHRError {
        EHRError(
            message: "there is no \(what) \"\(name)\"",
            remedy: "use one of \(known.isEmpty ? "(none)" : known.joined(separator: ", "))")
    }
}

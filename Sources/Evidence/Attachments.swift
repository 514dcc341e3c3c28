// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Value

/// What a certificate rests on beside the record: it cannot be derived from the record again, so it is sealed as it was.
package struct Attachments: Sendable, Hashable {
    package static let doctor = "doctor.json"
    package static let baseline = "baseline.json"
    package static let killMatrix = "kill-matrix.json"

    /// What `assay doctor` found right before the run: `{problems, findings[]}`.
    package var doctor: Value?
    /// The known failures that were in force: `{entries[], comments{}}`; nil: no baseline was given.
    package var baseline: Value?
    /// The matrix that `assay prove` wrote; nil: the suite's own list of kills has to do.
    package var killMatrix: Value?

    package init(doctor: Value? = nil, baseline: Value? = nil, killMatrix: Value? = nil) {
        self.doctor = doctor
        self.baseline = baseline
        self.killMatrix = killMatrix
    }

    /// Reads those that a bundle holds. Throws the `BundleFault` of one that is no JSON.
    init(in folder: URL) throws {
        func read(_ name: String) throws -> Value? {
            guard let data = try? Data(contentsOf: folder.appending(path: name)) else { return nil }
            do throws(JSONError) { return try Value.parseJSON(data) } catch {
                throw BundleFault(name, "is no JSON: \(error.message)")
            }
        }
        doctor = try read(Self.doctor)
        baseline = try read(Self.baseline)
        killMatrix = try read(Self.killMatrix)
    }

    /// Name and text of each that there is.
    package var files: [(name: String, text: String)] {
        [(Self.doctor, doctor), (Self.baseline, baseline), (Self.killMatrix, killMatrix)].compactMap { name, value in
            value.map { (name, $0.json(pretty: true) + "\n") }
        }
    }
}

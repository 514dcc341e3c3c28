// SPDX-License-Identifier: Apache-2.0

import Connector
import Evidence
import Foundation
import Ledger
import Reports
import Runner
import Value

/// Makes what a certificate rests on beside the record.
enum CertificateAttachments {
    /// Throws a `Mistaken` where a file that was given is not what it should be.
    static func read(killMatrix: String?, baseline: String?, suite: Suite) throws -> Attachments {
        var attachments = Attachments()
        if let killMatrix {
            guard let data = try? Data(contentsOf: URL(fileURLWithPath: killMatrix)),
                let value = try? Value.parseJSON(data), value["format"]?.string == KillMatrixJSON.format
            else {
                throw Mistaken(
                    "\(killMatrix) is no kill matrix of this version.\n  = Give kill-matrix.json of `assay prove --full`."
                )
            }
            attachments.killMatrix = value
        }
        if let baseline {
            let entries = try BaselineFile.read(baseline, suite: suite).entries
            attachments.baseline = [
                "entries": .array(entries.map { .string($0.check) }),
                "comments": .object(Members(entries.map { ($0.check, .string($0.comment)) })),
            ]
        }
        return attachments
    }

    /// `doctor.json`: what the doctor finds right before the run.
    static func examine(_ deployment: Deployment, _ suite: Suite) async -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-doctor-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let findings = await Doctor(
            deployment: deployment, ledger: suite.ledger, scenarios: suite.scenarios, folder: folder,
            binaries: Suite.executableFolder
        ).examine()
        return [
            "problems": Value(findings.count { $0.state == .problem }),
            "findings": .array(
                findings.map { finding in
                    [
                        "area": .string(finding.area), "state": .string(finding.state.rawValue),
                        "message": .string(finding.message), "remedy": Value(finding.remedy),
                    ]
                }),
        ]
    }
}

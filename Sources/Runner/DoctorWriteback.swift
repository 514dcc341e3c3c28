// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import Ledger

/// What the deployment file says of writeback, where an Epic profile makes it owed.
extension Doctor {
    func writeback() -> [DoctorFinding] {
        let vendors = deployment.claims.profiles.compactMap { ledger.profile($0)?.vendor }
        guard deployment.claims.features["writeback"] == true, vendors.contains("epic") else { return [] }
        switch deployment.writeback {
        case .none:
            return [
                DoctorFinding(
                    "writeback", .warning, "writeback is claimed and cannot be seen: its rows stay open",
                    remedy: "describe its channel: {channel: http, path: …}, or do not claim writeback")
            ]
        case .webService:
            guard let epic = deployment.registrations.epic, epic.writeback == nil else { return [] }
            return [
                DoctorFinding(
                    "writeback", .problem, "writeback is claimed, and the EHR's web service knows no account for it",
                    remedy: "add registrations.epic.writeback, or describe another channel under writeback")
            ]
        case .mapped(let mapping):
            let place = "\(mapping.endpoint.method) \(mapping.endpoint.path.text)"
            var findings = [
                DoctorFinding("writeback", .unproven, "whether the connector writes to \(place) shows at an Epic visit")
            ]
            if mapping.role == nil {
                findings.append(
                    DoctorFinding(
                        "writeback", .warning, "\(place) carries no role: whether roles are right is not judged",
                        remedy: "say where it stands under writeback.role, if it does"))
            }
            return findings
        }
    }
}

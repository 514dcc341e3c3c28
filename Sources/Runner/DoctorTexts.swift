// SPDX-License-Identifier: Apache-2.0

internal import Connector

/// What the deployment file says of text messages, where they are claimed.
extension Doctor {
    private static let permission = "VirtualAppointmentNotification.Send"

    func texts() -> [DoctorFinding] {
        guard deployment.claims.features["sms"] == true else { return [] }
        switch deployment.sms {
        case .azure, .sink: return []
        case .none:
            return [
                DoctorFinding(
                    "texts", .warning, "text messages are claimed and cannot be seen: their rows stay open",
                    remedy: "say where they are handed in under sms, or do not claim sms")
            ]
        case .graph:
            var findings = [
                DoctorFinding(
                    "texts", .warning,
                    "Microsoft Graph writes the text messages: what they say, their sender and the answers to them are not judged",
                    remedy: "see \"Text messages\" in docs/connecting-a-connector.md for the rows that stay open")
            ]
            if let entra = deployment.registrations.entra,
                !(entra.applicationPermissions + entra.delegatedPermissions).contains(Self.permission)
            {
                findings.append(
                    DoctorFinding(
                        "texts", .problem, "Graph would refuse the text messages: nobody granted \(Self.permission)",
                        remedy: "add it to registrations.entra.application-permissions"))
            } else {
                findings.append(
                    DoctorFinding(
                        "texts", .unproven, "whether the connector has Graph send its messages shows at a Cerner visit")
                )
            }
            return findings
        }
    }
}

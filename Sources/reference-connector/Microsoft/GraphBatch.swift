// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1

/// One call of Graph inside a batch (variant `searches-and-batches`).
struct GraphBatch: Sendable {
    /// `v1.0` or `beta`.
    let version: String
    let body: JSON

    init(_ method: String, _ path: String, _ content: JSON?) {
        let parts = path.split(separator: "/", maxSplits: 1)
        version = String(parts.first ?? "v1.0")
        var call: [String: JSON] = [
            "id": "1", "method": .string(method), "url": .string("/" + (parts.count > 1 ? parts[1] : "")),
        ]
        if let content {
            call["body"] = content
            call["headers"] = ["Content-Type": "application/json"]
        }
        body = ["requests": [.object(call)]]
    }

    /// The answer to the call in the batch's answer; what is to be asked again later throws `Passing`.
    static func answer(_ batch: Answer) throws -> Answer {
        guard batch.isSuccess else { return batch }
        let answer = batch.json["responses"][0]
        let status = answer["status"].int ?? 502
        guard status != 429, status < 500 else {
            let wait = answer["headers"]["Retry-After"].string.flatMap(Double.init)
            throw Passing(retryAfter: wait, code: "batch-\(status)")
        }
        return Answer(status: status, headers: HTTPHeaders(), body: answer["body"].data)
    }
}

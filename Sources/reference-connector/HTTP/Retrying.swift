// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Outbound {
    /// Sends a request and sits out short refusals (`Retry-After` up to two seconds, or one hiccup of a read).
    ///
    /// What stays unanswered or overloaded throws `Passing`, so that a job can try later. The same bytes are sent
    /// again, so an idempotency id in them stays the same.
    func sendPatiently(
        _ method: String, _ url: String, headers: [(String, String)] = [], body: Data? = nil
    ) async throws -> Answer {
        var attempt = 0
        while true {
            attempt += 1
            let answer: Answer
            do {
                answer = try await send(method, url, headers: headers, body: body)
            } catch {
                guard method == "GET", attempt == 1 else { throw Passing(retryAfter: nil, code: "unreachable") }
                continue
            }
            guard answer.status == 429 || answer.status == 423 || answer.status >= 500 else { return answer }
            let wait = answer.retryAfter
            if attempt <= 3, let wait, wait <= 2 {
                try await Task.sleep(for: .milliseconds(Int(wait * 1000)))
            } else if attempt == 1, method == "GET", wait == nil {
                try await Task.sleep(for: .milliseconds(150))
            } else {
                throw Passing(retryAfter: wait, code: "status-\(answer.status)")
            }
        }
    }
}

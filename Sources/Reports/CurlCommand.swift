// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Trace
internal import Value

/// A recorded request as a line for a shell.
enum CurlCommand {
    /// Headers that curl makes itself, or that only the harness sends.
    private static let own: Set<String> = ["host", "content-length", "connection", "assay-actor", "accept-encoding"]

    /// - Parameter body: what was sent; bytes that are no text are told by their digest, because a line cannot hold them.
    static func line(_ request: TraceEvent, body: Data) -> String {
        var words = ["curl", "-i"]
        let method = request["method"]?.string ?? "GET"
        if method == "HEAD" {
            words.append("--head")
        } else if method != "GET" {
            words += ["-X", Reproduction.quoted(method)]
        }
        for pair in request["headers"]?.array ?? [] {
            guard let name = pair[0]?.string, let value = pair[1]?.string, !own.contains(name.lowercased()) else {
                continue
            }
            words += ["-H", Reproduction.quoted("\(name): \(value)")]
        }
        if let text = String(validating: body, as: UTF8.self) {
            if !text.isEmpty { words += ["--data-binary", Reproduction.quoted(text)] }
        } else if let recorded = RecordedBody(request["body"]) {
            words += ["--data-binary", Reproduction.quoted("@bodies/" + recorded.sha256)]
        }
        words.append(Reproduction.quoted(request["url"]?.string ?? ""))
        return words.joined(separator: " ")
    }
}

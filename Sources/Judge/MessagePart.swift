// SPDX-License-Identifier: Apache-2.0

package import Canary
package import Foundation
package import Trace
internal import Value

/// The searchable parts of a recorded message.
package struct MessagePart: Sendable {
    /// `request-line`, `request-headers`, `request-body`, `response-headers`, `response-body`; of a hand-off `url`.
    package let name: String
    package let bytes: [UInt8]
    /// Whether it is header lines.
    fileprivate var isHead: Bool { name.hasSuffix("-headers") }

    /// - Parameter body: a body that does not stand in its line, by SHA-256.
    package static func all(of message: TraceEvent, body: (String) -> Data?) -> [MessagePart] {
        if message.kind == "handoff" {
            return [MessagePart(name: "url", bytes: Array((message["url"]?.string ?? "").utf8))]
        }
        let side = message.kind == "http.request" ? "request" : "response"
        var parts: [MessagePart] = []
        if side == "request" {
            let line = "\(message["method"]?.string ?? "") \(message["url"]?.string ?? "")"
            parts.append(MessagePart(name: "request-line", bytes: Array(line.utf8)))
        }
        let headers = (message["headers"]?.array ?? []).map { "\($0[0]?.string ?? ""): \($0[1]?.string ?? "")" }
        parts.append(MessagePart(name: "\(side)-headers", bytes: Array(headers.joined(separator: "\r\n").utf8)))
        if let recorded = RecordedBody(message["body"]), recorded.size > 0 {
            let bytes = recorded.text.map { Array($0.utf8) } ?? body(recorded.sha256).map { Array($0) } ?? []
            parts.append(MessagePart(name: "\(side)-body", bytes: bytes))
        }
        return parts
    }
}

extension MessageScanner {
    package mutating func scan(_ part: MessagePart) -> ScanResult {
        part.isHead ? scan(head: part.bytes) : scan(part.bytes)
    }
}

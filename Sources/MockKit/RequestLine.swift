// SPDX-License-Identifier: Apache-2.0

import Foundation
import Value

/// Method and path of a request: what a fault's place is held against.
struct RequestLine: Sendable, Hashable {
    let method: String
    let path: String

    /// Asks about something, not for it.
    var isProbe: Bool { method == "HEAD" || method == "OPTIONS" }
}

extension MockRequest {
    /// The request itself and those it carries: a batch of Microsoft Graph holds up to twenty (Graph, "JSON batching"), and
    /// trouble with one of them is trouble with what carries it.
    var lines: [RequestLine] {
        let own = RequestLine(method: method, path: path)
        guard path.hasSuffix("/$batch"), let carried = json?["requests"]?.array else { return [own] }
        let version = path.dropLast("$batch".count)
        return [own]
            + carried.compactMap { (request) -> RequestLine? in
                guard let method = request["method"]?.string, let url = request["url"]?.string else { return nil }
                let path = url.prefix { $0 != "?" }.drop { $0 == "/" }
                return RequestLine(method: method.uppercased(), path: "\(version)\(path)")
            }
    }
}

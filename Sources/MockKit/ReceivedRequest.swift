// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1

/// A whole request, as it came over a connection.
struct ReceivedRequest: Sendable {
    let method: String
    /// In one of the forms of RFC 9112 section 3.2.
    let target: String
    /// As they came, `Host` among them.
    let headers: [(name: String, value: String)]
    /// Nil beyond the limit: then it was read and thrown away.
    let body: ByteBuffer?
    /// True: another request may follow on the connection.
    let staysOpen: Bool

    init(_ head: HTTPRequestHead, body: ByteBuffer?) {
        method = head.method.rawValue
        target = head.uri
        headers = Self.joiningCookies(head.headers)
        self.body = body
        staysOpen = head.isKeepAlive
    }

    /// First value of a header, by case-insensitive name.
    func header(_ name: String) -> String? {
        headers.first { HeaderText.areEqual($0.name, name) }?.value
    }

    /// HTTP/2 may split `Cookie` into crumbs (RFC 9113 section 8.2.3); together they are the one header of HTTP/1.1.
    private static func joiningCookies(_ fields: HTTPHeaders) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        headers.reserveCapacity(fields.count)
        var cookie: Int?
        for (name, value) in fields {
            guard HeaderText.areEqual(name, "cookie") else {
                headers.append((name, value))
                continue
            }
            if let cookie {
                headers[cookie].value += "; " + value
            } else {
                cookie = headers.count
                headers.append((name, value))
            }
        }
        return headers
    }
}

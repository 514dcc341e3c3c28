// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import MockKit
import World

/// HMAC authentication of the SMS and phone number resource (wire-protocols 3.5).
enum ResourceAuthentication {
    /// How far `x-ms-date` may be off, from the wall clock or from the world's.
    static let window = Duration.seconds(300)

    /// Why the request is refused; nil where its signature is right.
    ///
    /// Microsoft's SDK takes everything after the endpoint's scheme for the host, a path (`prefix`) included, and the
    /// phone number client signs the decoded path; both are the service's own way for an endpoint with a path.
    static func problem(with request: MockRequest, prefix: String, accessKey: String, now: Instant) -> String? {
        guard let authorization = request.header("Authorization") else { return "The Authorization header is missing." }
        let prefixOfHeader = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="
        guard authorization.hasPrefix(prefixOfHeader) else { return "The Authorization header is not understood." }
        guard let key = Data(base64Encoded: accessKey) else { return "The resource has no usable access key." }
        guard let date = request.header("x-ms-date"), let hash = request.header("x-ms-content-sha256"),
            let host = request.header("Host")
        else { return "A signed header is missing." }
        guard hash == contentHash(request.body) else { return "x-ms-content-sha256 does not fit the body." }
        guard let sent = instant(httpDate: date) else { return "x-ms-date is no RFC 1123 date." }
        guard [Instant.wall, now].contains(where: { max($0 - sent, sent - $0) <= window }) else {
            return "x-ms-date is too far from the present."
        }
        let target = request.path + (request.query.isEmpty ? "" : "?" + request.query)
        let given = String(authorization.dropFirst(prefixOfHeader.count))
        let isRight = [target, PercentCoding.decode(target)].contains { target in
            [host, host + prefix].contains { host in
                given
                    == signature(
                        method: request.method, target: target, date: date, host: host, contentHash: hash, key: key)
            }
        }
        return isRight ? nil : "The signature does not fit the request."
    }

    static func contentHash(_ body: Data) -> String { Data(SHA256.hash(data: body)).base64EncodedString() }

    static func signature(
        method: String, target: String, date: String, host: String, contentHash: String, key: Data
    ) -> String {
        let text = "\(method)\n\(target)\n\(date);\(host);\(contentHash)"
        return Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
            .base64EncodedString()
    }

    /// Reads `Thu, 01 Jan 2026 12:00:00 GMT`.
    static func instant(httpDate text: String) -> Instant? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])),
            let day = Int(parts[1])
        else { return nil }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return Instant(rfc3339: "\(parts[3])-\(two(month + 1))-\(two(day))T\(parts[4])Z")
    }
}

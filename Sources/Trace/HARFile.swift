// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import World

/// A HAR 1.2 file (har-spec 1.2) as far as messages go. Browsers, proxies and Assay itself write them.
package struct HARFile: Sendable {
    /// A page of the log: one load of a browser, or one scenario in a HAR of Assay's own.
    package struct Page: Sendable, Hashable {
        package let id: String
        package let title: String
    }

    /// `log.creator`, or the browser's name where there is one.
    package let creator: String
    package let pages: [Page]
    /// In the order of the file.
    package let entries: [HARExchange]
}

/// One entry of a HAR: a request, and its answer where one was recorded.
package struct HARExchange: Sendable {
    /// 0-based place in `log.entries`.
    package let index: Int
    /// Nil where the file gives no time that can be read.
    package let started: Instant?
    /// From the first byte sent to the last received.
    package let duration: Duration
    package let method: String
    /// Absolute.
    package let url: String
    /// Without the pseudo headers of HTTP/2 and /3.
    package let requestHeaders: [(name: String, value: String)]
    package let requestBody: Data
    /// Nil: no answer was recorded (HAR writes 0 or −1).
    package let status: Int?
    package let responseHeaders: [(name: String, value: String)]
    /// As the page saw it: HAR keeps decoded bodies.
    package let responseBody: Data
    /// The answer had a body that the file does not hold.
    package let isBodyMissing: Bool
    /// `pageref`.
    package let page: String?
    /// Members that Assay's own HAR adds (`docs/results.md`); nil in others'.
    package let own: Own?

    /// What Assay knew beside the message.
    package struct Own: Sendable, Hashable {
        package let from: Party
        package let to: Party
        package let world: WorldID?
        package let exchange: ExchangeID?
        package let fault: String?
        /// The world's clock at the request and at the answer.
        package let clock: Instant?
        package let answered: Instant?
    }

    package func requestHeader(_ name: String) -> String? { Self.first(name, of: requestHeaders) }
    package func responseHeader(_ name: String) -> String? { Self.first(name, of: responseHeaders) }

    private static func first(_ name: String, of headers: [(name: String, value: String)]) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.lowercased() == name }?.value
    }
}

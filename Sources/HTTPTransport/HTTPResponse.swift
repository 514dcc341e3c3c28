// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A complete answer.
package struct HTTPResponse: Sendable, Hashable {
    package let status: Int
    /// In the order they arrived; names as sent.
    package let headers: [HTTPRequest.Header]
    /// Transfer coding removed, content coding kept.
    package let body: Data
    /// `1.0`, `1.1`, `2`.
    package let httpVersion: String
    package let timings: Timings
    /// Local TCP port of the connection: ties a request to what a listener saw.
    package let localPort: Int
    /// Nil on plain HTTP.
    package let certificate: CertificateSummary?

    package init(
        status: Int, headers: [HTTPRequest.Header], body: Data, httpVersion: String = "1.1",
        timings: Timings = Timings(),
        localPort: Int = 0, certificate: CertificateSummary? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.httpVersion = httpVersion
        self.timings = timings
        self.localPort = localPort
        self.certificate = certificate
    }

    /// The media type without parameters, in lower case; empty where there is none.
    package var mediaType: String {
        headers.mediaType
    }

    /// Whether a browser shows it as a page.
    package var isHTML: Bool { ["text/html", "application/xhtml+xml"].contains(mediaType) }

    /// The body as text; bytes that are not UTF-8 become replacement characters.
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// How long each part took, counted from the start; zero where a part was skipped (a reused connection).
package struct Timings: Sendable, Hashable {
    package var dns: Duration = .zero
    package var connect: Duration = .zero
    package var tls: Duration = .zero
    package var firstByte: Duration = .zero
    package var total: Duration = .zero

    package init() {}
}

/// What the peer's certificate says of itself.
package struct CertificateSummary: Sendable, Hashable {
    package let subject: String
    package let issuer: String
    /// As libcurl prints it, for example `Jan  1 00:00:00 2027 GMT`.
    package let expires: String
    /// The certificate itself, PEM.
    package let pem: String
}

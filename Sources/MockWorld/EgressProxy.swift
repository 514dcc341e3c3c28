// SPDX-License-Identifier: Apache-2.0

package import MockKit
package import Trace
internal import Value
package import World

/// The connector's way out: a forward proxy that lets nothing through and shows what was tried.
///
/// Plain HTTP arrives in absolute form, with its body; HTTPS arrives as CONNECT, of which only host and port are seen.
package struct EgressProxy: MockHandler {
    package init() {}

    package func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) { (nil, .egress) }

    package func respond(to request: MockRequest) async -> MockResponse {
        let target = Target(request)
        var fields: Members = [
            "host": .string(target.host), "port": Value(target.port), "scheme": .string(target.scheme),
        ]
        if let url = target.url { fields["url"] = .string(url) }
        var response = MockResponse(status: 502, party: .egress)
        response.events = [EventDraft("egress.attempted", by: .egress, world: nil, fields)]
        return response
    }

    /// Where the connector wanted to go: the listener has already read absolute and authority form.
    struct Target: Equatable {
        var scheme: String
        var host: String
        var port: Int
        /// Nil for a tunnel, whose inside is not seen.
        var url: String?

        init(_ request: MockRequest) {
            let parts = request.origin.split(separator: "/", omittingEmptySubsequences: true)
            scheme = parts.first.map { String($0.dropLast()) } ?? "http"
            let authority = parts.last.map(String.init) ?? ""
            let pieces = authority.split(separator: ":")
            host = pieces.first.map(String.init) ?? authority
            port = pieces.count > 1 ? Int(pieces[1]) ?? 0 : scheme == "https" ? 443 : 80
            url =
                request.method == "CONNECT"
                ? nil : request.origin + request.path + (request.query.isEmpty ? "" : "?" + request.query)
        }
    }
}

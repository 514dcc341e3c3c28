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

    /// Where the connector wanted to go (RFC 9110 section 7.1: absolute-form and authority-form).
    struct Target: Equatable {
        var scheme: String
        var host: String
        var port: Int
        var url: String?

        init(_ request: MockRequest) {
            let isTunnel = request.method == "CONNECT"
            var text = Substring(request.path)
            scheme = isTunnel ? "https" : "http"
            if let mark = text.firstRange(of: "://") {
                scheme = String(text[..<mark.lowerBound])
                text = text[mark.upperBound...]
                url = request.query.isEmpty ? request.path : request.path + "?" + request.query
            } else if !isTunnel {
                text = Substring(request.header("Host") ?? "unknown")
            }
            var authority = text.prefix { $0 != "/" && $0 != "?" }
            // A tunnel's target may reach the handler in the Host header alone.
            if authority.isEmpty { authority = Substring(request.header("Host") ?? "unknown") }
            let standard = scheme == "https" ? 443 : 80
            if let colon = authority.lastIndex(of: ":"), let port = Int(authority[authority.index(after: colon)...]) {
                host = String(authority[..<colon])
                self.port = port
            } else {
                host = String(authority)
                port = standard
            }
        }
    }
}

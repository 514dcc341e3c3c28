// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// An error of Entra ID: AADSTS code, OAuth word, status (wire-protocols 4.3 and 4.4).
struct EntraError {
    let code: Int
    let error: String
    let status: Int
    let text: String
    /// Microsoft's finer word beside `error`, where it has one.
    let suberror: String?

    init(_ code: Int, _ error: String, status: Int = 400, suberror: String? = nil, _ text: String) {
        self.code = code
        self.error = error
        self.status = status
        self.text = text
        self.suberror = suberror
    }

    /// The same error with a sentence that names what was wrong in this request.
    func saying(_ text: String) -> EntraError { EntraError(code, error, status: status, suberror: suberror, text) }

    /// The text as it stands in redirects and on pages.
    func description(trace: EntraTrace) -> String {
        "AADSTS\(code): \(text) Trace ID: \(trace.id) Correlation ID: \(trace.correlation) Timestamp: \(Self.timestamp)"
    }

    /// The JSON body of the token endpoint.
    func response(trace: EntraTrace, world: WorldID?) -> MockResponse {
        var body: Members = [
            "error": .string(error),
            "error_description": .string(
                "AADSTS\(code): \(text)\r\nTrace ID: \(trace.id)\r\nCorrelation ID: \(trace.correlation)\r\n"
                    + "Timestamp: \(Self.timestamp)"),
            "error_codes": [Value(code)], "timestamp": .string(Self.timestamp), "trace_id": .string(trace.id),
            "correlation_id": .string(trace.correlation),
            "error_uri": .string("\(trace.origin)/error?code=\(code)"),
        ]
        if let suberror { body["suberror"] = .string(suberror) }
        var headers = [(name: "Cache-Control", value: "no-store"), (name: "Pragma", value: "no-cache")]
        // MSAL 1.39 says that it understands both (x-ms-lib-capability: retry-after, h429).
        if status == 429 { headers.append((name: "Retry-After", value: "60")) }
        return .json(.object(body), status: status, headers: headers + trace.headers, world: world, party: .entra)
    }

    /// The page for errors that must not go to a redirect URI.
    func page(trace: EntraTrace, world: WorldID?) -> MockResponse {
        .html(
            HTMLPage(
                title: "Sorry, but we're having trouble signing you in.",
                body: [
                    .element(
                        "p", ["role": "alert", "id": "assay-error", "data-code": "AADSTS\(code)"],
                        [
                            HTML(description(trace: trace))
                        ])
                ]), status: status == 401 ? 400 : status, headers: trace.headers, world: world, party: .entra)
    }

    private static var timestamp: String {
        Instant.wall.wholeSecond.description.replacing("T", with: " ")
    }
}

/// What every answer of Entra carries to be found again in Microsoft's logs.
struct EntraTrace {
    let id: String
    /// The client's `client-request-id`, or one of Entra's own.
    let correlation: String
    let origin: String
    let headers: [(name: String, value: String)]

    init(_ request: MockRequest, origin: String) {
        let digits = String(request.exchange.rawValue.filter { $0.isHexDigit }.suffix(12))
        id = "00000000-0000-4000-8000-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
        let asked = request.header("client-request-id").flatMap { $0.isEmpty ? nil : $0 }
        correlation = asked ?? id
        self.origin = origin
        var headers = [
            (name: "x-ms-request-id", value: id), (name: "x-ms-ests-server", value: "2.1.0 - assay"),
            (name: "X-Content-Type-Options", value: "nosniff"),
        ]
        if let asked, request.header("return-client-request-id")?.lowercased() == "true" {
            headers.append((name: "client-request-id", value: asked))
        }
        self.headers = headers
    }
}

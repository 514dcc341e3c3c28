// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A request with its body read, as the routes see it.
struct Inbound: Sendable {
    let method: String
    let path: String
    let rawQuery: String
    let query: [String: String]
    let headers: HTTPFields
    let body: Data
    let parameters: [String: String]
    /// Opaque id of this request, in the log and nowhere else.
    let id: String

    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }

    /// Fields of a form post.
    var form: [String: String] { Text.fields(String(decoding: body, as: UTF8.self)) }

    /// The body as JSON; malformed bodies are a 400.
    func json() throws -> JSON {
        guard let value = JSON(body) else {
            throw Refusal(400, "malformed-json", "The body is not valid JSON.")
        }
        return value
    }

    var cookies: [String: String] {
        var result: [String: String] = [:]
        for pair in (header("cookie") ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = parts[0].trimmingCharacters(in: .whitespaces)
            result[Cookies.others[name] ?? name] = String(parts[1])
        }
        return result
    }

    /// True where the client prefers JSON to a page.
    var wantsJSON: Bool {
        query["format"] == "json" || (header("accept") ?? "").hasPrefix("application/json")
    }
}

/// An answer before it becomes bytes.
struct Reply: Sendable {
    var status: Int
    var headers: [(String, String)]
    var body: Data

    init(_ status: Int, headers: [(String, String)] = [], body: Data = Data()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func json(_ value: JSON, status: Int = 200) -> Reply {
        Reply(status, headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")], body: value.data)
    }

    static func text(_ value: String, status: Int = 200) -> Reply {
        Reply(status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Data(value.utf8))
    }

    /// 302 after a GET, 303 after a POST.
    static func redirect(_ location: String, after method: String = "GET") -> Reply {
        Reply(method == "GET" ? 302 : 303, headers: [("Location", location), ("Cache-Control", "no-store")])
    }

    func setting(cookie: String) -> Reply {
        var copy = self
        copy.headers.append(("Set-Cookie", cookie))
        return copy
    }

    /// The same answer for Hummingbird.
    func response() -> Response {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let field = HTTPField.Name(name) { fields.append(HTTPField(name: field, value: value)) }
        }
        return Response(
            status: HTTPResponse.Status(code: status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

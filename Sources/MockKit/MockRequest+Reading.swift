// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Value

extension MockRequest {
    /// The query's names and values.
    package var queryFields: Form { Form(urlEncoded: query) }

    /// The body as a form; empty where the request says it is something else.
    package var formFields: Form {
        guard mediaType == "application/x-www-form-urlencoded" else { return Form() }
        return Form(urlEncoded: String(decoding: body, as: UTF8.self))
    }

    /// The `Content-Type` without parameters, in lower case.
    package var mediaType: String? {
        header("Content-Type").map { type in
            String(type.prefix { $0 != ";" }).trimmingCharacters(in: .whitespaces).lowercased()
        }
    }

    /// The path's segments, percent-decoded; a trailing slash gives none.
    package var segments: [String] { path.split(separator: "/").map { PercentCoding.decode($0) } }

    /// Scheme, host, port, path and query.
    package var url: String { origin + path + (query.isEmpty ? "" : "?" + query) }

    package var cookies: [String: String] { header("Cookie").map(Cookies.parse) ?? [:] }

    /// The token of `Authorization: Bearer`, by case-insensitive scheme.
    package var bearerToken: String? { credentials(of: "bearer") }

    /// User and password of `Authorization: Basic`.
    package var basicCredentials: (user: String, password: String)? {
        guard let encoded = credentials(of: "basic"), let data = Data(base64Encoded: encoded),
            let text = String(validating: data, as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { return nil }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    /// The body as JSON; nil where it is none.
    package var json: Value? { try? Value.parseJSON(Array(body)) }

    private func credentials(of scheme: String) -> String? {
        guard let header = header("Authorization") else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == scheme else { return nil }
        return parts[1].trimmingCharacters(in: .whitespaces)
    }
}

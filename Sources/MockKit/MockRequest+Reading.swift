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
        header("Content-Type").map { HeaderText.essence($0) }
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
        guard let blank = header.utf8.firstIndex(of: UInt8(ascii: " ")),
            HeaderText.areEqual(header[..<blank], scheme)
        else { return nil }
        let credentials = HeaderText.trimmed(header[blank...])
        return credentials.isEmpty ? nil : credentials
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Value

/// Which media type a client wants, and whether it has the version already.
extension EHRBase {
    private static let formats: Set<String> = [
        "application/fhir+json", "application/json", "application/json+fhir", "json", "text/json",
    ]

    /// Refuses where the client takes no JSON. XML is not served by this mock yet, whatever the vendor does.
    func checkFormat(_ request: MockRequest) throws(Problem) {
        if let format = request.queryFields["_format"] {
            // A plus sign that was not encoded arrives as a space.
            guard Self.formats.contains(Self.essence(format).replacing(" ", with: "+")) else {
                throw Problem(.notAcceptable, "_format is not JSON")
            }
            return
        }
        guard let accept = request.header("Accept"), !accept.isEmpty else { return }
        let isServed = accept.split(separator: ",").contains { part in
            let type = Self.essence(part)
            let isRefused = part.contains(/;\s*q=0(\.0*)?\s*($|;)/)
            return !isRefused && (Self.formats.contains(type) || type == "*/*" || type == "application/*")
        }
        guard isServed else { throw Problem(.notAcceptable, "the client takes no JSON") }
    }

    /// True where `If-None-Match` names the resource's version (RFC 9110 section 13.1.2: weak comparison).
    func isKnown(_ resource: Members, to request: MockRequest) -> Bool {
        guard profile.fhir.conditionalReads, let match = request.header("If-None-Match"),
            let version = resource["meta"]?["versionId"]?.string
        else { return false }
        return match.split(separator: ",").contains { tag in
            let text = tag.filter { $0 != " " }
            return text == "*" || text == "W/\"\(version)\"" || text == "\"\(version)\""
        }
    }

    /// The media type without its parameters.
    private static func essence(_ type: some StringProtocol) -> String {
        type.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    }
}

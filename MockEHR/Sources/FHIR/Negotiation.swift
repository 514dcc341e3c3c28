// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import Foundation
import MockKit
import Value
import World

/// Which media type a client wants, and whether it has the version already.
extension EHRBase {
    /// Refuses where the client takes no form that the vendor serves.
    func checkFormat(_ request: MockRequest) throws(Problem) {
        guard format(of: request) == nil else { return }
        let names = profile.fhir.formats.map { $0.rawValue.uppercased() }.joined(separator: " or ")
        let isAsked = request.queryFields["_format"] != nil
        throw Problem(.notAcceptable, isAsked ? "_format is not \(names)" : "the client takes no \(names)")
    }

    /// The form of the answer: `_format` before `Accept`, whose weights count. Nil where the vendor serves none of them.
    func format(of request: MockRequest) -> FHIRFormat? {
        let offered = profile.fhir.formats
        func format(_ word: String) -> FHIRFormat? { offered.first { $0.words.contains(word) } }
        if !request.query.isEmpty, let wanted = request.queryFields["_format"] {
            // A plus sign that was not encoded arrives as a space.
            return format(Self.essence(wanted).replacing(" ", with: "+"))
        }
        guard let accept = request.header("Accept"), !accept.isEmpty else { return offered.first }
        if let only = format(accept) { return only }
        var best: (format: FHIRFormat, weight: Double)?
        for part in accept.split(separator: ",") {
            let word = Self.essence(part)
            let isAny = word == "*/*" || word == "application/*"
            guard let found = isAny ? offered.first : format(word) else { continue }
            let weight = Self.weight(part)
            if weight > 0, weight > best?.weight ?? 0 { best = (found, weight) }
        }
        return best?.format
    }

    /// Puts a FHIR answer into its XML form.
    func turnIntoXML(_ response: inout MockResponse) {
        guard let place = response.headers.firstIndex(where: { $0.name == "Content-Type" }),
            response.headers[place].value.hasPrefix("application/fhir+json"),
            let value = try? Value.parseJSON(Array(response.body)), let text = try? FHIRTypeModel.r4.xml(from: value)
        else { return }
        response.headers[place].value = "application/fhir+xml"
        response.body = Data(text.utf8)
    }

    /// True where `If-None-Match` names the resource's version (RFC 9110 section 13.1.2: weak comparison), or where it has not
    /// changed after `If-Modified-Since`, which counts only without the other (section 13.1.3).
    func isKnown(_ resource: Members, to request: MockRequest) -> Bool {
        guard profile.fhir.conditionalReads, let version = resource["meta"]?["versionId"]?.string else { return false }
        guard let match = request.header("If-None-Match") else {
            guard let since = request.header("If-Modified-Since").flatMap(HTTPDate.instant),
                let changed = resource["meta"]?["lastUpdated"]?.string.flatMap({ Instant(rfc3339: $0) })
            else { return false }
            return changed.wholeSecond <= since
        }
        return match.split(separator: ",").contains { tag in
            let text = tag.filter { $0 != " " }
            return text == "*" || text == "W/\"\(version)\"" || text == "\"\(version)\""
        }
    }

    /// The `q` of a part of an `Accept` header (RFC 9110 section 12.4.2); 1 without one.
    private static func weight(_ part: Substring) -> Double {
        for parameter in part.split(separator: ";").dropFirst() {
            let text = HeaderText.trimmed(parameter)
            if text.hasPrefix("q=") { return Double(text.dropFirst(2)) ?? 1 }
        }
        return 1
    }

    /// The media type without its parameters.
    private static func essence(_ type: some StringProtocol) -> String {
        HeaderText.essence(type)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Names and values of a query string or an `application/x-www-form-urlencoded` body, in their order.
package struct Form: Sendable, ExpressibleByDictionaryLiteral {
    package var fields: [(name: String, value: String)]

    package init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

    package init(dictionaryLiteral pairs: (String, String)...) { fields = pairs.map { (name: $0.0, value: $0.1) } }

    /// Reads a query string (without `?`) or a form body. A name without `=` has an empty value.
    package init(urlEncoded text: String) {
        fields = text.split(separator: "&", omittingEmptySubsequences: true).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                name: PercentCoding.decode(parts[0], plusIsSpace: true),
                value: parts.count > 1 ? PercentCoding.decode(parts[1], plusIsSpace: true) : ""
            )
        }
    }

    /// The first value of a name.
    package subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Every value of a name.
    package func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// Names that occur more than once (RFC 6749 section 3.1 forbids it for OAuth parameters).
    package var repeatedNames: [String] {
        var seen = Set<String>()
        var repeated: [String] = []
        for field in fields where !seen.insert(field.name).inserted && !repeated.contains(field.name) {
            repeated.append(field.name)
        }
        return repeated
    }

    package mutating func append(_ name: String, _ value: String) { fields.append((name: name, value: value)) }

    /// Percent-encoded with `&`; spaces as `%20`, which queries and forms both read.
    package var encoded: String {
        fields.map { PercentCoding.encode($0.name) + "=" + PercentCoding.encode($0.value) }.joined(separator: "&")
    }

    /// `url` with these fields added to its query, before a fragment.
    package func appended(to url: String) -> String {
        guard !fields.isEmpty else { return url }
        let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let base = String(parts.first ?? "")
        let joint = !base.contains("?") ? "?" : base.hasSuffix("?") || base.hasSuffix("&") ? "" : "&"
        return base + joint + encoded + (parts.count > 1 ? "#" + parts[1] : "")
    }
}

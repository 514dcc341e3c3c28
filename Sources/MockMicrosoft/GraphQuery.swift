// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Value

/// OData query options as Graph takes them: `$select`, `$top`, `$skip`, `$skiptoken`, `$count`.
struct GraphQuery {
    /// Names as the client wrote them; nil: everything.
    let select: [String]?
    let top: Int?
    let skip: Int
    let counts: Bool
    private let others: Form

    struct Refusal: Error { let message: String }

    static let largestPage = 999

    init(_ query: Form) throws(Refusal) {
        // Graph takes the options with and without the dollar.
        func option(_ name: String) -> String? { query["$" + name] ?? query[name] }
        select = option("select").map { text in
            text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        if let text = option("top") {
            guard let number = Int(text), (1...Self.largestPage).contains(number) else {
                throw Refusal(
                    message:
                        "Invalid page size specified: '\(text)'. Must be between 1 and \(Self.largestPage) inclusive.")
            }
            top = number
        } else {
            top = nil
        }
        if let token = option("skiptoken") {
            guard let data = Base64URL.decode(token), let number = Int(String(decoding: data, as: UTF8.self)),
                number >= 0
            else { throw Refusal(message: "Skip token is invalid.") }
            skip = number
        } else if let text = option("skip") {
            guard let number = Int(text), number >= 0 else {
                throw Refusal(message: "Invalid value '\(text)' for $skip query option found.")
            }
            skip = number
        } else {
            skip = 0
        }
        counts = option("count")?.lowercased() == "true"
        others = Form(query.fields.filter { !["$skiptoken", "skiptoken", "$skip", "skip"].contains($0.name) })
    }

    /// The named members of a resource, and what OData adds; throws for a name it does not have.
    func selected(_ resource: Value, type: String) throws(Refusal) -> Value {
        guard let select, !select.isEmpty, !select.contains("*"), case .object(let members) = resource else {
            return resource
        }
        let names = Set(members.names)
        let unknown = select.first { name in
            let plain = name.split(separator: "/").first.map(String.init) ?? name
            return !names.contains { $0.lowercased() == plain.lowercased() }
        }
        if let unknown {
            throw Refusal(
                message: "Parsing OData Select and Expand failed: Could not find a property named '\(unknown)' on type "
                    + "'microsoft.graph.\(type)'.")
        }
        let wanted = Set(select.map { $0.split(separator: "/").first.map { $0.lowercased() } ?? "" })
        return .object(
            Members(
                members.filter { wanted.contains($0.name.lowercased()) || $0.name.hasPrefix("@odata") }
                    .map { ($0.name, $0.value) }))
    }

    /// One page of a collection and the query of the next one; nil where there is none.
    func page<Item>(of items: [Item], size: Int) -> (items: [Item], next: String?) {
        let size = top ?? size
        let page = Array(items.dropFirst(skip).prefix(size))
        guard skip + size < items.count else { return (page, nil) }
        var query = others
        query.append("$skiptoken", Base64URL.encode(Data(String(skip + size).utf8)))
        return (page, query.encoded.replacing("%24", with: "$"))
    }
}

// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import MockKit
import Value
import World

/// What a search found, kept for its pages: concurrent changes neither repeat nor hide anything.
struct SearchResult: Sendable {
    let type: String
    let found: [Members]
    let warnings: [Members]
    /// Matches on a page; 0: only the number is asked for.
    let count: Int
    /// Which part of each match is wanted; nil: the whole.
    let subset: Subset?
    let includes: [String]
    let reverse: [String]
}

/// A page of it.
struct SearchPage: Sendable {
    let result: SearchResult
    let offset: Int
}

extension EHRBase {
    /// Searches whose pages are kept at the same time.
    private static let keptSearches = 200

    /// The page behind a link's token; links may be followed more than once.
    func kept(_ token: String) -> SearchPage? {
        guard let dash = token.lastIndex(of: "-"), let offset = Int(token[token.index(after: dash)...]),
            let result = pages[String(token[..<dash])], offset >= 0, offset < result.found.count
        else { return nil }
        return SearchPage(result: result, offset: offset)
    }

    func bundle(_ page: SearchPage, request: MockRequest, _ token: AccessToken) -> Value {
        let result = page.result
        let matches = result.found.dropFirst(page.offset).prefix(result.count)
        var entries = matches.map { match in
            let shown = masked(match, for: token) ?? match
            return entry(result.subset.map { $0.applied(to: shown) } ?? shown, mode: "match")
        }
        entries += included(Array(matches), result, token).map { entry($0, mode: "include") }
        if page.offset == 0 {
            entries += result.warnings.map { warning in
                [
                    "fullUrl": .string("urn:uuid:" + uuid()), "resource": .object(warning),
                    "search": ["mode": "outcome"],
                ]
            }
        }
        var bundle: Members = [
            "resourceType": "Bundle", "id": .string(uuid()), "type": "searchset", "total": Value(result.found.count),
            "link": .array(links(page, request)),
        ]
        if !entries.isEmpty { bundle["entry"] = .array(entries) }
        return .object(bundle)
    }

    func entry(_ resource: Members, mode: String) -> Value {
        [
            "fullUrl": .string(address(resource)), "resource": .object(resource), "search": ["mode": .string(mode)],
        ]
    }

    func address(_ resource: Members) -> String {
        "\(shownURL)/\(resource["resourceType"]?.string ?? "")/\(resource["id"]?.string ?? "")"
    }

    private func links(_ page: SearchPage, _ request: MockRequest) -> [Value] {
        let result = page.result
        let place = shownURL + "/" + result.type
        let form = request.method == "POST" ? request.formFields : request.queryFields
        var links: [Value] = [["relation": "self", "url": .string(form.appended(to: place))]]
        guard result.count > 0, result.found.count > result.count else { return links }
        let forms = profile.fhir.searching.page
        let key = form[forms.token].map { String($0[..<($0.lastIndex(of: "-") ?? $0.endIndex)]) } ?? keep(result)
        func link(_ relation: String, _ offset: Int, _ more: [(name: String, value: String)]) -> Value {
            let query = Form([(forms.token, "\(key)-\(offset)")] + more)
            return ["relation": .string(relation), "url": .string(query.appended(to: place))]
        }
        if page.offset > 0 { links.append(link("previous", max(0, page.offset - result.count), forms.previous)) }
        let next = page.offset + result.count
        if next < result.found.count { links.append(link("next", next, forms.next)) }
        return links
    }

    private func keep(_ result: SearchResult) -> String {
        let key = mint(22).replacing("-", with: "_")
        pages[key] = result
        pageOrder.append(key)
        if pageOrder.count > Self.keptSearches { pages[pageOrder.removeFirst()] = nil }
        return key
    }

    /// What `_include` and `_revinclude` bring along, each once, as far as the vendor has them and the token may see it.
    private func included(_ matches: [Members], _ result: SearchResult, _ token: AccessToken) -> [Members] {
        let offered = profile.fhir.searching.includes
        guard !offered.forward.isEmpty || !offered.reverse.isEmpty else { return [] }
        let reader = reader
        var seen = Set(matches.map { address($0) })
        var found: [Members] = []
        func add(_ resource: Members) {
            guard seen.insert(address(resource)).inserted, isVisible(resource, to: token, for: .read) else { return }
            found.append(resource)
        }
        for wanted in result.includes where isOffered(wanted, offered.forward) {
            for definition in references(wanted, of: result.type) {
                let type = wanted.split(separator: ":").dropFirst(2).first.map(String.init)
                for value in matches.flatMap({ reader.values(of: definition, in: $0) }) {
                    guard let target = reader.target(value.value), type == nil || type == target.type,
                        profile.fhir.types[target.type] != nil, let other = resource(target.type, target.id)
                    else { continue }
                    add(other)
                }
            }
        }
        for wanted in result.reverse where isOffered(wanted, offered.reverse) {
            let source = String(wanted.prefix { $0 != ":" })
            guard profile.fhir.types[source] != nil else { continue }
            let addresses = Set(matches.map { "\(result.type)/\($0["id"]?.string ?? "")" })
            for definition in references(wanted, of: source) {
                for other in resources(source) {
                    let targets = reader.values(of: definition, in: other).compactMap { reader.target($0.value) }
                    if targets.contains(where: { addresses.contains("\($0.type)/\($0.id)") }) { add(other) }
                }
            }
        }
        return found
    }

    private func isOffered(_ wanted: String, _ offered: [String]) -> Bool {
        offered.contains("*") || offered.contains(wanted)
    }

    /// The reference parameters an include speaks of: one, or all of the type's with `*`.
    private func references(_ wanted: String, of type: String) -> [SearchDefinition] {
        let parts = wanted.split(separator: ":").map(String.init)
        guard wanted == "*" || parts.first == type else { return [] }
        let isAll = wanted == "*" || parts.dropFirst().first == "*"
        let names = isAll ? SearchTable.r4.names(of: type) : Array(parts.dropFirst().prefix(1))
        return names.compactMap { SearchTable.r4.definition($0, of: type) }.filter { $0.kind == .reference }
    }
}

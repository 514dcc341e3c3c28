// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import FHIRPath
internal import Foundation
internal import MockKit
internal import Trace
internal import Value

/// A request to a mapped endpoint that cannot be taken.
struct UnfitRequest: Error {
    let status: Int
    let reason: String
}

extension MappedEndpoint {
    /// What the named segments of the path hold; nil where the request goes elsewhere.
    func segments(of request: MockRequest) -> [String: String]? { path.match(request.segments) }

    /// Throws where a request to the path has another method or not the key.
    func admit(_ request: MockRequest) throws(UnfitRequest) {
        guard request.method == method else {
            throw UnfitRequest(status: 405, reason: "\(path.text) takes \(method), not \(request.method)")
        }
        guard let key else { return }
        // Keys refer to the environment alone, which was read with the file.
        guard let wanted = try? key.value.resolved([:]) else {
            throw UnfitRequest(status: 500, reason: "the key \(key.header) has no value")
        }
        guard request.header(key.header) == wanted else {
            throw UnfitRequest(status: 401, reason: "the header \(key.header) holds another key")
        }
    }
}

extension RequestPlace {
    /// The text that stands there. Throws where nothing does.
    /// - Parameter segments: what the endpoint's path gave.
    func read(in request: MockRequest, segments: [String: String]) throws(UnfitRequest) -> String {
        switch self {
        case .field(let name):
            guard let value = request.formFields[name] else { throw missing("the form has no \(name)") }
            return value
        case .query(let name):
            guard let value = request.queryFields[name] else { throw missing("the query has no \(name)") }
            return value
        case .path(let name): return segments[name] ?? ""
        case .json(let text):
            guard let body = request.json else { throw missing("the body is no JSON") }
            guard let value = try evaluated(text, on: body) else { throw missing("the body has nothing at \(text)") }
            return value
        }
    }

    private func evaluated(_ text: String, on body: Value) throws(UnfitRequest) -> String? {
        do { return try Expression(parsing: text).evaluate(on: body).first?.value.scalarText } catch {
            throw missing("\(text): \(error)")
        }
    }

    private func missing(_ reason: String) -> UnfitRequest { UnfitRequest(status: 400, reason: reason) }
}

extension MappedAnswer {
    /// - Parameter values: of the names that the answer may use.
    func response(_ values: [String: String], by party: Party) -> MockResponse {
        var headers: [(name: String, value: String)] = []
        var bytes = Data()
        do {
            for header in self.headers { headers.append((header.name, try header.value.resolved(values))) }
            if let body {
                bytes = Data(try body.resolved(values).jsonBytes())
                headers.append(("Content-Type", "application/json"))
            }
        } catch {
            return .text("\(error)", status: 500, world: nil, party: party)
        }
        return MockResponse(status: status, headers: headers, body: bytes, world: nil, party: party)
    }
}

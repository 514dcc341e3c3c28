// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import HTTPTransport
import MockKit
import Trace
import Value
import World

/// A key set as a client published it.
struct ClientKeys: Sendable {
    let set: Value
    /// Until when it need not be read again, on the wire's clock; nil: it is good for one request.
    let until: Instant?
}

/// How the mock reads a key set that a client publishes.
package protocol KeySetReader: Sendable {
    /// Throws where nothing answers.
    func read(_ url: String, headers: [(name: String, value: String)]) async throws -> KeySetAnswer
}

/// What stands at the address of a key set.
package struct KeySetAnswer: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: Data

    package init(status: Int, headers: [(name: String, value: String)], body: Data) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Over libcurl, never through a proxy.
package struct TransportKeySetReader: KeySetReader {
    private let client = HTTPClient(connections: 2)
    private let trust: HTTPRequest.TrustAnchors?

    /// `trust`: roots for addresses with `https`; nil: the machine's.
    package init(trust: HTTPRequest.TrustAnchors? = nil) { self.trust = trust }

    package func read(_ url: String, headers: [(name: String, value: String)]) async throws -> KeySetAnswer {
        let request = HTTPRequest(
            method: "GET", url: url, headers: headers.map { HTTPRequest.Header($0.name, $0.value) },
            timeout: .seconds(30), trust: trust, maxResponseBytes: 1 << 20)
        let response = try await client.send(request)
        return KeySetAnswer(
            status: response.status, headers: response.headers.map { (name: $0.name, value: $0.value) },
            body: response.body)
    }
}

extension MockEHR {
    /// Reads the client's published keys where the request brings an assertion and what was read before is too old
    /// (facts 5.1: GET, `Accept: application/json`, its Cache-Control honoured). What cannot be read leaves no keys.
    func readClientKeys(for request: MockRequest, at base: EHRBase) async {
        let world = base.world
        guard let url = world.registration.jwksURL, !world.registration.signers.isEmpty else { return }
        let form = request.formFields
        guard form["client_assertion"] ?? form["assertion"] != nil else { return }
        if let until = world.clientKeys?.until, until > base.wire { return }
        let headers = [(name: "Accept", value: "application/json")]
        let exchange = journal.nextExchangeID()
        journal.append(
            HTTPMessage.request(
                exchange: exchange, world: world.model.id, from: .ehr, to: .connector, method: "GET", url: url,
                headers: headers.map { ($0.name, $0.value) }, body: nil))
        let began = ContinuousClock.now
        let answer = try? await keySets.read(url, headers: headers)
        journal.append(
            HTTPMessage.response(
                exchange: exchange, world: world.model.id, from: .connector, to: .ehr, status: answer?.status ?? 0,
                headers: answer?.headers.map { ($0.name, $0.value) } ?? [],
                body: answer.flatMap { $0.body.isEmpty ? nil : journal.keep($0.body) },
                duration: began.duration(to: .now)))
        guard let answer, answer.status == 200, let set = try? Value.parseJSON(Array(answer.body)) else {
            world.clientKeys = nil
            return
        }
        world.clientKeys = ClientKeys(set: set, until: answer.maxAge.map { base.wire + .seconds($0) })
    }
}

extension KeySetAnswer {
    /// Seconds for which it may be kept (RFC 9111 section 5.2.2); nil: not at all.
    var maxAge: Int? {
        let words = headers.filter { $0.name.lowercased() == "cache-control" }
            .flatMap { $0.value.lowercased().split(separator: ",").map { HeaderText.trimmed($0) } }
        guard !words.contains(where: { $0 == "no-store" || $0 == "no-cache" }) else { return nil }
        return words.first { $0.hasPrefix("max-age=") }.flatMap { Int($0.dropFirst("max-age=".count)) }
    }
}

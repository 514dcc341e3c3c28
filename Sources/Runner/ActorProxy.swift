// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import Foundation
internal import HTTPTransport
internal import Markup
internal import MockKit
internal import MockWorld
internal import Synchronization
internal import Trace
internal import Value
internal import World

/// A forward proxy for a command that acts for a person: what it sends is recorded as that person's, as their browser's
/// messages are. It looks into tunnels to hosts that the run's authority can speak for, and opens no others.
final class ActorProxy: Sendable {
    private let handler: Handler
    private let listeners: [MockListener]
    private let gate: TunnelGate?

    private init(handler: Handler, listeners: [MockListener], gate: TunnelGate?) {
        self.handler = handler
        self.listeners = listeners
        self.gate = gate
    }

    /// - Parameters:
    ///   - authority: of the run; nil: https is not looked into.
    ///   - hosts: which it may speak for before the actor.
    static func start(
        for walker: Walker, in world: WorldID, journal: Journal, authority: RunAuthority?, hosts: [String]
    ) async throws -> ActorProxy {
        let handler = Handler(walker: walker, world: world, journal: journal)
        // Its own record is nobody's: the handler writes down what a person's browser would.
        let plain = try await MockListener.start(handler: handler, journal: Journal())
        guard let authority else { return ActorProxy(handler: handler, listeners: [plain], gate: nil) }
        let secured = try await MockListener.start(
            handler: handler, journal: Journal(), tls: authority.identity(for: hosts))
        let names = Dictionary(hosts.map { ($0.lowercased(), secured.port) }, uniquingKeysWith: { first, _ in first })
        let gate = TunnelGate(host: "127.0.0.1", port: 0, names: names, proxy: plain.port)
        return ActorProxy(handler: handler, listeners: [plain, secured], gate: gate)
    }

    var origin: String { gate.map { "http://127.0.0.1:\($0.port)" } ?? listeners[0].origin }
    /// Whether https may go through it.
    var looksIntoTunnels: Bool { gate != nil }

    /// What the connector answered to the actor, in order.
    var walks: [Walk] { handler.walks.withLock { $0 } }

    func stop() async {
        gate?.stop()
        for listener in listeners { await listener.stop() }
    }

    private final class Handler: MockHandler {
        let walker: Walker
        let world: WorldID
        let journal: Journal
        let client = HTTPClient()
        let recorder: JournalRecorder
        let walks = Mutex<[Walk]>([])

        init(walker: Walker, world: WorldID, journal: Journal) {
            self.walker = walker
            self.world = world
            self.journal = journal
            recorder = JournalRecorder(journal: journal, world: world)
        }

        func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) { (world, .runner) }

        func respond(to request: MockRequest) async -> MockResponse {
            guard request.method != "CONNECT" else {
                return .text(
                    "This proxy opens no tunnel to this host: go to it directly.",
                    status: 501, world: world, party: .runner)
            }
            let party = walker.parties.party(of: request.url) ?? .egress
            let forwarded = forwarded(request)
            let exchange = recorder.sending(forwarded, from: walker.sender, to: party)
            let response: HTTPResponse
            do throws(HTTPError) {
                response = try await client.send(forwarded)
            } catch {
                recorder.failed(error, of: exchange, from: party, to: walker.sender)
                return .text("\(error)", status: 502, world: world, party: .runner)
            }
            recorder.received(response, to: exchange, from: party, to: walker.sender)
            if party == .connector {
                note(response, to: request, exchange)
            } else if walker.parties.isMock(request.url), let provider = Self.signInPage(response, request.url) {
                journal.append(
                    EventDraft(
                        "page.login", by: .runner, world: world,
                        [
                            "by": .string(walker.alias), "provider": .string(provider), "url": .string(request.url),
                        ]))
            }
            let headers = response.headers.filter { !Self.hopByHop.contains($0.name.lowercased()) }
            return MockResponse(
                status: response.status, headers: headers.map { (name: $0.name, value: $0.value) },
                body: response.body, world: world, party: .runner)
        }

        /// RFC 9110 section 7.6.1, and what the other end computes anew.
        private static let hopByHop: Set<String> = [
            "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
            "trailer", "transfer-encoding", "upgrade", "content-length", "content-encoding",
        ]

        private func forwarded(_ request: MockRequest) -> HTTPRequest {
            var headers = request.headers.filter {
                let name = $0.name.lowercased()
                return !Self.hopByHop.contains(name) && name != "host" && name != "accept-encoding"
            }.map { HTTPRequest.Header($0.name, $0.value) }
            if walker.parties.isMock(request.url) {
                headers.append(HTTPRequest.Header("Assay-Actor", walker.alias))
                headers.append(HTTPRequest.Header("Assay-World", world.rawValue))
            }
            let hasBody = !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method)
            return HTTPRequest(
                method: request.method, url: request.url, headers: headers, body: hasBody ? request.body : nil,
                trust: walker.trust, connectTo: walker.connectTo, sendCookies: false)
        }

        /// The provider whose sign-in page the person was shown.
        private static func signInPage(_ response: HTTPResponse, _ url: String) -> String? {
            guard response.mediaType == "text/html",
                let page = try? Markup.HTMLPage(response.body, url: url, contentType: response.headers["content-type"]),
                let form = page.form("assay-login")
            else { return nil }
            return form.attributes["data-provider"] ?? "other"
        }

        private func note(_ response: HTTPResponse, to request: MockRequest, _ exchange: ExchangeID) {
            var page: Markup.HTMLPage?
            if ["text/html", "application/xhtml+xml"].contains(response.mediaType) {
                page = try? Markup.HTMLPage(
                    response.body, url: request.url, contentType: response.headers["content-type"])
            }
            let hop = Walk.Hop(
                method: request.method, url: request.url, status: response.status, party: .connector,
                exchange: exchange, reason: .opened)
            let walk = Walk(
                url: request.url, status: response.status, headers: response.headers, body: response.body, page: page,
                hops: [hop], signIns: [], handoff: nil, reached: .connector)
            walks.withLock { $0.append(walk) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOSSL

/// An answer of another party.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: Data

    func header(_ name: String) -> String? { headers.first(name: name) }
    var json: JSON { JSON(body) ?? .null }
    var isSuccess: Bool { (200..<300).contains(status) }

    /// Seconds of a numeric `Retry-After`.
    var retryAfter: Double? { header("retry-after").flatMap(Double.init) }
}

/// The way out: loopback directly, everything else through the configured proxy (https by CONNECT). Redirects are never
/// followed.
struct Outbound: Sendable {
    private let direct: HTTPClient
    private let proxied: HTTPClient
    private let forward: ForwardProxy?
    private let behaviour: Behaviour

    init(proxy: String?, behaviour: Behaviour) {
        self.behaviour = behaviour
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.timeout = .init(connect: .seconds(5), read: .seconds(10))
        // Who does not answer is asked again by the job, later; an impostor not at all.
        settings.connectionPool.retryConnectionEstablishment = false
        if behaviour.has(.certificatesUnverified) {
            var blind = TLSConfiguration.makeClientConfiguration()
            blind.certificateVerification = .none
            settings.tlsConfiguration = blind
        }
        direct = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        if let proxy, let url = URL(string: proxy), let host = url.host {
            forward = ForwardProxy(host: host, port: url.port ?? 80)
            settings.proxy = .server(host: host, port: url.port ?? 80)
        } else {
            forward = nil
        }
        proxied = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    /// Sends one request; a transport failure throws.
    func send(
        _ method: String, _ url: String, headers: [(String, String)] = [], body: Data? = nil,
        limit: Int = 4 << 20, seconds: Int64 = 10
    ) async throws -> Answer {
        // Epic's notices of attendance are sent by GET: a HEAD would be one more.
        let isRead = method == "GET" && !url.contains("SetExternalConnectionStatus")
        if isRead, behaviour.has(.asksAhead) {
            _ = try? await send("HEAD", url, headers: headers, limit: limit, seconds: seconds)
        }
        if let forward, !Self.isLoopback(url), url.lowercased().hasPrefix("http://") {
            return try await Self.within(seconds) {
                try await forward.send(method, url, headers: headers, body: body, limit: limit)
            }
        }
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let client = Self.isLoopback(url) ? direct : proxied
        let response = try await client.execute(request, timeout: .seconds(seconds))
        let bytes = try await response.body.collect(upTo: limit)
        return Answer(status: Int(response.status.code), headers: response.headers, body: Data(bytes.readableBytesView))
    }

    /// Ends `body` where it takes longer.
    private static func within(
        _ seconds: Int64, _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw Passing(retryAfter: nil, code: "timeout")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw Passing(retryAfter: nil, code: "unreachable") }
            return answer
        }
    }

    /// A form post, as token endpoints want it.
    func post(_ url: String, form: [(String, String)], headers: [(String, String)] = []) async throws -> Answer {
        try await send(
            "POST", url,
            headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")] + headers,
            body: Data(Text.form(form).utf8))
    }

    static func isLoopback(_ url: String) -> Bool {
        guard let host = URL(string: url)?.host else { return false }
        return host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    func shutdown() async {
        try? await direct.shutdown()
        try? await proxied.shutdown()
    }
}

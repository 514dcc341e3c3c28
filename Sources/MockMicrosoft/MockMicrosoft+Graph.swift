// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// What stands before every Graph request: its token, its place in the throttle, and batches of requests.
extension MockMicrosoft {
    func graph(
        _ request: MockRequest, _ version: String, _ path: [String], _ world: MicrosoftWorld?, _ hosts: MicrosoftHosts
    ) async -> MockResponse {
        func unauthenticated(_ message: String) -> MockResponse {
            Graph.refuse(request, world, 401, "InvalidAuthenticationToken", message, login: hosts.login)
        }
        guard request.header("Authorization") != nil else { return unauthenticated("Access token is empty.") }
        guard let text = request.bearerToken, let token = issued.access[text], let world else {
            let isToken = request.bearerToken.flatMap { JWT.read($0) } != nil
            return unauthenticated(
                isToken
                    ? "Access token validation failure." : "IDX14100: JWT is not well formed, there are no dots (.).")
        }
        guard token.resource == .graph else {
            return unauthenticated("Access token validation failure. Invalid audience.")
        }
        guard token.expires > .wall else { return unauthenticated("Lifetime validation failed, the token is expired.") }
        if let wait = world.requests.take("graph " + token.appID, world.settings.limits.graph, at: .wall) {
            return Graph.refuse(
                request, world, 429, "TooManyRequests", "Too many requests. Retry after \(wait) seconds.",
                retryAfter: wait)
        }
        let graph = Graph(
            request: request, world: world, caller: token, hosts: hosts, version: version, path: path)
        switch path.first?.lowercased() {
        case "subscriptions": return await subscriptions(graph)
        case "$batch": return await batch(graph)
        default: return graph.respond()
        }
    }

    /// JSON batching: up to twenty requests in one, answered in the order they were asked.
    private func batch(_ graph: Graph) async -> MockResponse {
        let items = graph.request.json?["requests"]?.array ?? []
        guard graph.request.method == "POST", (1...20).contains(items.count) else {
            return graph.refuse(400, "BadRequest", "A batch is a POST with 1 to 20 requests.")
        }
        var answers: [Value] = []
        for item in items {
            guard let id = item["id"]?.scalarText, let method = item["method"]?.string, let url = item["url"]?.string
            else { return graph.refuse(400, "BadRequest", "Each request of a batch has id, method and url.") }
            let target = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let path = target.first.map(String.init) ?? ""
            let segments = path.split(separator: "/").map { PercentCoding.decode($0) }
            guard segments.first?.lowercased() != "$batch" else {
                return graph.refuse(400, "BadRequest", "A batch holds no batch.")
            }
            var headers = graph.request.headers.filter {
                ["authorization", "host"].contains($0.name.lowercased())
            }
            for (name, value) in item["headers"]?.members ?? [:] {
                headers.append((name: name, value: value.scalarText ?? ""))
            }
            let body = item["body"].flatMap { $0.isNull ? nil : Data($0.jsonBytes()) } ?? Data()
            let single = MockRequest(
                exchange: graph.request.exchange, method: method.uppercased(),
                path: "/\(graph.version)" + (path.hasPrefix("/") ? path : "/" + path),
                query: target.count > 1 ? String(target[1]) : "", headers: headers, body: body,
                origin: graph.request.origin, actor: graph.request.actor, remotePort: graph.request.remotePort)
            let answer = await self.graph(single, graph.version, segments, graph.world, graph.hosts)
            answers.append([
                "id": .string(id), "status": Value(answer.status),
                "headers": .object(Members(answer.headers.map { ($0.name, .string($0.value)) })),
                "body": (try? Value.parseJSON(Array(answer.body))) ?? .null,
            ])
        }
        return graph.answer(["responses": .array(answers)])
    }
}

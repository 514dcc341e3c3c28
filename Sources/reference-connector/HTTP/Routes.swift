// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Registers handlers under the connector's path prefix and turns their refusals into answers.
struct Routes {
    let router: Router<BasicRequestContext>
    let prefix: String
    let log: Logger
    let behaviour: Behaviour

    typealias Handler = @Sendable (Inbound) async throws -> Reply

    func get(_ path: String, _ handler: @escaping Handler) {
        on("GET", path, handler)
        on("HEAD", path, handler)
    }

    func post(_ path: String, _ handler: @escaping Handler) { on("POST", path, handler) }

    private func on(_ method: String, _ path: String, _ handler: @escaping Handler) {
        guard let verb = HTTPRequest.Method(rawValue: method) else { return }
        let log = self.log
        let faults = HeaderFaults(behaviour: behaviour)
        router.on(RouterPath(prefix + path), method: verb) { request, context in
            let id = Secret.token(bytes: 8)
            if faults.logsAddresses { log.event("\(method) \(request.uri.string)", tenant: nil, request: id) }
            var inbound: Inbound?
            do {
                let received = try await Self.read(request, context, id)
                inbound = received
                if faults.breaksOnLongAddresses, request.uri.string.count > 3000 { throw Passing(code: "long") }
                return faults.applied(to: try await handler(received)).response()
            } catch let refusal as Refusal {
                return faults.applied(to: Self.answer(refusal, to: inbound)).response()
            } catch is Passing {
                return Self.answer(.unavailable, to: inbound).response()
            } catch {
                // The error's own text may quote a payload: only its type is logged.
                log.event("request failed: \(type(of: error))", tenant: nil, request: id, code: "unexpected")
                return Self.answer(
                    Refusal(502, "unexpected", "The request could not be completed. Try again in a moment."),
                    to: inbound
                ).response()
            }
        }
    }

    private static func read(_ request: Request, _ context: BasicRequestContext, _ id: String) async throws -> Inbound {
        var request = request
        let buffer: ByteBuffer
        do {
            buffer = try await request.collectBody(upTo: 1 << 20)
        } catch {
            throw Refusal(413, "body-too-large", "The body is larger than this service accepts (1 MB).")
        }
        var parameters: [String: String] = [:]
        for (name, value) in context.parameters { parameters[String(name)] = String(value) }
        let query = request.uri.query ?? ""
        return Inbound(
            method: request.method.rawValue, path: request.uri.path, rawQuery: query, query: Text.fields(query),
            headers: request.headers, body: Data(buffer.readableBytesView), parameters: parameters, id: id)
    }

    private static func answer(_ refusal: Refusal, to request: Inbound?) -> Reply {
        let isHook = request.map { $0.path.contains("/hooks/") || $0.path.contains("/-/") } ?? false
        if isHook || request?.wantsJSON == true {
            let body: JSON = ["code": .string(refusal.code), "message": .string(refusal.message)]
            return Reply.json(body, status: refusal.status)
        }
        return Page.refusal(refusal).reply()
    }
}

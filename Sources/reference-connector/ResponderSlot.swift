// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Synchronization

/// Holds the routes' responder, which can only be built once the listener's port is known.
final class ResponderSlot: Sendable {
    private let responder = Mutex<(any HTTPResponder<BasicRequestContext>)?>(nil)

    func fill(_ responder: any HTTPResponder<BasicRequestContext>) {
        self.responder.withLock { $0 = responder }
    }

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        guard let current = responder.withLock({ $0 }) else { return Response(status: .serviceUnavailable) }
        do {
            return try await current.respond(to: request, context: context)
        } catch let error as any HTTPResponseError where error.status == .notFound {
            return Page.refusal(.notFound).reply().response()
        }
    }
}

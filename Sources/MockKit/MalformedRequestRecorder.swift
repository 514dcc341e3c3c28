// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import Trace
import Value

/// Records what the HTTP parser refuses: such a request is answered 400 before any responder sees it.
final class MalformedRequestRecorder: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let journal: Journal

    init(journal: Journal) { self.journal = journal }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.fireChannelRead(data) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            let host = context.localAddress.map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" } ?? ""
            journal.append(
                EventDraft(
                    "traffic.unexpected", by: .runner, world: nil,
                    ["host": .string(host), "reason": .string("not HTTP: \(error)")]))
        }
        context.fireErrorCaught(error)
    }
}

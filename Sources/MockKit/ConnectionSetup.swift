// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// What a listener does with each connection, whatever it speaks.
struct ConnectionSetup: Sendable {
    let exchanges: ExchangeRecorder
    let idleTimeout: TimeAmount

    /// Puts HTTP/1.1 in place on a connection.
    func http1(_ channel: any Channel) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
            // Whole answers are written in one piece, past the encoder.
            let encoder = try pipeline.context(handlerType: HTTPResponseEncoder.self)
            return try end(channel, encoder: NIOLoopBound(encoder, eventLoop: channel.eventLoop))
        }
    }

    /// The handler behind the codec. `encoder` nil: a stream of HTTP/2.
    func end(_ channel: any Channel, encoder: NIOLoopBound<ChannelHandlerContext>? = nil) throws -> Connection {
        let connection = Connection(
            channel: channel, encoder: encoder, budget: exchanges.budget, idleTimeout: idleTimeout,
            journal: exchanges.journal)
        try channel.pipeline.syncOperations.addHandler(connection)
        return connection
    }

    func serve(_ connection: Connection) async {
        await connection.serve { try await exchanges.respond(to: $0, on: $1) }
    }
}

/// HTTP/1.1 without TLS.
struct PlainChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let connection: Connection
        var channel: any Channel { connection.channel }
    }

    let setup: ConnectionSetup

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        setup.http1(channel).map { Value(connection: $0) }
    }

    func handle(value: Value, logger: Logger) async { await setup.serve(value.connection) }
}

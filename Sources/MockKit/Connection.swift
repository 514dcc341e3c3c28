// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import Synchronization
import Trace
import Value

/// One connection of HTTP/1.1, or one stream of HTTP/2: whole requests in, one after the other, and their answers out.
///
/// NIO's asynchronous channels hand over each part of a message by itself; here a task wakes once a request. That is most of
/// what a fast answer costs.
final class Connection: ChannelDuplexHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private struct State {
        var head: HTTPRequestHead?
        var body = ByteBuffer()
        var isTooLarge = false
        /// Requests nobody has taken yet: what a client sends without waiting for answers.
        var ready: [ReceivedRequest] = []
        var taker: CheckedContinuation<ReceivedRequest?, Never>?
        var writer: CheckedContinuation<Void, Never>?
        var isAnswering = false
        /// True: reading waits until the next request is taken.
        var holdsRead = false
        /// True: no further request comes.
        var isEnded = false
        var isClosed = false
        var lastRead = NIODeadline.now()
        var idle: Scheduled<Void>?
    }

    let channel: any Channel
    let remotePort: Int
    private let budget: BodyBudget
    private let idleTimeout: TimeAmount
    /// False for a stream of HTTP/2, which ends by itself.
    private var isWholeConnection: Bool { encoder != nil }
    private let encoder: NIOLoopBound<ChannelHandlerContext>?
    private let journal: Journal
    private let state = Mutex(State())
    /// The last answer: its room is the next one's, once it has left.
    private let answer: NIOLoopBoundBox<ByteBuffer>
    /// Bytes of room that a connection keeps.
    private static let answerKept = 65_536

    /// `encoder` is the place of HTTP/1.1's encoder; nil: a stream of HTTP/2.
    init(
        channel: any Channel, encoder: NIOLoopBound<ChannelHandlerContext>?, budget: BodyBudget,
        idleTimeout: TimeAmount, journal: Journal
    ) {
        self.channel = channel
        self.encoder = encoder
        answer = .makeBoxSendingValue(ByteBuffer(), eventLoop: channel.eventLoop)
        self.journal = journal
        self.budget = budget
        self.idleTimeout = idleTimeout
        remotePort = channel.remoteAddress?.port ?? 0
    }

    // MARK: For the task

    /// Answers what comes until the connection is at its end, or until the task is cancelled: then it is closed.
    func serve(_ respond: (ReceivedRequest, Connection) async throws -> Void) async {
        await withTaskCancellationHandler {
            var isBroken = false
            while let request = await next() {
                defer { budget.release(request.body?.readableBytes ?? 0) }
                do { try await respond(request, self) } catch {
                    isBroken = true
                    break
                }
                guard request.staysOpen else { break }
                await untilWritable()
            }
            if !isBroken, isWholeConnection { try? await write(raw: ByteBuffer()) }
            if isBroken || isWholeConnection { channel.close(promise: nil) }
            try? await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    /// Sends a whole answer; it need not have left when this returns.
    ///
    /// On HTTP/1.1 it goes out in one piece: three parts, each on its way through every handler, are a fifth of what a fast
    /// answer costs. What is no header (RFC 9110 section 5.5) is left to the encoder, which refuses it.
    func write(_ response: MockResponse) {
        guard let encoder, channel.eventLoop.inEventLoop, response.write(to: &answer.value) else {
            return write(WireAnswer.head(response), body: ByteBuffer(bytes: response.body))
        }
        encoder.value.writeAndFlush(NIOAny(answer.value), promise: nil)
        if answer.value.capacity > Self.answerKept { answer.value = ByteBuffer() }
    }

    private func write(_ head: HTTPResponseHead, body: ByteBuffer) {
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        if body.readableBytes > 0 { channel.write(HTTPServerResponsePart.body(.byteBuffer(body)), promise: nil) }
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    }

    /// Sends part of an answer and returns once the network has taken it. Throws where the connection is at its end.
    func write(part: HTTPServerResponsePart) async throws { try await channel.writeAndFlush(part).get() }

    /// Writes past the encoder, and returns once everything before it was sent too. On HTTP/2, where there is no such
    /// encoder, nothing is written. Throws where the connection is at its end.
    func write(raw bytes: ByteBuffer) async throws {
        let channel = channel
        try await channel.eventLoop.flatSubmit {
            do {
                let encoder = try channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
                return encoder.writeAndFlush(NIOAny(bytes))
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }.get()
    }

    private func next() async -> ReceivedRequest? {
        await withCheckedContinuation { continuation in
            let (request, isDecided, reads) = state.withLock { state -> (ReceivedRequest?, Bool, Bool) in
                state.isAnswering = !state.ready.isEmpty
                if !state.ready.isEmpty {
                    let reads = state.holdsRead
                    state.holdsRead = false
                    return (state.ready.removeFirst(), true, reads)
                }
                if !state.isEnded { state.taker = continuation }
                return (nil, state.isEnded, false)
            }
            if reads { channel.read() }
            if isDecided { continuation.resume(returning: request) }
        }
    }

    /// A client that does not read its answers gets no more of them.
    private func untilWritable() async {
        guard !channel.isWritable else { return }
        await withCheckedContinuation { continuation in
            let isDecided = state.withLock { state in
                if channel.isWritable || state.isClosed { return true }
                state.writer = continuation
                return false
            }
            if isDecided { continuation.resume() }
        }
    }

    // MARK: For the channel

    func handlerAdded(context: ChannelHandlerContext) { watch(for: idleTimeout) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            state.withLock { state in
                state.head = head
                state.lastRead = .now()
            }
        case .body(var part): take(&part)
        case .end:
            let (taker, request) = state.withLock { state in
                state.lastRead = .now()
                let request = state.head.map { ReceivedRequest($0, body: state.isTooLarge ? nil : state.body) }
                state.head = nil
                state.body = ByteBuffer()
                state.isTooLarge = false
                let taker = state.taker
                state.taker = nil
                if let request, taker == nil { state.ready.append(request) }
                if taker != nil { state.isAnswering = true }
                return (taker, request)
            }
            taker?.resume(returning: request)
        }
    }

    private func take(_ part: inout ByteBuffer) {
        state.withLock { state in
            state.lastRead = .now()
            guard !state.isTooLarge else { return }
            let size = part.readableBytes
            guard state.body.readableBytes + size <= MockListener.bodyLimit, budget.reserve(size) else {
                state.isTooLarge = true
                budget.release(state.body.readableBytes)
                state.body = ByteBuffer()
                return
            }
            if state.body.readableBytes == 0 { state.body = part } else { state.body.writeBuffer(&part) }
        }
    }

    func read(context: ChannelHandlerContext) {
        let holds = state.withLock { state in
            state.holdsRead = !state.ready.isEmpty
            return state.holdsRead
        }
        if !holds { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resumeWriter() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        let (idle, taker) = state.withLock { state in
            budget.release(state.body.readableBytes)
            for request in state.ready { budget.release(request.body?.readableBytes ?? 0) }
            state.body = ByteBuffer()
            state.ready = []
            state.isEnded = true
            state.isClosed = true
            defer {
                state.idle = nil
                state.taker = nil
            }
            return (state.idle, state.taker)
        }
        idle?.cancel()
        taker?.resume(returning: nil)
        resumeWriter()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent || event as? ChannelEvent == .inputClosed { end() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        // Answered 400 before any responder sees it.
        let host = context.localAddress.map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" } ?? ""
        journal.append(
            EventDraft(
                "traffic.unexpected", by: .runner, world: nil,
                ["host": .string(host), "reason": .string("not HTTP: \(error)")]))
        // What came before it is answered first.
        let isIdle = state.withLock { !$0.isAnswering && $0.ready.isEmpty }
        if isIdle {
            let headers = HTTPHeaders([("Connection", "close"), ("Content-Length", "0")])
            let head = HTTPResponseHead(version: .http1_1, status: .badRequest, headers: headers)
            write(head, body: ByteBuffer())
        }
        end()
    }

    /// No further request is taken; who waits for one ends.
    private func end() {
        let taker = state.withLock { state in
            state.isEnded = true
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume(returning: nil)
    }

    private func resumeWriter() {
        let writer = state.withLock { state in
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }

    /// Closes the connection once nothing was read for the whole timeout and nothing is being answered.
    private func watch(for time: TimeAmount) {
        let idle = channel.eventLoop.scheduleTask(in: time) { [weak self] in
            guard let self else { return }
            let rest = state.withLock { state in
                let due = state.isAnswering ? NIODeadline.now() + idleTimeout : state.lastRead + idleTimeout
                return due - .now()
            }
            if rest > .zero { watch(for: rest) } else { channel.close(promise: nil) }
        }
        let isLate = state.withLock { state in
            if !state.isClosed { state.idle = idle }
            return state.isClosed
        }
        if isLate { idle.cancel() }
    }
}

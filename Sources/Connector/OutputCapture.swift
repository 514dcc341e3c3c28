// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Synchronization

/// What a process prints on one stream: kept in a file, its end in memory, its lines offered as they come.
package final class OutputCapture: Sendable {
    private struct State {
        var tail = Data()
        var partial = Data()
        var size = 0
        var isEnded = false
        var listeners: [AsyncStream<String>.Continuation] = []
        var ended: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    /// The whole stream; nil where it is kept in memory only.
    package let file: URL?
    private let limit: Int
    private let each: (@Sendable (Data) -> Void)?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: how many bytes of the end stay in memory.
    ///   - each: gets all bytes as they come, in order, on the thread that reads them.
    package init(file: URL?, limit: Int = 64 << 10, each: (@Sendable (Data) -> Void)? = nil) {
        self.file = file
        self.limit = limit
        self.each = each
    }

    /// The last bytes as text.
    package var tail: String { String(decoding: bytes, as: UTF8.self) }

    /// The last bytes.
    package var bytes: Data { state.withLock { $0.tail } }

    /// All bytes so far.
    package var size: Int { state.withLock { $0.size } }

    /// Lines from now on, without their ends, until the stream ends.
    package func lines() -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        let isEnded = state.withLock { state in
            if !state.isEnded { state.listeners.append(continuation) }
            return state.isEnded
        }
        if isEnded { continuation.finish() }
        return stream
    }

    /// Returns once every writer closed the stream, or after `limit`: what a process left behind may hold it open.
    func end(within limit: Duration) async {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        var timer: Task<Void, any Error>?
        await withCheckedContinuation { continuation in
            let isEnded = state.withLock { state in
                if !state.isEnded { state.ended[waiter] = continuation }
                return state.isEnded
            }
            if isEnded { return continuation.resume() }
            timer = Task {
                try await Task.sleep(for: limit)
                state.withLock { $0.ended.removeValue(forKey: waiter) }?.resume()
            }
        }
        timer?.cancel()
    }

    /// Reads `handle` to its end on a thread of its own.
    func drain(_ handle: FileHandle) {
        var target: FileHandle?
        if let file {
            if !FileManager.default.fileExists(atPath: file.path) {
                _ = FileManager.default.createFile(atPath: file.path, contents: nil)
            }
            target = try? FileHandle(forWritingTo: file)
            _ = try? target?.seekToEnd()
        }
        let sink = target
        Thread { [self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                // FileHandle's own read waits until the buffer is full.
                let count = read(handle.fileDescriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                let chunk = Data(buffer[..<count])
                try? sink?.write(contentsOf: chunk)
                each?(chunk)
                take(chunk)
            }
            finish()
        }.start()
    }

    private func take(_ chunk: Data) {
        state.withLock { state in
            state.size += chunk.count
            state.tail.append(chunk)
            if state.tail.count > limit { state.tail = Data(state.tail.suffix(limit)) }
            guard !state.listeners.isEmpty else { return }
            state.partial.append(chunk)
            while let newline = state.partial.firstIndex(of: 0x0A) {
                let line = String(decoding: state.partial[..<newline], as: UTF8.self)
                state.partial = Data(state.partial[state.partial.index(after: newline)...])
                for listener in state.listeners { listener.yield(line) }
            }
            // A stream without line ends must not grow in memory.
            if state.partial.count > 1 << 20 { state.partial = Data() }
        }
    }

    private func finish() {
        let (listeners, waiters, rest) = state.withLock { state in
            state.isEnded = true
            defer {
                state.listeners = []
                state.ended = [:]
                state.partial = Data()
            }
            return (state.listeners, state.ended, state.partial)
        }
        for listener in listeners {
            if !rest.isEmpty { listener.yield(String(decoding: rest, as: UTF8.self)) }
            listener.finish()
        }
        for waiter in waiters.values { waiter.resume() }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Synchronization

/// A started process whose output is read as it comes.
package final class Running: Sendable {
    private struct State {
        var output = Data()
        var errors = Data()
        var openStreams = 2
        var status: Int32?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    package let pid: Int32

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter program: a name beside the test bundle.
    package convenience init(
        _ program: String, _ arguments: [String], in folder: URL, environment: [String: String] = [:],
        input: String? = nil
    ) throws {
        try self.init(
            executable: BuiltAssay.folder.appending(path: program), arguments, in: folder, environment: environment,
            input: input)
    }

    /// Starts any program.
    package init(
        executable: URL, _ arguments: [String], in folder: URL, environment: [String: String] = [:],
        input: String? = nil
    ) throws {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        if let input {
            let pipe = Pipe()
            process.standardInput = pipe
            try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try pipe.fileHandleForWriting.close()
        }
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        state = Mutex(State())
        try process.run()
        pid = process.processIdentifier
        Self.drain(output.fileHandleForReading) { [self] chunk in take(chunk) { $0.output.append(chunk) } }
        Self.drain(errors.fileHandleForReading) { [self] chunk in take(chunk) { $0.errors.append(chunk) } }
        Thread { [self] in
            process.waitUntilExit()
            let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
            note { $0.status = status }
        }.start()
    }

    private static func drain(_ handle: FileHandle, _ take: @escaping @Sendable (Data) -> Void) {
        Thread {
            while true {
                let chunk = handle.availableData
                take(chunk)
                if chunk.isEmpty { return }
            }
        }.start()
    }

    private func take(_ chunk: Data, _ add: (inout State) -> Void) {
        note { state in
            if chunk.isEmpty { state.openStreams -= 1 } else { add(&state) }
        }
    }

    private func note(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    package var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }
    package var errors: String { state.withLock { String(decoding: $0.errors, as: UTF8.self) } }
    private var status: Int32? { state.withLock { $0.status } }

    /// It ended, and everything it printed was read.
    private var isOver: Bool { state.withLock { $0.status != nil && $0.openStreams == 0 } }

    /// Returns once `condition` holds of what was printed; throws where the process ends before.
    package func prints(_ condition: @Sendable (String) -> Bool) async throws {
        while true {
            let text = output
            if condition(text) { return }
            if isOver, output == text {
                throw Failure(description: "it ended before it printed what was waited for:\n\(text)\n\(errors)")
            }
            let size = text.utf8.count
            await news { $0.output.count > size || ($0.status != nil && $0.openStreams == 0) }
        }
    }

    /// Returns at the next change, or at once where `isNews` holds already.
    private func news(_ isNews: (borrowing State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isNews = state.withLock { state in
                if isNews(state) { return true }
                state.waiters.append(continuation)
                return false
            }
            if isNews { continuation.resume() }
        }
    }

    package func signal(_ number: Int32) { if status == nil { kill(pid, number) } }

    /// Returns once it ended and everything it printed was read; kills it and throws after `limit`.
    package func end(within limit: Duration = .seconds(900)) async throws -> BuiltAssay.Ended {
        let pid = pid
        let timer = Task {
            try await Task.sleep(for: limit)
            kill(pid, SIGKILL)
        }
        defer { timer.cancel() }
        let start = ContinuousClock.now
        while !isOver { await news { $0.status != nil && $0.openStreams == 0 } }
        guard ContinuousClock.now - start < limit else {
            throw Failure(description: "it did not end within \(limit):\n\(output)\n\(errors)")
        }
        return BuiltAssay.Ended(status: status ?? 0, output: output, errors: errors)
    }
}

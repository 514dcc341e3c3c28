// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// How a process ended.
package enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    package var isSuccess: Bool { self == .exited(0) }

    package var description: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .signalled(let number): "signal \(number)"
        }
    }
}

/// A process could not be started, did not become ready, or did not end in time.
package struct ProcessError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package let remedy: String
    /// The last of what it printed.
    package let output: String

    init(_ message: String, remedy: String, output: String = "") {
        self.message = message
        self.remedy = remedy
        self.output = output
    }

    package var description: String { "\(message); \(remedy)" + (output.isEmpty ? "" : "\n" + output) }
}

/// A child in a process group of its own. Its end is seen by a thread that waits for it, and the rest of the group is
/// killed before its number is given back: nothing it started outlives it there.
final class ChildProcess: Sendable {
    /// Also the number of the process group.
    let id: pid_t
    let output: OutputCapture
    let errors: OutputCapture
    /// Stays open as long as the child shall live; its other end is the child's standard input.
    private let input: FileHandle
    private let state = Mutex(State())

    private struct State {
        var status: ExitStatus?
        var waiters: [Int: CheckedContinuation<ExitStatus?, Never>] = [:]
        var nextWaiter = 0
    }

    /// - Parameters:
    ///   - directory: where it starts; nil keeps this process's.
    ///   - watched: a descriptor number in the child at which it finds the read end of a pipe that closes with this process.
    init(
        _ command: [String], environment: [String: String], directory: String?, output: OutputCapture,
        errors: OutputCapture, watched: Int32? = nil
    ) throws(ProcessError) {
        guard let program = command.first else {
            throw ProcessError("there is no command", remedy: "name the program to start")
        }
        let input = Pipe()
        let out = Pipe()
        let err = Pipe()
        var map: [(Int32, Int32)] = [
            (input.fileHandleForReading.fileDescriptor, 0), (out.fileHandleForWriting.fileDescriptor, 1),
            (err.fileHandleForWriting.fileDescriptor, 2),
        ]
        if let watched { map.append((input.fileHandleForReading.fileDescriptor, watched)) }
        let (code, pid) = Spawn.start(command, environment: environment, directory: directory, descriptors: map)
        try? input.fileHandleForReading.close()
        try? out.fileHandleForWriting.close()
        try? err.fileHandleForWriting.close()
        guard code == 0 else {
            throw ProcessError(
                "\(program) could not be started: \(String(cString: strerror(code)))",
                remedy: "check that the file exists and may be executed")
        }
        id = pid
        self.output = output
        self.errors = errors
        self.input = input.fileHandleForWriting
        output.drain(out.fileHandleForReading)
        errors.drain(err.fileHandleForReading)
        Thread { [self] in awaitEnd() }.start()
    }

    /// Nil while it runs.
    var status: ExitStatus? { state.withLock { $0.status } }

    /// Closes its standard input (and the watched pipe): a supervised child ends at that.
    func closeInput() { try? input.close() }

    /// Writes to its standard input on a thread of its own: one that does not read holds nobody else. A child that has
    /// closed it, or ended, loses the rest.
    func write(_ bytes: Data) async {
        let descriptor = input.fileDescriptor
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            Thread {
                ignoreBrokenPipes()
                var sent = 0
                bytes.withUnsafeBytes { buffer in
                    while sent < buffer.count, let base = buffer.baseAddress {
                        let count = Foundation.write(descriptor, base + sent, buffer.count - sent)
                        if count < 0, errno == EINTR { continue }
                        guard count > 0 else { return }
                        sent += count
                    }
                }
                continuation.resume()
            }.start()
        }
    }

    /// Sends a signal to the whole group; nothing happens once it ended.
    func signal(_ number: Int32) {
        // Under the lock: the end is noted there before the number can be given to anybody else.
        state.withLock { if $0.status == nil { _ = kill(-id, number) } }
    }

    /// Waits for the end; nil when `limit` passed or the task was cancelled before it.
    func end(within limit: Duration?) async -> ExitStatus? {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let timer = limit.map { limit in
            Task {
                try? await Task.sleep(for: limit)
                giveUp(waiter)
            }
        }
        defer { timer?.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state -> ExitStatus?? in
                    if let status = state.status { return .some(status) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiters[waiter] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            giveUp(waiter)
        }
    }

    /// Returns once all it printed is kept: how it ended may be known before the last of that. A process it left behind
    /// may hold a stream open, for which `limit` is the bound.
    func outputEnd(within limit: Duration = .seconds(5)) async {
        async let first: Void = output.end(within: limit)
        await errors.end(within: limit)
        await first
    }

    private func giveUp(_ waiter: Int) {
        state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: nil)
    }

    private func awaitEnd() {
        var information = siginfo_t()
        // Left unreaped at first: as long as the leader is a zombie, its group's number belongs to nobody else.
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let waiters = state.withLock { state in
            _ = kill(-id, SIGKILL)
            var raw: Int32 = 0
            while waitpid(id, &raw, 0) < 0, errno == EINTR {}
            let signal = raw & 0x7F
            let status = signal == 0 ? ExitStatus.exited((raw >> 8) & 0xFF) : .signalled(signal)
            state.status = status
            defer { state.waiters = [:] }
            return (status, Array(state.waiters.values))
        }
        for waiter in waiters.1 { waiter.resume(returning: waiters.0) }
    }
}

/// Writing to a pipe that nobody reads shall be an error, not the harness's end.
private func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

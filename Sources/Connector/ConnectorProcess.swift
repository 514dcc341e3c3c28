// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import HTTPTransport
package import Value

/// A connector that the harness started, from its command to its end.
package final class ConnectorProcess: Sendable {
    /// How to start it, with every reference replaced.
    package struct Launch: Sendable {
        package let command: [String]
        package let environment: [String: String]
        package let directory: String?
        package let ready: Ready
        package let readyWithin: Duration
        package let stopWithin: Duration

        package enum Ready: Sendable, Hashable {
            case jsonLine
            /// Polled until its status is below 500; `connector` is the URL it then has.
            case probe(url: String, connector: String)
        }

        /// - Parameter values: of ``Binding/harnessNames`` as far as they are known before the start.
        package init(_ reach: Deployment.CommandReach, values: [String: String]) throws(TemplateError) {
            var command: [String] = []
            for template in reach.command { command.append(try template.resolved(values)) }
            var environment: [String: String] = [:]
            for (name, template) in reach.environment { environment[name] = try template.resolved(values) }
            self.command = command
            self.environment = environment
            if let template = reach.directory { directory = try template.resolved(values) } else { directory = nil }
            switch reach.ready {
            case .jsonLine: ready = .jsonLine
            case .probe(let url, let connector):
                ready = .probe(url: try url.resolved(values), connector: try connector.resolved(values))
            }
            readyWithin = reach.readyWithin
            stopWithin = reach.stopWithin
        }

        package init(
            command: [String], environment: [String: String] = [:], directory: String? = nil, ready: Ready = .jsonLine,
            readyWithin: Duration = .seconds(60), stopWithin: Duration = .seconds(5)
        ) {
            self.command = command
            self.environment = environment
            self.directory = directory
            self.ready = ready
            self.readyWithin = readyWithin
            self.stopWithin = stopWithin
        }
    }

    private let child: ChildProcess
    private let launch: Launch
    /// What `$(connector)` is.
    package let url: String
    /// The ready line as it was printed; empty with a probe.
    package let readyLine: Members

    /// The process group.
    package var pid: Int { Int(child.id) }
    /// As the connector states it in its ready line.
    package var version: String? { readyLine["version"]?.string }
    package var output: OutputCapture { child.output }
    package var errors: OutputCapture { child.errors }
    /// Nil while it runs.
    package var status: ExitStatus? { child.status }

    private init(child: ChildProcess, launch: Launch, url: String, readyLine: Members) {
        self.child = child
        self.launch = launch
        self.url = url
        self.readyLine = readyLine
    }

    deinit { child.signal(SIGKILL) }

    /// Starts it and returns once it is ready.
    /// - Parameters:
    ///   - logs: a folder that gets `connector.stdout` and `connector.stderr`, appended to at a restart; nil keeps only
    ///     their ends in memory.
    ///   - supervisor: command of the supervise mode, for example `[assay, "supervise", "--"]`; nil starts the connector
    ///     directly: then it survives a killed harness unless it ends with its standard input.
    package static func start(
        _ launch: Launch, logs: URL?, supervisor: [String]? = nil
    ) async throws(ProcessError) -> ConnectorProcess {
        if let logs { try? FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true) }
        let output = OutputCapture(file: logs?.appendingPathComponent("connector.stdout"))
        let errors = OutputCapture(file: logs?.appendingPathComponent("connector.stderr"))
        let lines = output.lines()
        // Nothing of the harness's own environment but what every program needs: a connector must not meet its secrets.
        var environment = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH"].contains($0.key)
        }
        environment.merge(launch.environment) { _, new in new }
        let child = try ChildProcess(
            (supervisor ?? []) + launch.command, environment: environment, directory: launch.directory, output: output,
            errors: errors, watched: supervisor == nil ? nil : Supervisor.descriptor)
        let ready = await withTaskGroup(of: (url: String, line: Members)?.self) { group in
            group.addTask {
                let found: (url: String, line: Members)? =
                    switch launch.ready {
                    case .jsonLine: await Self.readyLine(lines)
                    case .probe(let url, let connector): await Self.probe(url).map { (connector, $0) }
                    }
                if let found { return found }
                // Its output ended before it was ready: so does the process, and how it ends is the news.
                _ = await child.end(within: launch.readyWithin)
                return nil
            }
            group.addTask {
                _ = await child.end(within: launch.readyWithin)
                return nil
            }
            let first = await group.next().flatMap { $0 }
            group.cancelAll()
            return first
        }
        guard let ready else {
            let ended = child.status
            child.signal(SIGKILL)
            _ = await child.end(within: .seconds(5))
            await child.outputEnd()
            throw ProcessError(
                ended.map { "the connector ended before it was ready: \($0)" }
                    ?? "the connector was not ready within \(launch.readyWithin)",
                remedy: "look at what it printed", output: errors.tail.isEmpty ? output.tail : errors.tail)
        }
        return ConnectorProcess(child: child, launch: launch, url: ready.url, readyLine: ready.line)
    }

    /// Asks it to end, and ends it after the deployment's bound. Returns how it ended.
    @discardableResult
    package func stop() async -> ExitStatus {
        child.signal(SIGTERM)
        var status = await child.end(within: launch.stopWithin)
        if status == nil {
            child.signal(SIGKILL)
            status = await child.end(within: nil)
        }
        await child.outputEnd()
        return status ?? .signalled(SIGKILL)
    }

    /// Sends a signal to all of it, for example SIGKILL to play a crash.
    package func signal(_ number: Int32) { child.signal(number) }

    /// Returns how it ended, once it does; nil when the task is cancelled first.
    package func end() async -> ExitStatus? {
        let status = await child.end(within: nil)
        if status != nil { await child.outputEnd() }
        return status
    }

    // MARK: Ready

    private static func readyLine(_ lines: AsyncStream<String>) async -> (url: String, line: Members)? {
        for await line in lines {
            guard let value = try? Value.parseJSON(line), value["event"]?.string == "ready",
                let members = value.members,
                let url = value["url"]?.string
            else { continue }
            return (url.hasSuffix("/") ? String(url.dropLast()) : url, members)
        }
        return nil
    }

    private static func probe(_ url: String) async -> Members? {
        let client = HTTPClient(connections: 1)
        while !Task.isCancelled {
            if let response = try? await client.send(HTTPRequest(url: url, timeout: .seconds(2))), response.status < 500
            {
                return Members()
            }
            // Nothing tells when a stranger's port opens: this is the one place that has to ask again.
            try? await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }
}

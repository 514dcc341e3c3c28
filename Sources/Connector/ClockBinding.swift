// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
internal import Value
package import World

/// What a connector's clock answers.
package struct ClockState: Sendable, Hashable {
    package let now: Instant
    /// When its next timer is due; nil where none is set.
    package let next: Instant?
    /// Work under way.
    package let pending: Int

    package init(now: Instant, next: Instant?, pending: Int) {
        self.now = now
        self.next = next
        self.pending = pending
    }
}

/// The clock does not keep its contract, or cannot be reached.
package struct ClockError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package let remedy: String
    /// It was reached and gave no answer in time, as against none being there or a wrong one.
    package var isSilence = false

    package var description: String { "\(message); \(remedy)" }
}

/// Speaks to a connector's clock as its deployment file says.
package struct ClockBinding: Sendable {
    package let settings: ClockSettings
    private let client: HTTPClient
    private let trust: HTTPRequest.TrustAnchors?
    private let timeout: Duration

    package init(
        _ settings: ClockSettings, client: HTTPClient = HTTPClient(), trust: HTTPRequest.TrustAnchors? = nil,
        timeout: Duration = .seconds(120)
    ) {
        self.trust = trust
        self.settings = settings
        self.client = client
        self.timeout = timeout
    }

    /// Whether the connector's time can be moved.
    package var isMovable: Bool { settings.mode != .real && settings.advance != nil }

    /// Reads it. With `real`, now and nothing known.
    /// - Parameter values: `connector`, `tenant`, … as in ``Binding/harnessNames``.
    package func read(_ values: [String: String]) async throws(ClockError) -> ClockState {
        guard let call = settings.read else { return ClockState(now: .wall, next: nil, pending: 0) }
        return try await ask(call, values)
    }

    /// Moves it, and returns once every timer up to then has run and its work has ended.
    package func advance(to instant: Instant, _ values: [String: String]) async throws(ClockError) -> ClockState {
        guard let call = settings.advance else {
            throw ClockError(
                message: "this connector's clock cannot be moved",
                remedy: "declare clock.advance in the deployment file")
        }
        var values = values
        values["to"] = instant.description
        let state = try await ask(call, values)
        // A clock of whole seconds, or one that cuts off what is less than it counts, is there all the same.
        guard state.now + .seconds(1) > instant else {
            throw ClockError(
                message: "the clock was moved to \(instant) and answers \(state.now)",
                remedy: "answer once every timer up to that time has run")
        }
        if let settle = settings.settle {
            // Declared by the deployment for a clock that cannot promise idleness; the report prints it.
            try? await Task.sleep(for: settle)
        }
        return state
    }

    private func ask(_ call: ClockSettings.ClockCall, _ values: [String: String]) async throws(ClockError) -> ClockState
    {
        switch call {
        case .request(let template):
            let response: HTTPResponse
            do {
                let request = try BuiltRequest(template, values)
                response = try await client.send(
                    HTTPRequest(
                        method: request.method, url: request.url, headers: request.headers, body: request.body,
                        timeout: timeout, trust: trust, sendCookies: false))
            } catch {
                throw ClockError(
                    message: "the connector's clock does not answer: \(error)",
                    remedy: "see clock in the deployment file", isSilence: (error as? HTTPError)?.kind == .timeout)
            }
            guard (200..<300).contains(response.status) else {
                throw ClockError(
                    message:
                        "the connector's clock answers with status \(response.status): \(response.text.prefix(200))",
                    remedy: "see clock in the deployment file")
            }
            return try Self.state(Array(response.body))
        case .command(let templates):
            do {
                var command: [String] = []
                for template in templates { command.append(try template.resolved(values)) }
                let result = try await CommandRunner.run(command, within: timeout)
                guard result.status.isSuccess else {
                    throw ClockError(
                        message: "\(command.first ?? "") ended with \(result.status): \(result.errors.suffix(200))",
                        remedy: "see clock in the deployment file")
                }
                return try Self.state(Array(result.output))
            } catch let error as ClockError {
                throw error
            } catch {
                throw ClockError(message: "\(error)", remedy: "see clock in the deployment file")
            }
        }
    }

    /// `{"now": RFC 3339, "next": RFC 3339 or null, "pending": number}`.
    static func state(_ bytes: [UInt8]) throws(ClockError) -> ClockState {
        let value: Value
        do throws(JSONError) {
            value = try Value.parseJSON(bytes)
        } catch {
            throw ClockError(
                message: "the clock's answer is no JSON: \(error)", remedy: "answer {\"now\",\"next\",\"pending\"}")
        }
        guard let now = value["now"]?.string.flatMap(Instant.init(rfc3339:)) else {
            throw ClockError(message: "the clock's answer has no readable \"now\"", remedy: "write RFC 3339")
        }
        return ClockState(
            now: now, next: value["next"]?.string.flatMap(Instant.init(rfc3339:)), pending: value["pending"]?.int ?? 0)
    }
}

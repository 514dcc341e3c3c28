// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Synchronization
package import Value

/// What messages repeat is kept once: answers of one server carry mostly the same header lines, and often the same body.
package final class MessageMemory: Sendable {
    private struct Line: Hashable {
        let name: String
        let value: String
    }

    private struct State {
        var lines: [Line: Value] = [:]
        var headers: (of: [Line], value: Value)?
        var members: (of: Value, value: Value)?
        var json: (of: Data, value: Value)?
    }

    private let state = Mutex(State())
    private static let limit = 512

    package init() {}

    /// Header lines as message events hold them: a list of pairs.
    package func headers(_ headers: some Sequence<(String, String)>) -> Value {
        let lines = headers.map { Line(name: $0.0, value: $0.1) }
        return state.withLock { state in
            if let last = state.headers, last.of == lines { return last.value }
            let value = Value.array(
                lines.map { line in
                    if let known = state.lines[line] { return known }
                    let value: Value = [.string(line.name), .string(line.value)]
                    if state.lines.count < Self.limit { state.lines[line] = value }
                    return value
                })
            state.headers = (lines, value)
            return value
        }
    }

    /// Header lines by name in lower case, several of one name joined by commas (RFC 9110, section 5.3).
    package func members(_ headers: some Sequence<(String, String)>) -> Value {
        let list = self.headers(headers)
        return state.withLock { state in
            if let last = state.members, last.of == list { return last.value }
            var members = Members()
            for line in list.array ?? [] {
                guard let name = line[0]?.string?.lowercased(), let value = line[1] else { continue }
                if let before = members[name]?.string {
                    members[name] = .string("\(before), \(value.string ?? "")")
                } else {
                    members[name] = value
                }
            }
            state.members = (list, .object(members))
            return .object(members)
        }
    }

    /// A body as JSON; nil where it is none.
    package func json(_ body: Data) -> Value? {
        if let last = state.withLock({ $0.json }), last.of == body { return last.value }
        guard let value = try? Value.parseJSON(body) else { return nil }
        state.withLock { $0.json = (body, value) }
        return value
    }
}

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

    /// How many lines are known at once.
    private static let limit = 512

    private struct State {
        private var lines: [Line: Value] = [:]
        /// The last header lines.
        var headers: [(line: Line, value: Value)] = []
        var list: Value = []
        var members: (of: Value, value: Value)?
        var json: (of: Data, value: Value)?

        mutating func value(of line: Line) -> Value {
            if let known = lines[line] { return known }
            let value: Value = [.string(line.name), .string(line.value)]
            // Ids that come once each would fill it for good.
            if lines.count == MessageMemory.limit { lines.removeAll(keepingCapacity: true) }
            lines[line] = value
            return value
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// Header lines as message events hold them: a list of pairs.
    package func headers(_ headers: [(name: String, value: String)]) -> Value {
        state.withLock { state in
            let last = state.headers
            if headers.count == last.count,
                zip(headers, last).allSatisfy({ $0.name == $1.line.name && $0.value == $1.line.value })
            {
                return state.list
            }
            // Mostly a line stands where it stood in the message before.
            var lines: [(line: Line, value: Value)] = []
            lines.reserveCapacity(headers.count)
            for (name, value) in headers {
                if lines.count < last.count, case let before = last[lines.count], before.line.value == value,
                    before.line.name == name
                {
                    lines.append(before)
                } else {
                    let line = Line(name: name, value: value)
                    lines.append((line, state.value(of: line)))
                }
            }
            state.headers = lines
            state.list = .array(lines.map(\.value))
            return state.list
        }
    }

    /// Header lines by name in lower case, several of one name joined by commas (RFC 9110, section 5.3).
    package func members(_ headers: [(name: String, value: String)]) -> Value {
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

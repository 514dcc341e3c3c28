// SPDX-License-Identifier: Apache-2.0

package import Value
package import World

/// The two halves of an exchange as they stand in the trace: events `http.request` and `http.response`.
package enum HTTPMessage {
    /// A request as it arrived or was sent. `url` is absolute.
    package static func request(
        exchange: ExchangeID, world: WorldID?, from: Party, to: Party, method: String, url: String,
        headers: [(String, String)], body: RecordedBody?
    ) -> EventDraft {
        request(
            exchange: exchange, world: world, from: from, to: to, method: method, url: url,
            headers: .array(headers.map { [.string($0.0), .string($0.1)] }), body: body)
    }

    /// The same with header lines as ``MessageMemory`` gives them.
    package static func request(
        exchange: ExchangeID, world: WorldID?, from: Party, to: Party, method: String, url: String, headers: Value,
        body: RecordedBody?
    ) -> EventDraft {
        var fields = Members(room: 6)
        fields["from"] = .string(from.rawValue)
        fields["to"] = .string(to.rawValue)
        fields["method"] = .string(method)
        fields["url"] = .string(url)
        fields["headers"] = headers
        if let body { fields["body"] = body.value }
        return EventDraft("http.request", by: from, world: world, exchange: exchange, fields)
    }

    /// The answer to `exchange`. `fault` names what the harness did to it on purpose; `strained` is the part of the
    /// duration in which something on the harness's machine waited for a processor.
    package static func response(
        exchange: ExchangeID, world: WorldID?, from: Party, to: Party, status: Int, headers: [(String, String)],
        body: RecordedBody?, duration: Duration, fault: String? = nil, strained: Duration = .zero
    ) -> EventDraft {
        response(
            exchange: exchange, world: world, from: from, to: to, status: status,
            headers: .array(headers.map { [.string($0.0), .string($0.1)] }), body: body, duration: duration,
            fault: fault, strained: strained)
    }

    /// The same with header lines as ``MessageMemory`` gives them.
    package static func response(
        exchange: ExchangeID, world: WorldID?, from: Party, to: Party, status: Int, headers: Value,
        body: RecordedBody?, duration: Duration, fault: String? = nil, strained: Duration = .zero
    ) -> EventDraft {
        var fields = Members(room: 8)
        fields["from"] = .string(from.rawValue)
        fields["to"] = .string(to.rawValue)
        fields["status"] = Value(status)
        fields["headers"] = headers
        fields["duration-us"] = Value(Int(duration.wholeMicroseconds))
        if let body { fields["body"] = body.value }
        if strained > .zero { fields["strained-us"] = Value(Int(strained.wholeMicroseconds)) }
        if let fault { fields["fault"] = .string(fault) }
        return EventDraft("http.response", by: from, world: world, exchange: exchange, fields)
    }
}

extension String {
    /// Whether two header names are the same: ASCII letters of either case (RFC 9110, section 5.1).
    package func isSameHeader(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return zip(utf8, other.utf8).allSatisfy { left, right in
            left == right || (left | 0x20 == right | 0x20 && (0x61...0x7A).contains(left | 0x20))
        }
    }
}

extension TraceEvent {
    /// First value of a header of a message event, by case-insensitive name.
    package func header(_ name: String) -> String? {
        fields["headers"]?.array?.first { $0[0]?.string?.isSameHeader(as: name) ?? false }?[1]?.string
    }
}

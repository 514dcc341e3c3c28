// SPDX-License-Identifier: Apache-2.0

internal import Value
package import World

/// The two halves of an exchange as they stand in the trace: events `http.request` and `http.response`.
package enum HTTPMessage {
    /// A request as it arrived or was sent. `url` is absolute.
    package static func request(
        exchange: ExchangeID, world: WorldID?, from: Party, to: Party, method: String, url: String,
        headers: [(String, String)], body: RecordedBody?
    ) -> EventDraft {
        var fields: Members = [
            "from": .string(from.rawValue), "to": .string(to.rawValue), "method": .string(method), "url": .string(url),
            "headers": .array(headers.map { [.string($0.0), .string($0.1)] }),
        ]
        if let body { fields["body"] = body.value }
        return EventDraft("http.request", by: from, world: world, exchange: exchange, fields)
    }

    /// The answer to `exchange`. `fault` names what the harness did to it on purpose.
    package static func response(
        exchange: ExchangeID, world: WorldID?, from: Party, to: Party, status: Int, headers: [(String, String)],
        body: RecordedBody?, duration: Duration, fault: String? = nil
    ) -> EventDraft {
        var fields: Members = [
            "from": .string(from.rawValue), "to": .string(to.rawValue), "status": Value(status),
            "headers": .array(headers.map { [.string($0.0), .string($0.1)] }),
            "duration-us": Value(Int(duration.wholeMicroseconds)),
        ]
        if let body { fields["body"] = body.value }
        if let fault { fields["fault"] = .string(fault) }
        return EventDraft("http.response", by: from, world: world, exchange: exchange, fields)
    }
}

extension TraceEvent {
    /// First value of a header of a message event, by case-insensitive name.
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return fields["headers"]?.array?.first { $0[0]?.string?.lowercased() == name }?[1]?.string
    }
}

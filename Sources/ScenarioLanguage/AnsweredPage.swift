// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Trace
internal import Value

/// Finds the answer that an event was read off: what XPath looks at.
package enum AnsweredPage {
    /// The body of the `http.response` of the event's exchange, else the event's own `text`. `events` are those before it.
    package static func find(
        behind event: TraceEvent, in events: some BidirectionalCollection<TraceEvent>, body: (String) -> Data?
    ) -> ExtractionPage? {
        if let exchange = event.exchange,
            let response = events.last(where: { $0.exchange == exchange && $0.kind == "http.response" })
        {
            let type = mediaType(response)
            if let kept = RecordedBody(response["body"]) {
                return (kept.text.map { Data($0.utf8) } ?? body(kept.sha256)).map {
                    ExtractionPage(bytes: $0, mediaType: type)
                }
            }
        }
        return event["text"]?.string.map {
            ExtractionPage(bytes: Data($0.utf8), mediaType: event["media-type"]?.string ?? "text/html")
        }
    }

    package static func find(behind event: TraceEvent, in journal: Journal) -> ExtractionPage? {
        // An answer is recorded shortly before the event read off it.
        let events = journal.events(after: max(0, event.seq - 2_000)).filter { $0.seq < event.seq }
        return find(behind: event, in: events) { journal.body(sha256: $0) }
    }

    private static func mediaType(_ response: TraceEvent) -> String {
        let text = response.header("content-type") ?? ""
        return text.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    }
}

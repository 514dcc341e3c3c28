// SPDX-License-Identifier: Apache-2.0

internal import Trace
internal import Value

/// Microsoft Graph change notifications and requests.
enum GraphRules {
    static let all = [validation, webhookTime, webhookRefused, requestID]

    static let validation = ProtocolRule(
        "graph-validation-echo", .graph, requirement: "SEC-05", mark: .verified,
        "A subscription's validation request is answered in 10 s with 200, text/plain and the decoded token, nothing else."
    ) { record in
        Examination.each(fromGraph(record).filter { $0.url.query["validationToken"] != nil }) { exchange in
            guard let status = exchange.status, exchange.fault == nil else { return nil }
            let token = exchange.url.query["validationToken"] ?? ""
            let type = exchange.responseHeader("content-type")?.lowercased() ?? "none"
            if status != 200 { return ("The connector did not confirm a subscription.", "status \(status)") }
            // The media type matters: an echo as HTML is a script injection.
            if !type.hasPrefix("text/plain") {
                return (
                    "The connector echoed a validation token as something else than plain text.", "Content-Type \(type)"
                )
            }
            if exchange.responseText != token {
                return (
                    "The connector echoed another text than the validation token.",
                    "\(exchange.responseBody.count) bytes"
                )
            }
            if let time = exchange.ownMicroseconds, time > 10_000_000 {
                return ("The connector confirmed a subscription too late.", "\(time / 1000) ms")
            }
            return nil
        }
    }

    static let webhookTime = ProtocolRule(
        "graph-webhook-time", .graph, requirement: nil, mark: .verified,
        "A change notification is answered within 3 s; work that takes longer follows the answer."
    ) { record in
        Examination.each(notifications(record)) { exchange in
            guard let time = exchange.ownMicroseconds, exchange.status != nil, time > 3_000_000 else { return nil }
            return (
                "The connector took too long to accept a change notification: Graph will repeat it.",
                "\(time / 1000) ms"
            )
        }
    }

    static let webhookRefused = ProtocolRule(
        "graph-webhook-accepted", .graph, requirement: nil, mark: .verified,
        "A genuine change notification is answered with 2xx (404 or 410 once its subscription has ended)."
    ) { record in
        Examination.each(notifications(record)) { exchange in
            // Status 0 is no answer at all: one that is down refuses nothing, and Graph tries again.
            guard let status = exchange.status, status > 0, !(200...299).contains(status), status != 404, status != 410
            else { return nil }
            return ("The connector refused a genuine change notification.", "status \(status)")
        }
    }

    static let requestID = ProtocolRule(
        "graph-client-request-id", .graph, requirement: nil, mark: .verified, advice: true,
        "client-request-id, where it is sent, is a GUID of its own for each request."
    ) { record in
        Examination.each(record.outgoing.filter { $0.to == .graph }) { exchange in
            guard let id = exchange.requestHeader("client-request-id") else { return nil }
            return isUUID(id) ? nil : ("The connector sent a client-request-id that is no GUID.", String(id.prefix(40)))
        }
    }

    private static func fromGraph(_ record: RuleRecord) -> [Exchange] {
        record.incoming.filter { $0.from == .graph && $0.method == "POST" }
    }

    /// Genuine ones: forged and spoilt ones are the business of scenarios.
    private static func notifications(_ record: RuleRecord) -> [Exchange] {
        fromGraph(record).filter { exchange in
            exchange.url.query["validationToken"] == nil && exchange.fault == nil
                && !exchange.facts.contains { $0.kind == "notification.sent" && $0["forged"]?.bool == true }
        }
    }
}

/// 8-4-4-4-12 hexadecimal digits.
func isUUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
}

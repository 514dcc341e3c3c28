// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// The message service (Azure Communication Services): numbers and text messages of one tenant.
struct MessageService: Sendable {
    enum Sent: Sendable { case accepted, refused }

    let services: Services
    let tenant: String

    private static let version = "2021-03-07"

    private var endpoint: String {
        services.configuration.sms.replacingOccurrences(of: "{tenant}", with: Text.percentEncoded(tenant))
    }

    /// Sends one text. The same repeatability id is sent again at a retry, so that the service drops the repetition.
    func send(
        from: String, to: String, text: String, repeatability: String, firstSent: String, tag: String? = nil
    ) async throws -> Sent {
        let recipient: JSON = [
            "to": .string(to), "repeatabilityRequestId": .string(repeatability),
            "repeatabilityFirstSent": .string(firstSent),
        ]
        let body: JSON = [
            "from": .string(from), "smsRecipients": .array([recipient]), "message": .string(text),
            "smsSendOptions": tag.map { ["enableDeliveryReport": true, "tag": .string($0)] }
                ?? ["enableDeliveryReport": true],
        ]
        let answer = try await call("POST", "/sms", body)
        if answer.status == 400, services.behaviour.has(.refusedRequestRetried) {
            throw Passing(retryAfter: nil, code: "refused")
        }
        guard answer.status == 202 || answer.status == 200 else { return .refused }
        let result = answer.json["value"][0]
        let code = result["httpStatusCode"].int ?? 202
        if code >= 400, services.behaviour.has(.refusedSMSRetried) { throw Passing(retryAfter: nil, code: "refused") }
        let isPassing = code == 429 || code >= 500
        if isPassing, !services.behaviour.has(.putOffIsFinal) {
            throw Passing(retryAfter: answer.retryAfter, code: "recipient-\(code)")
        }
        return result["successful"].bool == false || code >= 400 ? .refused : .accepted
    }

    /// Starts a search for a toll-free number that can send and receive; gives the operation's address.
    func searchNumber() async throws -> (operation: String, search: String)? {
        let body: JSON = [
            "phoneNumberType": "tollFree", "assignmentType": "application",
            "capabilities": ["calling": "none", "sms": "inbound+outbound"], "quantity": 1,
        ]
        let answer = try await call("POST", "/availablePhoneNumbers/countries/US/:search", body)
        guard answer.status == 202, let operation = answer.header("operation-location") else { return nil }
        return (absolute(operation), answer.header("search-id") ?? "")
    }

    func purchase(search: String) async throws -> String? {
        let answer = try await call("POST", "/availablePhoneNumbers/:purchase", ["searchId": .string(search)])
        guard answer.status == 202, let operation = answer.header("operation-location") else { return nil }
        return absolute(operation)
    }

    /// State of an operation: notStarted, running, succeeded or failed.
    func operation(_ url: String) async throws -> JSON { try await signed("GET", url, nil).json }

    func searchResult(_ search: String) async throws -> JSON {
        try await call("GET", "/availablePhoneNumbers/searchResults/\(Text.percentEncoded(search))", nil).json
    }

    private func absolute(_ location: String) -> String {
        guard location.hasPrefix("/") else { return location }
        let path = URLComponents(string: endpoint)?.path ?? ""
        if path.isEmpty || location.hasPrefix(path + "/") {
            return String(endpoint.dropLast(path.count)) + location
        }
        return endpoint + location
    }

    private func call(_ method: String, _ path: String, _ body: JSON?) async throws -> Answer {
        try await signed(method, "\(endpoint)\(path)?api-version=\(Self.version)", body)
    }

    /// HMAC-SHA256 over method, path with query, date, host and content hash.
    private func signed(_ method: String, _ url: String, _ body: JSON?) async throws -> Answer {
        guard let parts = URLComponents(string: url), let host = parts.host,
            let key = Data(base64Encoded: services.configuration.smsKey)
        else { throw Refusal(502, "sms-configuration", "The message service is not configured.") }
        let content = body?.data ?? Data()
        let hash = Data(SHA256.hash(data: content)).base64EncodedString()
        let date = HTTPDate.now()
        let authority = host + (parts.port.map { ":\($0)" } ?? "")
        let target = parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
        let text = "\(method)\n\(target)\n\(date);\(authority);\(hash)"
        let mac = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key))
        let names = "SignedHeaders=x-ms-date;host;x-ms-content-sha256"
        var headers = [
            ("x-ms-date", date), ("x-ms-content-sha256", hash), ("Accept", "application/json"),
            ("Authorization", "HMAC-SHA256 \(names)&Signature=\(Data(mac).base64EncodedString())"),
            ("x-ms-client-request-id", UUID().uuidString.lowercased()),
        ]
        if body != nil { headers.append(("Content-Type", "application/json")) }
        return try await services.http.sendPatiently(method, url, headers: headers, body: body == nil ? nil : content)
    }
}

/// Dates as HTTP writes them (RFC 1123).
enum HTTPDate {
    static func now() -> String { text(Date()) }

    static func text(_ date: Date) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute, .second], from: date)
        func two(_ value: Int?) -> String { LocalTime.two(value ?? 0) }
        let day = days[(parts.weekday ?? 1) - 1]
        let month = months[(parts.month ?? 1) - 1]
        return "\(day), \(two(parts.day)) \(month) \(parts.year ?? 1970) "
            + "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) GMT"
    }
}

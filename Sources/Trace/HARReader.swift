// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Value
internal import World

/// Reads HAR 1.2 as it is found in the field: what a browser leaves out or writes its own way is taken as it is meant,
/// what would make a message another one is a mistake with its place.
package enum HARReader {
    /// Whether the bytes begin like a HAR: a JSON object with a `log`. A trace begins with its header's line.
    package static func isHAR(_ data: Data) -> Bool {
        let head = String(decoding: data.prefix(4096), as: UTF8.self)
        let text = head.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        guard text.first == "{" else { return false }
        return text.dropFirst().drop { $0.isWhitespace }.hasPrefix("\"log\"")
    }

    /// Throws a `TraceError` where it is no JSON, no HAR, or an entry is no message.
    package static func read(_ data: Data) throws(TraceError) -> HARFile {
        let root: Value
        do { root = try Value.parseJSON(data) } catch {
            throw TraceError(
                message: "The HAR is no JSON: \(error)",
                remedy: "Export it again; a file that was cut short cannot be read.")
        }
        guard let log = root["log"], let entries = log["entries"]?.array else {
            throw TraceError(
                message: "The file has no log.entries", remedy: "Name a HAR 1.2 file, or a trace.ndjson of a run.")
        }
        var exchanges: [HARExchange] = []
        for (index, entry) in entries.enumerated() { exchanges.append(try exchange(entry, index)) }
        let pages = (log["pages"]?.array ?? []).compactMap { page in
            page["id"]?.string.map { HARFile.Page(id: $0, title: page["title"]?.string ?? "") }
        }
        let maker = log["browser"]?["name"]?.string ?? log["creator"]?["name"]?.string ?? "unknown"
        return HARFile(creator: maker, pages: pages, entries: exchanges)
    }

    private static func exchange(_ entry: Value, _ index: Int) throws(TraceError) -> HARExchange {
        func wrong(_ place: String, _ what: String) -> TraceError {
            TraceError(
                message: "log.entries[\(index)].\(place) \(what)",
                remedy: "Export the HAR again with its content, or take the entry out.")
        }
        guard let request = entry["request"] else { throw wrong("request", "is missing") }
        guard let method = request["method"]?.string, !method.isEmpty else {
            throw wrong("request.method", "is no text")
        }
        guard let url = request["url"]?.string, url.contains("://") else {
            throw wrong("request.url", "is no absolute address")
        }
        let response = entry["response"]
        let content = response?["content"]
        guard let requestBody = body(of: request["postData"]) else {
            throw wrong("request.postData.text", "is not the base64 it says it is")
        }
        let encoded = content?["text"]?.string
        let isBase64 = content?["encoding"]?.string?.lowercased() == "base64"
        guard let responseBody = encoded.map({ isBase64 ? Data(base64Encoded: $0) : Data($0.utf8) }) ?? Data() else {
            throw wrong("response.content.text", "is not the base64 it says it is")
        }
        let status = response?["status"]?.int.flatMap { $0 > 0 ? $0 : nil }
        let time = entry["time"]?.double ?? 0
        return HARExchange(
            index: index, started: entry["startedDateTime"]?.string.flatMap(Instant.init(rfc3339:)),
            duration: .microseconds(time.isFinite ? Int64(max(0, min(time, 1e9)) * 1000) : 0), method: method, url: url,
            requestHeaders: headers(request), requestBody: requestBody, status: status,
            responseHeaders: response.map(headers) ?? [], responseBody: responseBody,
            isBodyMissing: encoded == nil && (content?["size"]?.int ?? 0) > 0, page: entry["pageref"]?.string,
            own: own(entry))
    }

    private static func own(_ entry: Value) -> HARExchange.Own? {
        guard let from = entry["_from"]?.string, let to = entry["_to"]?.string else { return nil }
        let clock = entry["_clock"]?.string.flatMap(Instant.init(rfc3339:))
        return HARExchange.Own(
            from: Party(rawValue: from), to: Party(rawValue: to),
            world: entry["_world"]?.string.map(WorldID.init(rawValue:)),
            exchange: entry["_exchange"]?.string.map(ExchangeID.init(rawValue:)), fault: entry["_fault"]?.string,
            clock: clock,
            answered: entry["_answered"]?.string.flatMap(Instant.init(rfc3339:)) ?? clock)
    }

    private static func headers(_ message: Value) -> [(name: String, value: String)] {
        (message["headers"]?.array ?? []).compactMap { header in
            guard let name = header["name"]?.string, !name.isEmpty, !name.hasPrefix(":") else { return nil }
            return (name, header["value"]?.string ?? "")
        }
    }

    /// `text`, or the form that `params` are; nil where base64 was promised and is none.
    private static func body(of data: Value?) -> Data? {
        guard let data, !data.isNull else { return Data() }
        if let text = data["text"]?.string, !text.isEmpty {
            let encoding = data["_encoding"]?.string ?? data["encoding"]?.string
            return encoding?.lowercased() == "base64" ? Data(base64Encoded: text) : Data(text.utf8)
        }
        let fields = (data["params"]?.array ?? []).compactMap { field -> String? in
            guard let name = field["name"]?.string else { return nil }
            return formEncoded(name) + "=" + formEncoded(field["value"]?.string ?? "")
        }
        return Data(fields.joined(separator: "&").utf8)
    }

    /// application/x-www-form-urlencoded (WHATWG URL, section 5.2).
    private static func formEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x20: result += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}

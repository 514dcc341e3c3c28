// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Trace
internal import Value

/// How often which kind of request was sent, ids taken out.
enum TrafficShape {
    static func counts(_ trace: Trace) -> [String: Double] {
        var counts: [String: Double] = [:]
        for event in trace.events where event.kind == "http.request" {
            let from = party(event["from"]?.string ?? "?")
            let name = "\(from) → \(event["to"]?.string ?? "?") \(event["method"]?.string ?? "") "
            counts[name + path(of: event["url"]?.string ?? ""), default: 0] += 1
        }
        return counts
    }

    /// Every person is one kind of party.
    private static func party(_ name: String) -> String { name.hasPrefix("actor:") ? "browser" : name }

    /// The path with each segment that looks minted as `{}`; without query and host.
    static func path(of url: String) -> String {
        guard let components = URLComponents(string: url) else { return "(not a URL)" }
        let segments = components.percentEncodedPath.split(separator: "/", omittingEmptySubsequences: false)
        return segments.map { isMinted($0) ? "{}" : String($0) }.joined(separator: "/")
    }

    /// Digits among letters, all digits, or long: names of resources and operations are neither.
    private static func isMinted(_ segment: Substring) -> Bool {
        let digits = segment.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return segment.utf8.count > 32 || digits >= 4 || (digits > 0 && digits == segment.utf8.count)
            || (digits >= 2 && segment.utf8.count >= 10) || segment.contains("%") || segment.contains("(")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the connector reads of an appointment; lives in memory only.
struct Appointment: Sendable {
    let id: String
    let version: String?
    let status: String
    let start: Date
    let end: Date
    /// Offset of the start as written, in seconds, if it was not UTC.
    let offset: Int?
    /// FHIR ids of the patients taking part.
    let patients: [String]
    /// Epic's contact serial number.
    let contact: String?
    let identifiers: [String]
    /// True where the EHR already holds video links.
    let hasLinks: Bool
    /// Display name of the provider; never passed on.
    let providerName: String?

    init?(_ resource: JSON, version: String? = nil) {
        guard resource["resourceType"].string == "Appointment", let id = resource["id"].string,
            let startText = resource["start"].string, let start = Text.date(startText)
        else { return nil }
        self.id = id
        self.version = version ?? resource["meta"]["versionId"].string.map { "W/\"\($0)\"" }
        status = resource["status"].string ?? "unknown"
        self.start = start
        let minutes = resource["minutesDuration"].number ?? 30
        end = Text.date(resource["end"].string) ?? start.addingTimeInterval(minutes * 60)
        offset = Self.offset(startText)
        let actors = resource["participant"].items.map { $0["actor"] }
        patients = actors.compactMap { Self.id(of: $0["reference"].string, type: "Patient") }
        providerName =
            actors.first { Self.id(of: $0["reference"].string, type: "Practitioner") != nil }?["display"].string
        identifiers = resource["identifier"].items.compactMap { $0["value"].string }
        contact =
            resource["identifier"].items.first { identifier in
                identifier["system"].string?.hasSuffix(".7.3.698084.8") == true
            }?["value"].string
        hasLinks = resource["contained"].items.contains { room in
            // Rooms are told apart by their type's text: their order differs between reading and patching.
            room["type"][0]["text"].string?.contains("Virtual Meeting Room") == true
                && room["telecom"][0]["value"].string != nil
        }
    }

    var isCancelled: Bool { ["cancelled", "entered-in-error", "noshow"].contains(status) }

    /// The id in a relative or absolute reference of the given type.
    static func id(of reference: String?, type: String) -> String? {
        guard let parts = reference?.split(separator: "/"), parts.count >= 2, parts[parts.count - 2] == type else {
            return nil
        }
        return String(parts[parts.count - 1])
    }

    private static func offset(_ text: String) -> Int? {
        let tail = text.suffix(6)
        guard let sign = tail.first, sign == "+" || sign == "-", let hours = Int(tail.dropFirst().prefix(2)),
            let minutes = Int(tail.suffix(2))
        else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

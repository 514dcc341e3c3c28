// SPDX-License-Identifier: Apache-2.0

internal import Judge
internal import ProtocolRules
internal import Trace
internal import Value
internal import World

/// Reads what was done off nothing but messages: a HAR of a browser, or of a proxy beside a connector. What EHR and Microsoft
/// speak is known (SMART App Launch 2.2, FHIR R4, Graph, Azure's and Teams' addresses); what the connector's own pages mean is
/// not, and is told as not mapped.
struct TrafficStory {
    private let entries: [Message]
    private var story: Story
    private var names = NewNames()
    /// When the imported world begins.
    private var start: Instant
    /// Addresses in messages to patients, with the visit they lead to.
    private var links: [String: (visit: String, message: String)] = [:]
    /// What the capture shows of real appointments, by FHIR id.
    private var appointments: [String: (start: Instant?, patient: String)] = [:]
    private var booked: Set<String> = []
    private var lastVisit: String?
    private var lastUnknown: Set<String> = []
    private var launchPending: (patient: Bool, index: Int)?
    private var inMeeting: Set<String> = []

    private struct Message {
        let index: Int
        let at: Instant
        let method: String
        let url: WireURL
        /// 0: none was recorded.
        let status: Int
        let requestText: String
        let response: Value?
        let from: Party
        let to: Party
    }

    init(_ file: HARFile) {
        let parties = CaptureParties(file.entries)
        story = Story(vendor: "cerner")
        var entries: [Message] = []
        for entry in file.entries {
            guard let started = entry.started else {
                story.unmapped.append("entry \(entry.index): it has no time")
                continue
            }
            let (from, to) = parties.parties(of: entry)
            entries.append(
                Message(
                    index: entry.index, at: started, method: entry.method, url: WireURL(entry.url),
                    status: entry.status ?? 0, requestText: String(decoding: entry.requestBody, as: UTF8.self),
                    response: try? Value.parseJSON(entry.responseBody), from: from, to: to))
        }
        self.entries = entries.sorted { ($0.at, $0.index) < ($1.at, $1.index) }
        start = self.entries.first?.at ?? Instant(microseconds: 0)
    }

    mutating func read() -> Story {
        story.vendor = entries.contains { Self.isEpic($0.url.text) } ? "epic" : "cerner"
        story.hasTexts = story.vendor == "cerner" && entries.contains { Self.isText($0) }
        collect()
        // A visit of which only the middle was captured was booked some time before.
        let first = appointments.values.compactMap(\.start).min()
        let origin = min(start, (first ?? start + .seconds(3 * 3600)) - .seconds(3 * 3600))
        start = origin
        for entry in entries { take(entry) }
        story.people = names.roles
        story.replaced["people"] = names.people.count
        story.replaced["appointments"] = names.visits.count
        return story
    }

    // MARK: What the vendor's and Microsoft's addresses say

    private static func isEpic(_ url: String) -> Bool {
        url.contains("/interconnect") || url.contains("/api/epic/") || url.contains("SetExternalConnectionStatus")
    }

    private static func isText(_ entry: Message) -> Bool {
        entry.method == "POST" && entry.url.path.hasSuffix("/sms") && entry.requestText.contains("smsRecipients")
    }

    /// Appointments and whose they are, from whatever FHIR answers hold.
    private mutating func collect() {
        for entry in entries {
            guard let root = entry.response else { continue }
            for resource in [root] + (root["entry"]?.array ?? []).compactMap({ $0["resource"] }) {
                guard resource["resourceType"] == "Appointment", let id = resource["id"]?.string else { continue }
                let who = (resource["participant"]?.array ?? []).compactMap { $0["actor"]?["reference"]?.string }
                    .first { $0.contains("Patient/") }
                appointments[id] = (
                    resource["start"]?.string.flatMap(Instant.init(rfc3339:)), who ?? "patient-of-\(id)"
                )
            }
        }
    }

    private func seconds(_ instant: Instant) -> Int { max(0, Int((instant - start) / .seconds(1))) }

    private mutating func happen(_ kind: Happening.Kind, _ entry: Message) {
        story.happenings.append(Happening(at: seconds(entry.at), kind: kind))
    }

    private mutating func take(_ entry: Message) {
        let path = entry.url.path
        if entry.to == .ehr, let id = Self.appointment(in: entry) { book(id, entry) }
        if path.hasSuffix("/SetExternalConnectionStatus") { attend(entry) }
        if Self.isText(entry) || path.hasSuffix("/sendMail") { message(entry) }
        if entry.url.query["launch"] != nil, entry.url.query["iss"] != nil, !path.contains("authorize") {
            launchPending = (false, entry.index)
        } else if entry.url.lastSegment == "authorize", let scope = entry.url.query["scope"], launchPending != nil {
            // Whose launch it is shows in what is asked for (SMART App Launch 2.2, "Scopes for requesting clinical data").
            launchPending?.patient = scope.contains("patient/")
        } else if path.contains("/l/meetup-join/") || path.contains("/webrtc-svc/") {
            join(entry)
        } else if let (visit, message) = links[entry.url.text], entry.from.actorAlias != nil {
            happen(.opened(visit, by: patient(of: visit), message: message), entry)
        }
        trouble(entry)
    }

    private static func appointment(in entry: Message) -> String? {
        let parts = entry.url.path.split(separator: "/").map(String.init)
        guard let place = parts.lastIndex(of: "Appointment"), place + 1 < parts.count, entry.method == "GET" else {
            return nil
        }
        return parts[place + 1]
    }

    /// The first time a connector reads an appointment stands for its booking.
    private mutating func book(_ id: String, _ entry: Message) {
        guard let known = appointments[id] else { return }
        let visit = names.visit(id)
        lastVisit = visit
        guard booked.insert(id).inserted else { return }
        let patient = names.person(known.patient, role: "patient")
        _ = names.person("provider", role: "provider")
        let begins = known.start.map(seconds) ?? seconds(entry.at) + 3600
        // A booking in its last minutes, or after it, was only found then.
        let at = min(seconds(entry.at), max(0, begins - 3 * 3600))
        story.happenings.append(
            Happening(at: at, kind: .booked(visit, patient: patient, start: begins)))
    }

    private func patient(of visit: String) -> String {
        for happening in story.happenings {
            if case .booked(visit, let patient, _) = happening.kind { return patient }
        }
        return "ann"
    }

    private mutating func message(_ entry: Message) {
        guard let visit = lastVisit else { return }
        for link in entry.requestText.matches(of: /https?:\/\/[^\s"\\<>]+/) {
            let url = String(link.output)
            if !url.contains("/teams.") {
                links[WireURL(url).text] = (visit, Self.isText(entry) ? "sms.sent" : "mail.sent")
            }
        }
    }

    /// A browser at Teams' join page: whoever launched last, else the patient of the link.
    private mutating func join(_ entry: Message) {
        guard let visit = lastVisit, let launch = launchPending else { return }
        launchPending = nil
        let who = launch.patient ? patient(of: visit) : "dr-ruiz"
        happen(.launched(visit, by: who, isPatient: launch.patient), entry)
        inMeeting.insert(who)
    }

    /// A writeback of a connect says that somebody was let in, one of a disconnect that somebody left.
    private mutating func attend(_ entry: Message) {
        guard let visit = lastVisit, entry.status < 400, entry.url.query["ExternalIDType"] == "2" else { return }
        let guest = patient(of: visit)
        switch entry.url.query["ConnectionStatus"] {
        case "1": if inMeeting.contains(guest) { happen(.admitted(guest, to: visit), entry) }
        case "2": happen(.left(guest, visit: visit), entry)
        default: break
        }
    }

    // MARK: Trouble

    /// What a party answered with trouble is given to the connector again at the same place.
    private mutating func trouble(_ entry: Message) {
        guard [.ehr, .graph, .sms, .entra].contains(entry.to), entry.from == .connector else {
            let isTrouble = entry.status >= 500 || entry.status == 0
            if isTrouble, lastUnknown.insert(entry.url.path).inserted {
                story.unmapped.append("entry \(entry.index): \(entry.method) ended in \(entry.status)")
            }
            return
        }
        guard entry.status >= 500 || entry.status == 429 || entry.status == 0 else { return }
        var fault: TextNode = ["place": .text(entry.to.rawValue), "method": .text(entry.method)]
        if let last = entry.url.path.split(separator: "/").last, last.allSatisfy({ $0.isLetter }) {
            fault["path"] = .text("**/\(last)")
        }
        if entry.status == 0 { fault["drop"] = "true" } else { fault["status"] = .text(String(entry.status)) }
        fault["times"] = "1"
        // It struck the request: whatever sent it came before.
        let at = max(0, seconds(entry.at) - 1)
        let place = story.happenings.lastIndex { $0.at < at } ?? 0
        story.happenings.insert(Happening(at: at, kind: .trouble(fault)), at: min(place, story.happenings.count))
    }
}

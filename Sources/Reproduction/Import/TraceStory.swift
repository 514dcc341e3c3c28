// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import SourceText
internal import Trace
internal import Value
internal import World

/// Reads what was done in one world off its events: of a trace, or of the `_events` that Assay's own HAR files carry.
struct TraceStory {
    private let events: [TraceEvent]
    private let start: Instant
    private var names = NewNames()
    private var roles: [String: String] = [:]
    private var locales: [String: String] = [:]
    private var story: Story
    /// Visits by patient, in the order of booking.
    private var visitsOf: [String: [String]] = [:]
    /// The visit that a link leads to, and the message that brought it.
    private var links: [String: (visit: String, message: String)] = [:]
    /// Visits by meeting.
    private var meetings: [String: String] = [:]

    /// Nil where the world was never opened.
    init?(_ events: [TraceEvent]) {
        guard let opened = events.first(where: { $0.kind == "world.opened" }), let model = opened["model"] else {
            return nil
        }
        self.events = events
        let world = model["world"]
        start = world?["start"]?.string.flatMap(Instant.init(rfc3339:)) ?? opened.clock ?? opened.at
        story = Story(vendor: world?["vendor"]?.string ?? "cerner")
        for owner in model.members ?? Members() {
            if let role = owner.value["role"]?.string { roles[owner.name] = role }
            if let locale = owner.value["locale"]?.string { locales[owner.name] = locale }
        }
    }

    mutating func read() -> Story {
        story.hasTexts = events.contains {
            ($0.kind == "operation.completed" && $0["operation"] == "link-number" && $0["outcome"] == "accepted")
                || $0.kind == "sms.sent"
        }
        for event in events { take(event) }
        story.people = names.roles
        for (alias, locale) in locales { if let name = names.people[alias] { story.locales[name] = locale } }
        story.replaced["people"] = names.people.count
        story.replaced["appointments"] = names.visits.count
        return story
    }

    private func seconds(_ instant: Instant?) -> Int {
        instant.map { Int(($0 - start) / .seconds(1)) } ?? 0
    }

    private mutating func happen(_ kind: Happening.Kind, _ event: TraceEvent) {
        story.happenings.append(Happening(at: max(0, seconds(event.clock)), kind: kind))
    }

    private mutating func person(_ value: Value?) -> String {
        let alias = value?.string ?? ""
        return names.person(alias, role: roles[alias] ?? "staff")
    }

    private mutating func take(_ event: TraceEvent) {
        switch event.kind {
        case "appointment.booked":
            let patient = person(event["patient"])
            _ = person(event["provider"])
            let visit = names.visit(event["appointment"]?.string ?? "")
            visitsOf[patient, default: []].append(visit)
            let begins = event["start"]?.string.flatMap(Instant.init(rfc3339:))
            happen(.booked(visit, patient: patient, start: seconds(begins)), event)
        case "appointment.moved":
            let begins = event["start"]?.string.flatMap(Instant.init(rfc3339:))
            happen(.moved(names.visit(event["appointment"]?.string ?? ""), start: seconds(begins)), event)
        case "appointment.cancelled":
            happen(.cancelled(names.visit(event["appointment"]?.string ?? "")), event)
        case "sms.sent", "mail.sent":
            let owner = person(event["to"])
            let booked = visitsOf[owner] ?? []
            let caused = event.cause.flatMap { cause in names.visits[String(cause.prefix { $0 != "." })] }
            if let visit = caused.flatMap({ booked.contains($0) ? $0 : nil }) ?? booked.last {
                for link in event["links"]?.array ?? [] { links[link.string ?? ""] = (visit, event.kind) }
            }
        case "launch.started":
            happen(
                .launched(
                    names.visit(event["appointment"]?.string ?? ""), by: person(event["by"]),
                    isPatient: event["role"] == "patient"), event)
        case "launch.finished", "link.opened":
            finish(event)
        case "lobby.admitted":
            let guest = person(event["by"])
            if let visit = visit(of: event) ?? visitsOf[guest]?.last { happen(.admitted(guest, to: visit), event) }
        case "meeting.left": happen(.left(person(event["by"]), visit: visit(of: event)), event)
        case "fault.struck":
            if let seconds = event["effect"]?["retry-after"]?.int, let place = event["place"]?.string {
                happen(.toldToWait(seconds, place: String(place.prefix { $0 != " " })), event)
            }
        case "operation.started": operation(event)
        case "step.started": step(event)
        default: break
        }
    }

    private mutating func finish(_ event: TraceEvent) {
        if event.kind == "link.opened" {
            let link = event["link"]?.string ?? ""
            if let (visit, message) = links[link] {
                happen(.opened(visit, by: person(event["by"]), message: message), event)
                if let meeting = event["meeting"]?.string { meetings[meeting] = visit }
            } else {
                story.unmapped.append("#\(event.seq) an address that no message brought was opened")
            }
        } else if let meeting = event["meeting"]?.string {
            meetings[meeting] = names.visit(event["appointment"]?.string ?? "")
        }
    }

    private func visit(of event: TraceEvent) -> String? { event["meeting"]?.string.flatMap { meetings[$0] } }

    // MARK: Operations

    /// Those of the set-up, which the imported scenario does by the suite's procedures.
    private static let setUp: Set<String> = [
        "sign-in", "add-base-url", "approve", "read-records", "give-sms-consent", "request-number", "read-numbers",
        "link-number",
    ]

    private mutating func operation(_ event: TraceEvent) {
        let name = event["operation"]?.string ?? ""
        let isBegun = story.happenings.contains { if case .booked = $0.kind { true } else { false } }
        let role = roles[event["by"]?.string ?? ""] ?? ""
        if Self.setUp.contains(name), !isBegun, ["administrator", "approver"].contains(role) {
            story.isSetUp = true
            return
        }
        var arguments: [TextNode.Entry] = []
        for argument in event["arguments"]?.members ?? Members() {
            guard let text = self.argument(argument.name, argument.value) else {
                story.unmapped.append("#\(event.seq) \(name): its \(argument.name) is nobody's here")
                if StoryWriter.touchesTexts.contains(name) { happen(.doubt, event) }
                return
            }
            arguments.append(.init(argument.name, text))
        }
        happen(.operation(name, by: person(event["by"]), arguments: arguments), event)
    }

    /// A value of an operation without anything that is somebody's: a word, a name, or a reference; nil where it is neither.
    private mutating func argument(_ name: String, _ value: Value) -> TextNode? {
        let text = value.scalarText ?? ""
        switch name {
        case "appointment": return .text(names.visit(text))
        case "base-url":
            story.replaced["addresses", default: 0] += 1
            return "$(main.url)"
        case "environment", "organization", "attendees", "time-zone": return .text(text)
        default: return nil
        }
    }

    // MARK: What only the steps say

    /// Settings of the world, and acts that leave no event of their own, stand in the text of their step.
    private mutating func step(_ event: TraceEvent) {
        let text = event["text"]?.string ?? ""
        guard let node = YAMLParser.parse(SourceFile(path: "step", text: Self.quoted(text))).node,
            let entry = node.entries?.first, node.entries?.count == 1
        else {
            if text.hasPrefix("set: ") { story.unmapped.append("#\(event.seq) \(text)") }
            return
        }
        let value = TextNode(entry.value)
        if entry.name == "set" {
            if value["clock"] != nil { return }
            note(value)
            if let fault = value["fault"] {
                happen(.trouble(fault), event)
            } else {
                happen(.set(names.renamed(value)), event)
            }
            return
        }
        let words = entry.name.split(separator: " ").map(String.init)
        guard words.count == 2, let object = value.string else { return }
        switch words[1] {
        case "delivers":
            happen(.step([(entry.name): .text(object), "optional": "true"], needsProcess: false), event)
        case "restarts", "stops", "starts":
            happen(.step([(entry.name): .text(object)], needsProcess: true), event)
        case "replies":
            let who = names.person(words[0], role: roles[words[0]] ?? "patient")
            happen(.step(["\(who) replies": .text(object)], needsProcess: false), event)
        case "ends": happen(.ended(visit: names.visits[object]), event)
        case "requests", "misdirects", "falls-for", "replays":
            story.unmapped.append("#\(event.seq) \(words[1]): \(words[1] == "requests" ? "a plain request" : object)")
        default: break
        }
    }

    /// People that settings name get their names before they are renamed.
    private mutating func note(_ value: TextNode) {
        for text in value.texts where roles[text] != nil { _ = names.person(text, role: roles[text] ?? "staff") }
    }

    /// `set: {…}` is YAML as it stands; behind an act's verb anything may stand.
    private static func quoted(_ text: String) -> String {
        if text.hasPrefix("set: ") {
            // A pattern of a path, which YAML would take for a reference.
            return text.replacing(/: (\*[^,}]*)/) { ": '\($0.output.1)'" }
        }
        guard let colon = text.range(of: ": ") else { return text }
        return text[..<colon.upperBound] + "'" + text[colon.upperBound...].replacing("'", with: "''") + "'"
    }
}

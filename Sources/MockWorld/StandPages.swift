// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import MockEHR
internal import MockKit
internal import MockMicrosoft
internal import Trace
internal import Value
internal import World

/// The pages of `assay mock`: written by the server, so that they work without scripts; a small script keeps them fresh.
package final class StandPages: Sendable {
    let stand: Stand
    let templates: PageTemplates
    let journal: Journal
    /// More worlds than this are counted on the start page, not shown.
    private static let shown = 20

    package init(stand: Stand, templates: PageTemplates) {
        self.stand = stand
        self.templates = templates
        journal = stand.journal
    }

    /// Answers a GET of a page or of one of its files; nil: it is the control API's.
    func answer(_ request: MockRequest) async throws(ControlError) -> DeskAnswer? {
        guard request.method == "GET" || request.method == "HEAD" else { return nil }
        switch request.segments {
        case []: return page("start", await start(), request, world: nil)
        case ["favicon.ico"]: return file("icon.svg", "image/svg+xml")
        case ["-", "style.css"]: return file("style.css", "text/css; charset=utf-8")
        case ["-", "live.js"]: return file("live.js", "text/javascript; charset=utf-8")
        case ["-", "ui", "exchanges"]: return page("exchanges", exchangeContext(world: nil), request, world: nil)
        case let segments where segments.count == 4 && segments.starts(with: ["-", "ui", "exchanges"]):
            return page("exchange", try exchange(segments[3]), request, world: nil)
        case let segments where (3...4).contains(segments.count) && segments.starts(with: ["-", "ui"]):
            let place = try await stand.place(segments[2])
            return try await worldPage(segments.count == 4 ? segments[3] : "board", place, request)
        default: return nil
        }
    }

    private func worldPage(
        _ name: String, _ place: Stand.Place, _ request: MockRequest
    ) async throws(ControlError) -> DeskAnswer {
        switch name {
        case "board": return page("board", try await board(place), request, world: place, tab: "board")
        case "inbox": return page("inbox", inbox(place), request, world: place, tab: "inbox")
        case "lobby": return page("lobby", await lobby(place), request, world: place, tab: "lobby")
        case "numbers": return page("numbers", numbers(place), request, world: place, tab: "numbers")
        case "panel": return page("panel", try await panel(place), request, world: place, tab: "panel")
        case "exchanges":
            return page(
                "exchanges", exchangeContext(world: place.id.rawValue), request, world: place, tab: "exchanges")
        default: throw ControlError(404, "there is no page \(name)", remedy: "begin at /")
        }
    }

    private func file(_ name: String, _ type: String) -> DeskAnswer? {
        templates.file(name).map { data in
            DeskAnswer(
                MockResponse(
                    status: 200, headers: [("Content-Type", type), ("Cache-Control", "max-age=60")], body: data,
                    party: .runner))
        }
    }

    /// Nothing from elsewhere is loaded, and no script but ours runs.
    private static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    private func page(
        _ template: String, _ context: Members, _ request: MockRequest, world: Stand.Place?, tab: String = ""
    ) -> DeskAnswer {
        var context = context
        let query = request.queryFields
        context["here"] = .string(request.path)
        context["done"] = query["done"].flatMap { Self.done[$0] }.map { .string($0) }
        context["refused"] = query["refused"].map { .string($0) }
        if let world {
            context["world"] = .string(world.id.rawValue)
            context["organization"] = .string(world.model.organizationName)
            context["vendor-name"] = .string(world.model.vendor == .cerner ? "Oracle Health (Cerner)" : "Epic")
            context["now"] = .string(Self.clock(world.clock.now))
            context["tabs"] = .array(
                Self.tabs.map { name, title in
                    [
                        "address": .string("/-/ui/\(world.id.rawValue)/\(name)"), "title": .string(title),
                        "current": .bool(name == tab),
                    ]
                })
        }
        // With `no-referrer` browsers send the pages' own forms with `Origin: null`, which the desk refuses.
        return DeskAnswer(
            .html(
                templates.render(template, .object(context)),
                headers: [("Content-Security-Policy", Self.policy), ("Referrer-Policy", "same-origin")], world: nil,
                party: .runner))
    }

    private static let tabs = [
        ("board", "Patient board"), ("inbox", "SMS inbox"), ("lobby", "Lobby"), ("numbers", "Phone numbers"),
        ("exchanges", "Exchanges"), ("panel", "Control panel"),
    ]

    private static let done = [
        "bookAppointment": "Booked.", "moveAppointment": "Moved.", "cancelAppointment": "Cancelled.",
        "markAppointment": "Marked.",
        "advanceClock": "The clock was advanced.", "armFault": "The fault is armed.",
        "disarmFault": "The fault is disarmed.", "admitPerson": "Let in.", "leaveMeeting": "Left.",
        "endMeeting": "The meeting is over.", "replyToMessage": "The reply was sent.",
        "addNumber": "The number is there.",
        "changePerson": "Changed.", "changeTokens": "Done.",
        "changeMicrosoft": "Changed.", "openWorlds": "The world is open.",
    ]

    /// `21 Nov 2026, 07:15:02 UTC`.
    static func clock(_ instant: Instant) -> String {
        let text = HTTPDate.text(instant)
        return String(text.dropFirst(5).dropLast(4)) + " UTC"
    }

    // MARK: Start

    private func start() async -> Members {
        let open = await stand.open
        var context: Members = [
            "worlds": .array(open.prefix(Self.shown).map { Self.card($0) }), "count": Value(open.count),
        ]
        if open.count > Self.shown { context["more"] = Value(open.count - Self.shown) }
        return context
    }

    private static func card(_ place: Stand.Place) -> Value {
        let description = place.description
        let groups = ["ehr", "microsoft", "sms"].map { part -> Value in
            ["title": .string(titles[part] ?? part), "rows": .array(rows(description[part] ?? .null))]
        }
        let people = (description["people"]?.array ?? []).map { person -> Value in
            let account = person["ehr"] ?? person["microsoft"]
            return [
                "name": person["name"] ?? person["microsoft"]?["name"] ?? person["alias"] ?? "",
                "alias": person["alias"] ?? "", "role": person["role"] ?? "", "user": account?["user"] ?? "",
                "password": account?["password"] ?? "",
                "microsoft-user": person["microsoft"]?["user"] ?? "",
                "microsoft-password": person["microsoft"]?["password"] ?? "", "phone": person["phone"] ?? "",
            ]
        }
        return [
            "world": .string(place.id.rawValue), "organization": .string(place.model.organizationName),
            "vendor-name": .string(place.model.vendor == .cerner ? "Oracle Health (Cerner)" : "Epic"),
            "groups": .array(groups), "people": .array(people),
            "pages": .array(
                (description["ehr"]?["pages"]?.array ?? []).map { page in
                    let name = page.string?.split(separator: "/").last.map(String.init) ?? ""
                    return ["address": page, "title": .string(LaunchEntry(rawValue: name)?.title ?? name)]
                }),
        ]
    }

    private static let titles = ["ehr": "EHR", "microsoft": "Microsoft Entra ID and Graph", "sms": "Text messages"]

    private static func rows(_ value: Value, _ prefix: String = "") -> [Value] {
        switch value {
        case .object(let members):
            members.filter { $0.name != "pages" }
                .flatMap { rows($0.value, prefix.isEmpty ? $0.name : "\(prefix) \($0.name)") }
        case .array(let items): items.flatMap { rows($0, prefix) }
        default: value.scalarText.map { [["name": .string(prefix), "text": .string($0)]] } ?? []
        }
    }
}

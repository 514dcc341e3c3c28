// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import Foundation
internal import HTTPTransport
internal import Markup
internal import MockEHR
internal import MockMicrosoft
internal import MockWorld
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// What people do.
extension Stage {
    func perform(_ act: Act, by person: Person, captures: CaptureStore) async throws {
        switch act.verb {
        case .does: try await operate(act, by: person, captures: captures)
        case .opens: try await open(try captures.text(act.object), by: person, holding: try held(act, captures))
        case .launches: try await launch(act, by: person, captures: captures)
        case .admits:
            let guest = try captures.text(act.object)
            let place = await mocks.microsoft.whereabouts(of: guest, in: world.id)
            try await mocks.microsoft.admit(guest, by: person.alias, meeting: place?.meeting, in: world.id)
        case .leaves:
            let meeting = meeting(of: try captures.text(act.object), for: person)
            try await mocks.microsoft.leave(person.alias, meeting: meeting, in: world.id)
        case .ends:
            let meeting = meeting(of: try captures.text(act.object), for: person)
            try await mocks.microsoft.endMeeting(by: person.alias, meeting: meeting, in: world.id)
        case .replies:
            try await reply(try captures.text(act.object), by: person)
        case .replays: try await replay(lastSignInOf: try captures.text(act.object), by: person)
        case .misdirects: try await misdirect(lastReturnOf: try captures.text(act.object), by: person)
        case .fallsFor: try await fall(forLast: try captures.text(act.object), person)
        case .books, .moves, .cancels, .installs, .delivers, .restarts, .stops, .starts:
            throw StepFailure(message: "a person does not \(act.verb.rawValue)", isHarness: true)
        }
    }

    /// The meeting a person reached by launching an appointment; nil where it was a link: then they are in one only.
    private nonisolated func meeting(of appointment: String, for person: Person) -> String? {
        journal.events(of: world.id).last {
            $0.kind == "launch.finished" && $0["appointment"]?.string == appointment
                && $0["by"]?.string == person.alias && $0["meeting"] != nil
        }?["meeting"]?.string
    }

    /// A text message back: Azure's mock carries it to the connector's hook, another gateway's way is a binding. What
    /// Microsoft wrote through Graph is answered to Microsoft alone.
    private func reply(_ text: String, by person: Person) async throws {
        switch connector.deployment.sms {
        case .azure, .none:
            _ = try await mocks.microsoft.reply(person.alias, text: text, in: world.id)
            return
        case .graph:
            _ = try await mocks.microsoft.hear(text, of: person.alias, in: world.id)
            record("sms.replied", by: .sms, ["by": .string(person.alias), "text": .string(text)])
            return
        case .sink: break
        }
        guard connector.executor.knows("sms.reply") else {
            throw StepFailure(
                message: "the deployment does not say how a reply to a text message arrives: add bindings.sms.reply",
                isBinding: true)
        }
        let numbers = try await mocks.microsoft.hear(text, of: person.alias, in: world.id)
        let outcome = await connector.executor.run(
            "sms.reply", arguments: ["number": numbers.from, "to-number": numbers.to, "text": text],
            harness: connector.names(world: world), as: connector.makeWalker(for: nil, in: world, journal: journal))
        guard outcome.kind != .unmatched else {
            throw StepFailure(
                message: "the binding sms.reply does not fit the connector: \(outcome.message)", isBinding: true)
        }
        record(
            "sms.replied", by: .sms,
            ["by": .string(person.alias), "text": .string(text), "status": Value(outcome.status)])
    }

    // MARK: Links and launches

    func open(_ link: String, by person: Person, holding held: Party? = nil) async throws {
        let before = journal.count
        try checkHolding(held, "open-link")
        if var fields = try await followed("open-link", ["url": link], by: person, since: before) {
            fields["link"] = .string(link)
            record("link.opened", by: .connector, fields)
            return
        }
        let (walk, clicks) = try await visit(link, by: person, from: nil, holding: held)
        var fields = ending(of: walk, by: person, since: before, clicks: clicks)
        fields["link"] = .string(link)
        record("link.opened", by: .connector, exchange: walk.recordedEnd, fields)
    }

    private func launch(_ act: Act, by person: Person, captures: CaptureStore) async throws {
        let alias = try captures.text(act.object)
        guard let appointment = world.appointment(alias) else {
            throw StepFailure(message: "there is no appointment \(alias)", isHarness: true)
        }
        let entry = try entry(act, person, captures)
        let held = try held(act, captures)
        try checkHolding(held, "launch")
        if let other = act.argument("context-of") {
            try await mocks.ehr.mixUpPatient(
                nextLaunchOf: alias, withPatientOf: try captures.resolve(other).scalarText ?? "", in: world.id)
        }
        let page = try await mocks.ehr.launchPage(entry: entry, appointment: alias, by: person.alias, in: world.id)
        let walker = browser(of: person)
        // Being signed in to the EHR is where a launch begins, not a sign-in of the visit.
        let board = try await walker.open(page)
        guard let launchURL = try launchLink(on: board.page) else {
            throw StepFailure(
                message:
                    "\(entry.rawValue) offers \(person.alias) no launch of \(alias): no integration record is installed, or it is not booked"
            )
        }
        let started = record(
            "launch.started", by: .actor(person.alias),
            [
                "by": .string(person.alias), "role": .string(person.role == .patient ? "patient" : "provider"),
                "entry": .string(entry.rawValue), "appointment": .string(alias), "base": .string(appointment.base),
                "url": .string(launchURL),
            ])
        let arguments = ["url": launchURL, "entry": entry.rawValue, "appointment": appointment.fhirID]
        if var fields = try await followed("launch", arguments, by: person, since: started.seq) {
            fields["appointment"] = .string(alias)
            record("launch.finished", by: .connector, fields)
            return
        }
        let (walk, clicks) = try await visit(launchURL, by: person, from: board.url, holding: held)
        var fields = ending(of: walk, by: person, since: started.seq, clicks: clicks)
        fields["appointment"] = .string(alias)
        record("launch.finished", by: .connector, exchange: walk.recordedEnd, fields)
    }

    /// Whose sign-in answer the browser is to stop before.
    private func held(_ act: Act, _ captures: CaptureStore) throws -> Party? {
        guard case .text(let template)? = act.argument(VerbRule.hold) else { return nil }
        switch VerbRule.HeldAnswer(rawValue: try captures.text(template)) {
        case .ehr: return .ehr
        case .microsoft: return .entra
        case nil: throw StepFailure(message: "there is no such answer to hold back", isHarness: true)
        }
    }

    /// Only the harness's own browser can be stopped.
    private nonisolated func checkHolding(_ held: Party?, _ operation: String) throws {
        guard held != nil, connector.deployment.bindings[operation] != nil else { return }
        throw StepFailure(
            message: "the binding \(operation) brings a browser of its own, which cannot be stopped on its way",
            isBinding: true)
    }

    /// The EHR's own page: one appointment with its launch link (class `launch`).
    private func launchLink(on page: HTMLPage?) throws -> String? {
        guard let page else { return nil }
        let document = try page.document()
        let href = try document.evaluate("string(//a[contains(concat(' ', @class, ' '), ' launch ')]/@href)").text
        return page.links.first { $0.url.hasSuffix(href) && !href.isEmpty }?.url
    }

    private func entry(_ act: Act, _ person: Person, _ captures: CaptureStore) throws -> LaunchEntry {
        if case .text(let template)? = act.argument("from") {
            let word = try captures.text(template)
            guard let entry = LaunchEntry(rawValue: word) else {
                throw StepFailure(message: "there is no launch entry \(word)", isHarness: true)
            }
            return entry
        }
        switch (world.vendor, person.role) {
        case (_, .patient): return .mychart
        case (.cerner, _): return .powerchart
        case (.epic, _): return .hyperspace
        }
    }

    /// Where a walk ended, as the fields of `link.opened` and `launch.finished`.
    private func ending(of walk: Walk, by person: Person, since seq: Int, clicks: Int) -> Members {
        let join = journal.events(of: world.id, after: seq).last {
            $0.kind == "join.opened" && $0["by"]?.string == person.alias
        }
        let outcome: String
        if walk.held != nil {
            outcome = "held"
        } else if walk.handoff != nil {
            outcome = "handoff"
        } else if join != nil {
            outcome = "meeting"
        } else {
            outcome = (200...299).contains(walk.status) ? "page" : "error"
        }
        var fields: Members = [
            "by": .string(person.alias), "outcome": .string(outcome), "status": Value(walk.status),
            "url": .string(walk.held ?? walk.handoff ?? landing(of: walk)), "sign-ins": Value(walk.signIns.count),
            "clicks": Value(clicks),
            "text": .string(String((walk.page?.visibleText ?? walk.message ?? "").prefix(2000))),
        ]
        if let meeting = join?["meeting"] { fields["meeting"] = meeting }
        if let page = walk.page {
            fields["third-party"] = .array(thirdParties(page.resources.map(\.url)).map { .string($0) })
        }
        return fields
    }

    /// Opens an address as a person does who wants to get into the visit: past the join page, and past pages of the
    /// connector that ask for one more click.
    private func visit(
        _ url: String, by person: Person, from page: String?, holding held: Party? = nil
    ) async throws -> (Walk, clicks: Int) {
        let walker = browser(of: person)
        let options = WalkOptions(joinsMeetings: true, initiator: page, holdsAnswerOf: held)
        var clicks = 0
        var walk: Walk
        do {
            walk = try await walker.open(url, options: options)
            report(walk, of: person)
            while clicks < 3, walk.handoff == nil, walk.held == nil, walk.reached == .connector, let page = walk.page,
                (200...299).contains(walk.status), let move = onwards(from: page, walker)
            {
                clicks += 1
                switch move {
                case .link(let next):
                    var onwards = options
                    onwards.initiator = page.url
                    walk = try await walker.open(next, options: onwards)
                case .form(let submission): walk = try await walker.submit(submission, from: page.url, options: options)
                }
                report(walk, of: person)
            }
        } catch {
            walk = end(of: error, by: person)
        }
        return (walk, clicks)
    }

    /// A walk that could not go on still ended somewhere: at a sign-in the person has no account for, or at no answer.
    private nonisolated func end(of error: WalkError, by person: Person) -> Walk {
        var walk = Walk(
            url: error.url, status: 0, headers: [], body: Data(), page: nil, hops: error.hops, signIns: [],
            handoff: nil,
            reached: .connector)
        switch error.kind {
        case .noAccount(let provider), .signInRefused(let provider):
            walk.status = 401
            walk.signIns = [provider]
            report(walk, of: person)
        case .transport, .tooManyRedirects, .badPage: break
        }
        walk.message = "\(error.message) (\(error.url))"
        return walk
    }

    private enum Onwards {
        case link(String)
        case form(FormSubmission)
    }

    /// The one way on that a page offers: a link to Teams, or its only form.
    private func onwards(from page: HTMLPage, _ walker: Walker) -> Onwards? {
        if let link = page.links.first(where: { walker.parties.party(of: $0.url) == .teams }) { return .link(link.url) }
        guard page.forms.count == 1, let submission = try? page.forms[0].submission([]) else { return nil }
        return .form(submission)
    }

    /// The last address before the join page was submitted: what the connector handed out.
    private func landing(of walk: Walk) -> String {
        walk.hops.last { $0.reason != .join }?.url ?? walk.url
    }

    nonisolated func report(_ walk: Walk, of person: Person) {
        // Only a declared host: a scheme that no browser here opens is nobody's hand-off.
        if let url = walk.handoff, let host = WebAddress(url)?.host {
            record(
                "handoff", by: .connector, ["by": .string(person.alias), "url": .string(url), "host": .string(host)])
        }
        for provider in walk.signIns {
            record(
                "page.login", by: .runner,
                [
                    "by": .string(person.alias), "provider": .string(provider), "url": .string(walk.url),
                ])
        }
    }

    private func thirdParties(_ urls: [String]) -> [String] {
        let known = [connector.url, mocks.ehrOrigin, mocks.microsoftOrigin]
        return urls.filter { url in url.contains("://") && !known.contains { url.hasPrefix($0) } }
    }
}

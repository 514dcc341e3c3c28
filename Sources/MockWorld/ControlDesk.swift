// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import MockKit
internal import Trace
package import Value
internal import World

/// The control API below `/-/` and the pages: what a program or a person makes the mocks do by hand.
///
/// A form may stand in for a JSON body; its answer then leads back to the page it came from. Requests from pages of other
/// origins are refused: a browser must not be talked into them.
package final class ControlDesk: FrontDesk {
    let stand: Stand
    let pages: StandPages?
    let journal: Journal
    private let ready: @Sendable () -> Value

    /// `ready` is the line that `assay mock` prints; `pages` nil: the API alone.
    package init(stand: Stand, pages: StandPages?, ready: @escaping @Sendable () -> Value) {
        self.stand = stand
        self.pages = pages
        self.ready = ready
        journal = stand.journal
    }

    package func serves(_ path: String) -> Bool { path == "/" || path == "/favicon.ico" || path.hasPrefix("/-/") }

    package func respond(to request: MockRequest) async -> DeskAnswer {
        if let origin = request.header("Origin"), origin != request.origin, origin != "null" || request.method != "GET"
        {
            return refusal(
                ControlError(
                    403, "requests from \(origin) are not taken", remedy: "send it from a program, or from these pages")
            )
        }
        do throws(ControlError) {
            if let page = try await pages?.answer(request) { return page }
            let (route, values) = try route(request)
            let call = ControlCall(route, values, request)
            guard let back = call.back else { return try await answer(call) }
            // A form's answer is the page it came from, with what there is to say on it.
            let said: Form
            do throws(ControlError) {
                _ = try await answer(call)
                said = ["done": call.route.operation.rawValue]
            } catch {
                said = ["refused": error.description]
            }
            return DeskAnswer(.redirect(to: said.appended(to: back), status: 303, world: nil, party: .runner))
        } catch {
            return refusal(error)
        }
    }

    private func route(_ request: MockRequest) throws(ControlError) -> (ControlRoute, [String: String]) {
        let segments = request.segments
        let method = request.method == "HEAD" ? "GET" : request.method
        var others: [String] = []
        for route in ControlRoute.all {
            guard let values = route.match(segments) else { continue }
            if route.method == method { return (route, values) }
            others.append(route.method)
        }
        guard others.isEmpty else {
            throw ControlError(
                405, "\(request.method) is not taken here", remedy: "use " + others.joined(separator: " or "))
        }
        throw ControlError(404, "there is nothing at \(request.path)", remedy: "see /-/openapi.json")
    }

    private func answer(_ call: ControlCall) async throws(ControlError) -> DeskAnswer {
        try call.checkBody()
        let value: Value
        switch call.route.operation {
        case .health: value = ["ready": true, "worlds": Value(await stand.open.count)]
        case .description: value = ready()
        case .openapi: value = ControlDocument.value
        case .stream: return stream(world: call.query["world"])
        case .listWorlds, .openWorlds, .readWorld, .closeWorld, .advanceClock: value = try await worlds(call)
        case .listAppointments, .bookAppointment, .moveAppointment, .cancelAppointment,
            .markAppointment:
            value = try await appointments(call)
        case .listPeople, .changePerson, .changeTokens: value = try await people(call)
        case .listFaults, .armFault, .disarmFault: value = try await faults(call)
        case .listExchanges, .readExchange, .listFindings: value = try exchanges(call)
        case .listMessages, .replyToMessage, .readLobby, .joinMeeting, .admitPerson, .leaveMeeting, .endMeeting,
            .listNumbers,
            .addNumber, .changeMicrosoft:
            value = try await microsoft(call)
        }
        guard call.route.success != 204 else { return DeskAnswer(.empty(status: 204, world: nil, party: .runner)) }
        return DeskAnswer(
            .json(
                value, status: call.route.success, headers: [("Cache-Control", "no-store")], world: nil, party: .runner)
        )
    }

    private func refusal(_ error: ControlError) -> DeskAnswer {
        DeskAnswer(
            .json(
                ["error": ["message": .string(error.message), "remedy": .string(error.remedy)]], status: error.status,
                world: nil, party: .runner))
    }
}

/// One request of the control API, read.
struct ControlCall: Sendable {
    let route: ControlRoute
    let values: [String: String]
    let request: MockRequest
    let query: Form
    /// Members of the body, from JSON or from a form.
    let body: Members
    private let unreadable: Bool

    init(_ route: ControlRoute, _ values: [String: String], _ request: MockRequest) {
        self.route = route
        self.values = values
        self.request = request
        query = request.queryFields
        if request.mediaType == "application/x-www-form-urlencoded" {
            body = Members(
                request.formFields.fields.filter { !$0.value.isEmpty && $0.name != "back" }.map { field in
                    (field.name, Self.typed(field.value, route.body?.first { $0.name == field.name }?.type))
                })
            unreadable = false
        } else {
            let json = request.body.isEmpty ? .object([:]) : request.json
            body = json?.members ?? [:]
            unreadable = json?.members == nil
        }
    }

    /// The page a form came from.
    var back: String? {
        guard request.mediaType == "application/x-www-form-urlencoded", let back = request.formFields["back"],
            back.hasPrefix("/"), !back.hasPrefix("//")
        else { return nil }
        return back
    }

    func text(_ name: String) -> String? { body[name]?.scalarText.flatMap { $0.isEmpty ? nil : $0 } }

    func required(_ name: String) throws(ControlError) -> String {
        guard let text = text(name) else {
            throw ControlError(
                422, "`\(name)` is missing", remedy: "see \(route.operation.rawValue) in /-/openapi.json")
        }
        return text
    }

    /// Refuses bodies that are none, unknown members and missing ones.
    func checkBody() throws(ControlError) {
        guard let fields = route.body else { return }
        if unreadable {
            throw ControlError(400, "the body is no JSON object", remedy: "send application/json or a form")
        }
        for member in body where !fields.contains(where: { $0.name == member.name }) {
            throw ControlError(
                422, "`\(member.name)` is not known here",
                remedy: fields.isEmpty ? "send no members" : "known: " + fields.map(\.name).joined(separator: ", "))
        }
        for field in fields where field.isRequired { _ = try required(field.name) }
    }

    private static func typed(_ text: String, _ type: String?) -> Value {
        switch type {
        case "integer": Int(text).map { Value($0) } ?? .string(text)
        case "boolean": text == "true" || text == "on" ? true : .string(text)
        default: .string(text)
        }
    }
}

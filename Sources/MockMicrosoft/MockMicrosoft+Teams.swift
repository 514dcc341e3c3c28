// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// Join pages, lobby and call.
extension MockMicrosoft {
    func join(_ request: MockRequest, _ address: JoinAddress, in world: MicrosoftWorld?) -> MockResponse {
        guard let world, let meeting = world.meeting(thread: address.thread),
            address.tenant.map({ $0.lowercased() == world.model.tenant.lowercased() }) ?? true
        else { return .html(TeamsPages.unknown, status: 404, world: world?.id, party: .teams) }
        let visitor = visitor(request, address, in: world)
        let action = request.path + (request.query.isEmpty ? "" : "?" + request.query)
        switch request.method {
        case "GET":
            world.record(
                "join.opened", by: .teams, exchange: request.exchange,
                [
                    "by": Value(visitor.alias), "meeting": .string(meeting.id), "way": .string(address.way.rawValue),
                    "device-test": .bool(address.way == .browser && address.hasDeviceTest),
                    "account": .string(visitor.account.rawValue),
                ])
            return .html(
                TeamsPages.join(address, account: visitor.account, action: action), world: world.id, party: .teams)
        case "HEAD":
            return .html(
                TeamsPages.join(address, account: visitor.account, action: action), world: world.id, party: .teams)
        case "POST":
            guard address.way == .browser else {
                return .text("Open the app.", status: 405, world: world.id, party: .teams)
            }
            let inLobby = enter(meeting, visitor, exchange: request.exchange, in: world)
            return .html(inLobby ? TeamsPages.lobby : TeamsPages.meeting, world: world.id, party: .teams)
        default: return .empty(status: 405, world: world.id, party: .teams)
        }
    }

    struct Visitor {
        let alias: String?
        let account: Account
        let displayName: String
        let person: Person?
        let tenant: String?
    }

    /// Who sends the request, and as whom Teams sees them.
    private func visitor(_ request: MockRequest, _ address: JoinAddress, in world: MicrosoftWorld) -> Visitor {
        let typed = request.formFields["name"].flatMap { $0.isEmpty ? nil : $0 } ?? "Guest"
        if !address.isVisit, let cookie = request.cookies[MicrosoftSession.cookie],
            let session = issued.sessions[cookie],
            let home = worlds[session.world], let person = home.model.person(session.alias)
        {
            return Visitor(
                alias: request.actor ?? (home.id == world.id ? person.alias : nil),
                account: home.id == world.id ? .member : .guest,
                displayName: person.directory?[.displayName] ?? typed, person: person, tenant: home.model.tenant)
        }
        return Visitor(alias: request.actor, account: .anonymous, displayName: typed, person: nil, tenant: nil)
    }

    /// Lets the visitor into the lobby or the call; true for the lobby. Somebody who is there already stays where they are.
    func enter(_ meeting: Meeting, _ visitor: Visitor, exchange: ExchangeID?, in world: MicrosoftWorld) -> Bool {
        if let alias = visitor.alias, let there = meeting.present.first(where: { $0.alias == alias }) {
            return there.inLobby
        }
        let goesIn = meeting.letsIn(visitor.account, visitor.account == .member ? visitor.person : nil)
        let attendance = Attendance(
            id: world.random.uuid(), alias: visitor.alias, account: visitor.account, displayName: visitor.displayName,
            userID: visitor.person?.directory?[.directoryID], userTenant: visitor.tenant, inLobby: !goesIn,
            arrived: world.now, joined: goesIn ? world.now : nil)
        meeting.present.append(attendance)
        if goesIn {
            joined(attendance, meeting, in: world, viaLobby: false, exchange: exchange)
        } else {
            world.record(
                "lobby.entered", by: .teams, exchange: exchange,
                ["by": Value(visitor.alias), "meeting": .string(meeting.id)])
            if meeting.isActive {
                notify(
                    .init(.rosterUpdated, at: world.now, [.init(attendance: attendance, state: .inLobby)]), of: meeting,
                    in: world)
            }
        }
        return !goesIn
    }

    /// The facts and notifications of somebody's entry into the call.
    func joined(
        _ attendance: Attendance, _ meeting: Meeting, in world: MicrosoftWorld, viaLobby: Bool, exchange: ExchangeID?
    ) {
        world.record(
            "meeting.joined", by: .teams, exchange: exchange,
            [
                "by": Value(attendance.alias), "meeting": .string(meeting.id), "via-lobby": .bool(viaLobby),
                "account": .string(attendance.account.rawValue),
            ])
        var changes: [CallEvent.Change] = [.init(attendance: attendance, state: .joined)]
        if !meeting.isActive {
            meeting.isActive = true
            meeting.calls.append(CallSession(id: world.random.uuid(), start: world.now))
            notify(.init(.callStarted, at: world.now), of: meeting, in: world)
            // Who waited before anybody was there becomes visible with the call.
            changes += meeting.present.filter(\.inLobby).map { .init(attendance: $0, state: .inLobby) }
        }
        notify(.init(.rosterUpdated, at: world.now, changes), of: meeting, in: world)
    }

    /// The facts and notifications of somebody's departure; the last one out ends the call.
    func left(_ attendance: Attendance, _ meeting: Meeting, in world: MicrosoftWorld, reason: String) {
        meeting.present.removeAll { $0.id == attendance.id }
        if attendance.joined != nil {
            if let last = meeting.calls.indices.last {
                meeting.calls[last].records.append((attendance, world.now))
            }
            world.record("meeting.left", by: .teams, ["by": Value(attendance.alias), "meeting": .string(meeting.id)])
        }
        if meeting.isActive {
            notify(
                .init(.rosterUpdated, at: world.now, [.init(attendance: attendance, state: .left(reason: reason))]),
                of: meeting, in: world)
        }
        if meeting.isActive, !meeting.present.contains(where: { !$0.inLobby }) { ended(meeting, in: world) }
    }

    func ended(_ meeting: Meeting, in world: MicrosoftWorld) {
        meeting.isActive = false
        if let last = meeting.calls.indices.last { meeting.calls[last].end = world.now }
        world.record("meeting.ended", by: .teams, ["meeting": .string(meeting.id)])
        notify(.init(.callEnded, at: world.now), of: meeting, in: world)
    }
}

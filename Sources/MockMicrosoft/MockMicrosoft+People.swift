// SPDX-License-Identifier: Apache-2.0

import Foundation
import Trace
import Value
package import World

/// What people do that is no request of a browser: letting in, leaving, ending, answering a text message.
extension MockMicrosoft {
    /// Lets somebody in from the lobby, by alias or ``Presence/name``. `meeting` nil: the one in whose lobby they wait.
    package func admit(
        _ name: String, by presenter: String, meeting: String? = nil, in id: WorldID
    ) throws(MockMicrosoftError) {
        let world = try world(id)
        let meeting = try find(name, meeting, world, inLobby: true)
        guard let index = meeting.present.firstIndex(where: { $0.name == name && $0.inLobby }) else {
            throw .notThere(name, "lobby")
        }
        guard let host = meeting.present.first(where: { $0.alias == presenter && !$0.inLobby }) else {
            throw MockMicrosoftError(
                "\(presenter) is not in the meeting and cannot let \(name) in", remedy: "let \(presenter) join first")
        }
        guard meeting.mayAdmit(host, world.model.person(presenter)) else {
            throw MockMicrosoftError(
                "\(presenter) is in the meeting as \(host.account.rawValue) without the right to let people in",
                remedy: "join as a presenter of the organization, or ask for other allowedPresenters")
        }
        meeting.present[index].inLobby = false
        meeting.present[index].joined = world.now
        let attendance = meeting.present[index]
        world.record(
            "lobby.admitted", by: .teams,
            ["by": Value(attendance.alias), "meeting": .string(meeting.id), "admitted-by": .string(presenter)])
        joined(attendance, meeting, in: world, viaLobby: true, exchange: nil)
    }

    /// Somebody leaves the meeting, or its lobby. `meeting` nil: the one they are in.
    package func leave(_ name: String, meeting: String? = nil, in id: WorldID) throws(MockMicrosoftError) {
        let world = try world(id)
        let meeting = try find(name, meeting, world, inLobby: nil)
        guard let attendance = meeting.present.first(where: { $0.name == name }) else {
            throw .notThere(name, "meeting")
        }
        left(attendance, meeting, in: world, reason: "Left the call")
    }

    /// A presenter ends the meeting for everybody. `meeting` nil: the one the person is in.
    package func endMeeting(by alias: String, meeting: String? = nil, in id: WorldID) throws(MockMicrosoftError) {
        let world = try world(id)
        let meeting = try find(alias, meeting, world, inLobby: false)
        guard let host = meeting.present.first(where: { $0.alias == alias && !$0.inLobby }),
            meeting.mayAdmit(host, world.model.person(alias))
        else {
            throw MockMicrosoftError(
                "\(alias) may not end the meeting", remedy: "let a presenter of the organization who is in it end it")
        }
        // Those in the lobby first, then the call empties; its last one out ends it.
        for attendance in meeting.present.filter(\.inLobby) + meeting.present.filter({ !$0.inLobby }) {
            left(attendance, meeting, in: world, reason: "Meeting ended")
        }
    }

    /// Where a person is: meeting id and whether in its lobby; nil where nowhere.
    package func whereabouts(of alias: String, in id: WorldID) -> (meeting: String, inLobby: Bool)? {
        guard let world = worlds[id] else { return nil }
        for meeting in world.meetingsByAge.reversed() {
            if let attendance = meeting.present.first(where: { $0.alias == alias }) {
                return (meeting.id, attendance.inLobby)
            }
        }
        return nil
    }

    /// A person answers the last text message, for example `STOP`. The carrier acts on STOP, START and UNSTOP (and
    /// their synonyms); the text travels on to the connector's hook. Returns the hook's status, 0 where there is none.
    @discardableResult
    package func reply(_ alias: String, text: String, in id: WorldID) async throws(MockMicrosoftError) -> Int {
        let world = try world(id)
        let own = world.settings.phones[alias] ?? world.model.person(alias)?.ehr[.phone]
        let phone = own.flatMap { $0.isEmpty ? nil : $0 }
        guard let phone else {
            throw MockMicrosoftError("\(alias) has no phone in world \(id)", remedy: "give the person a phone number")
        }
        let number = "+" + PhoneNumberText.comparable(phone)
        guard let sender = world.texts.lastSender[number] ?? world.numbers.owned.keys.sorted().first else {
            throw MockMicrosoftError("nobody wrote to \(alias) yet", remedy: "let a text message arrive first")
        }
        world.texts.hear(text, from: number, to: sender)
        let status = await deliverReply(text, from: number, to: sender, world: world)
        world.record("sms.replied", by: .sms, ["by": .string(alias), "text": .string(text), "status": Value(status)])
        return status
    }

    func world(_ id: WorldID) throws(MockMicrosoftError) -> MicrosoftWorld {
        guard let world = worlds[id] else {
            throw MockMicrosoftError("world \(id) is not open on Microsoft's side", remedy: "open it first")
        }
        return world
    }

    private func find(
        _ name: String, _ meeting: String?, _ world: MicrosoftWorld, inLobby: Bool?
    ) throws(MockMicrosoftError) -> Meeting {
        let found =
            meeting.map { world.meetings[$0] }
            ?? world.meetingsByAge.last { meeting in
                meeting.present.contains { $0.name == name && (inLobby == nil || $0.inLobby == inLobby) }
            }
        guard let found else { throw .notThere(name, inLobby == true ? "lobby" : "meeting") }
        return found
    }
}

extension MockMicrosoftError {
    static func notThere(_ alias: String, _ place: String) -> MockMicrosoftError {
        MockMicrosoftError("\(alias) is in no \(place)", remedy: "let \(alias) open the join address and enter first")
    }
}

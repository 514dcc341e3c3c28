// SPDX-License-Identifier: Apache-2.0

package import World

/// Somebody in a meeting or its lobby, for those who look on from outside.
package struct Presence: Sendable {
    /// What ``MockMicrosoft`` calls them: the alias of a person of the world; of any other browser the participant's id.
    package let name: String
    package let displayName: String
    /// Nil where nobody signed in and no actor of the world came.
    package let alias: String?
    package let meeting: String
    package let subject: String?
    package let inLobby: Bool
    /// Whether they may let others in and end the meeting.
    package let mayAdmit: Bool
}

extension Attendance {
    /// What people and programs outside call them.
    var name: String { alias ?? id }
}

/// Who is where, for the pages and programs beside the world.
extension MockMicrosoft {
    /// Everybody who waits or is in a meeting, in order of meetings and arrival.
    package func present(in id: WorldID) -> [Presence] {
        guard let world = worlds[id] else { return [] }
        return world.meetingsByAge.flatMap { meeting in
            meeting.present.map { attendance in
                Presence(
                    name: attendance.name, displayName: attendance.displayName, alias: attendance.alias,
                    meeting: meeting.id, subject: meeting.subject, inLobby: attendance.inLobby,
                    mayAdmit: meeting.mayAdmit(attendance, attendance.alias.flatMap { world.model.person($0) }))
            }
        }
    }

    /// The meetings of a world, the oldest first.
    package func meetings(in id: WorldID) -> [(id: String, subject: String?)] {
        worlds[id]?.meetingsByAge.map { ($0.id, $0.subject) } ?? []
    }

    /// A person of the world goes to a meeting without a browser: with an account of the organization where they have
    /// one. `meeting` nil: the newest one.
    package func join(_ alias: String, meeting: String? = nil, in id: WorldID) throws(MockMicrosoftError) {
        let world = try world(id)
        guard let person = world.model.person(alias) else {
            throw MockMicrosoftError("there is no \(alias) in world \(id)", remedy: "name one of its people")
        }
        guard let meeting = meeting.map({ world.meetings[$0] }) ?? world.meetingsByAge.last else {
            throw MockMicrosoftError(
                "there is no \(meeting.map { "meeting \($0)" } ?? "meeting yet")",
                remedy: "let the connector create one at Graph's onlineMeetings")
        }
        _ = enter(
            meeting,
            Visitor(
                alias: alias, account: person.directory == nil ? .anonymous : .member,
                displayName: person.directory?[.displayName] ?? alias,
                person: person.directory == nil ? nil : person,
                tenant: person.directory == nil ? nil : world.model.tenant),
            exchange: nil, in: world)
    }
}

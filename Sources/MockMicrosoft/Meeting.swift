// SPDX-License-Identifier: Apache-2.0

import Value
import World

/// An online meeting and the call in it.
final class Meeting {
    let id: String
    /// Order of creation within the world.
    let number: Int
    /// `19:meeting_…@thread.v2`.
    let thread: String
    let joinURL: String
    let organizer: Person
    /// Id of the organizer's tenant.
    let tenant: String
    let externalID: String?
    let created: Instant
    var subject: String?
    var start: Instant
    var end: Instant
    /// Settings the connector asked for, as it wrote them.
    var options: Members
    var attendees: [Value]
    /// The older resource beside the meeting, as the connector wrote it.
    var virtualAppointment: Members?
    /// Who is in the call or in its lobby, in order of arrival.
    var present: [Attendance] = []
    /// Sessions so far; the last one runs while `isActive`.
    var calls: [CallSession] = []
    var isActive = false
    /// Deleted while people were in it: no more than their call is left.
    var isDeleted = false

    init(
        id: String, number: Int, thread: String, joinURL: String, organizer: Person, tenant: String,
        externalID: String?,
        created: Instant,
        subject: String?, start: Instant, end: Instant, options: Members, attendees: [Value]
    ) {
        self.id = id
        self.number = number
        self.thread = thread
        self.joinURL = joinURL
        self.organizer = organizer
        self.tenant = tenant
        self.externalID = externalID
        self.created = created
        self.subject = subject
        self.start = start
        self.end = end
        self.options = options
        self.attendees = attendees
    }

    /// Effective lobby scope; a tenant's default lets the organization in and holds everybody else.
    var lobbyScope: String { options["lobbyBypassSettings"]?["scope"]?.string ?? "organization" }
    var presenters: String { options["allowedPresenters"]?.string ?? "everyone" }

    /// Whether somebody may walk in without being admitted.
    func letsIn(_ account: Account, _ person: Person?) -> Bool {
        if isOrganizer(person, account) { return true }
        switch lobbyScope {
        case "everyone": return true
        case "organization": return account != .anonymous
        case "organizationAndFederated": return account != .anonymous
        case "organizationExcludingGuests": return account == .member
        case "invited": return account != .anonymous && isInvited(person)
        default: return false
        }
    }

    /// Whether somebody may let others in: presenters with an account of the organization, unless the meeting says that
    /// only its organizers may.
    func mayAdmit(_ attendance: Attendance, _ person: Person?) -> Bool {
        guard !attendance.inLobby, attendance.account == .member else { return false }
        if isOrganizer(person, attendance.account) { return true }
        if options["allowedLobbyAdmitters"]?.string == "organizerAndCoOrganizers" {
            return isInvited(person, role: ["coorganizer"])
        }
        switch presenters {
        case "everyone", "organization": return true
        case "roleIsPresenter": return isInvited(person, role: ["presenter", "coorganizer"])
        default: return false
        }
    }

    private func isOrganizer(_ person: Person?, _ account: Account) -> Bool {
        account == .member && person?.alias == organizer.alias
    }

    func isInvited(_ person: Person?, role roles: Set<String>? = nil) -> Bool {
        guard let directory = person?.directory else { return false }
        return attendees.contains { attendee in
            let matches =
                attendee["identity"]?["user"]?["id"]?.string?.lowercased() == directory[.directoryID].lowercased()
                || attendee["upn"]?.string?.lowercased() == directory[.principalName].lowercased()
            return matches && (roles.map { $0.contains(attendee["role"]?.string ?? "attendee") } ?? true)
        }
    }
}

/// As whom somebody joins.
enum Account: String { case anonymous, guest, member }

/// One person's stay in a meeting, lobby included.
struct Attendance {
    /// Participant id in notifications; new at each join.
    let id: String
    /// Alias; nil for a browser that is none of the world's people.
    let alias: String?
    let account: Account
    let displayName: String
    /// Directory id, where joined with an account.
    let userID: String?
    let userTenant: String?
    var inLobby: Bool
    let arrived: Instant
    var joined: Instant?
}

/// One call from the first person in to the last one out.
struct CallSession {
    let id: String
    let start: Instant
    var end: Instant?
    /// Stays that ended.
    var records: [(attendance: Attendance, left: Instant)] = []
}

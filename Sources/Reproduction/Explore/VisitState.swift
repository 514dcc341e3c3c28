// SPDX-License-Identifier: Apache-2.0

package import World

/// A small model of visits: what the EHR, people and the network did so far, and what follows from it. It knows nothing of
/// any connector; what a conforming one may do in several ways it leaves open.
package struct VisitState: Sendable, Hashable {
    /// Where a person is, as far as the model can tell.
    package enum Place: String, Sendable, Hashable { case out, waiting, `in`, unknown }
    package enum Booking: String, Sendable, Hashable { case unbooked, booked, cancelled }

    /// One appointment.
    package struct Visit: Sendable, Hashable {
        let alias: String
        let patient: String
        var booking = Booking.unbooked
        /// How often its start really changed.
        var moves = 0
        /// Seconds from the world's start to the present start.
        var start: Int
        /// As planned: what `visit.start` stands for.
        let planned: Int
        /// Seconds from the world's start; nil: never booked.
        var bookedAt: Int?
        /// Booked so early that no reminder can leave before something else happens.
        var wasBookedEarly = false
        var hasLink = false
        var patientAt = Place.out
        var providerAt = Place.out
        var secondAt = Place.out
        /// Sure entries into the meeting, and those that may have been.
        var joins = 0
        var maybeJoins = 0
        /// A launch told which meeting it is.
        var hasMeeting = false
        /// Text messages that may have come, and those that must have.
        var mostTexts = 0
        var leastTexts = 0
        /// Starts for which a reminder may have left, and those for which one must have.
        var maybeReminded: Set<Int> = []
        var reminded: Set<Int> = []
        /// The gateway refuses whatever goes to the patient.
        var isRefused = false
        /// The provider began the visit at least once.
        var wasLaunched = false
        /// The patient was let in at least once.
        var wasAdmitted = false
        /// The patient came back after having been in.
        var hasReturned = false
        /// Booked while nothing may be sent to the patient.
        var mayNotBeDialled = false
        /// Somebody was there whom the model lost sight of.
        var isBlurred = false

        var end: Int { start + 1800 }
        /// What expressions call the capture `meeting-<alias>`.
        var meetingName: String { "meeting" + alias.prefix(1).uppercased() + alias.dropFirst() }
    }

    /// When a party wants to be asked again.
    struct Wait: Sendable, Hashable {
        let seconds: Int
        /// As faults name it: `text-messages`, `writeback`.
        let place: String
    }

    package let vendor: Vendor
    /// Seconds from the world's start: it is at least so late, and at most.
    var earliest = 0
    var latest = 0
    var visits: [Visit]
    var hasLicence = true
    /// Answers that get lost: whoever waited for one asks again, and may be refused again.
    var lostAnswers = 0
    /// Something stands in the way of text messages, or did.
    var hasTextTrouble = false
    /// Something stands in the way of writebacks, or did.
    var hasWritebackTrouble = false
    /// Consents or numbers changed: whether a booking brings a message is not known any more.
    var hasDoubtfulTexts = false
    /// Patients who have no telephone, or want no messages.
    var unreachable: Set<String> = []
    /// Patients who answered that they want no messages; those of them who took it back are not among them.
    var optedOut: Set<String> = []
    /// Patients whom the EHR has no valid present number of.
    var undialable: Set<String> = []
    /// Patients whose messages are not in the usual language.
    var foreignSpeaking: Set<String> = []
    /// The party in trouble will ask, at the next request, to come back after so many seconds.
    var askedToWait: Wait?
    /// The next identity that the EHR or Microsoft gives out is flawed.
    var hasFlawedIdentity = false
    /// Providers beside the first who may not come in: of another organization, or without a licence.
    var shutOut: Set<String> = []
    /// The connector was stopped.
    var isDown = false
    /// Notifications came in another order: within a second nobody can tell which was first.
    var hasDisorder = false
    let hasTexts: Bool

    init(vendor: Vendor, hasTexts: Bool, visits: [Visit]) {
        self.vendor = vendor
        self.hasTexts = hasTexts
        self.visits = visits
    }

    /// Two visits of one provider with two patients, an hour apart.
    init(vendor: Vendor, hasTexts: Bool) {
        self.init(
            vendor: vendor, hasTexts: hasTexts,
            visits: [
                Visit(alias: "visit", patient: "ann", start: 8 * 3600, planned: 8 * 3600),
                Visit(alias: "second", patient: "bea", start: 9 * 3600, planned: 9 * 3600),
            ])
    }

    /// Where the clock stands relative to a visit.
    enum Phase: String, Sendable, Hashable { case before, near, during, after, over }

    func phase(_ visit: Visit) -> Phase {
        if latest < visit.start - 2 * 3600 { return .before }
        if earliest >= visit.start, latest <= visit.end - 300 { return .during }
        if earliest > visit.end + 2 * 3600 { return .over }
        return earliest >= visit.end ? .after : .near
    }

    /// Time passed: the clock stands at least and at most so late now. Reminders leave in the two hours before a start.
    mutating func pass(atLeast: Int, atMost: Int) {
        earliest = max(earliest, atLeast)
        latest = max(latest, atMost)
        guard hasTexts else { return }
        for index in visits.indices where visits[index].booking == .booked {
            let start = visits[index].start
            if latest >= start - 2 * 3600, visits[index].maybeReminded.insert(start).inserted {
                visits[index].mostTexts += 1
            }
            let wasEarly = visits[index].bookedAt.map { $0 < start - 2 * 3600 } ?? false
            if earliest >= start, wasEarly, visits[index].moves == 0, visits[index].reminded.insert(start).inserted {
                visits[index].leastTexts += 1
            }
        }
    }

    mutating func wait(_ seconds: Int) { pass(atLeast: earliest + seconds, atMost: latest + seconds) }

    /// What is counted for coverage: small enough to be walked through as a whole.
    package func abstract(_ index: Int) -> String {
        let visit = visits[index]
        return [
            visit.booking.rawValue, visit.moves > 0 ? "moved" : "as-planned", phase(visit).rawValue,
            "patient-" + visit.patientAt.rawValue, "provider-" + visit.providerAt.rawValue,
        ].joined(separator: " ")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Trace
import Value
import World

/// One world's EHR. Confined to the actor that owns it.
final class EHRWorld {
    let model: WorldModel
    let clock: WorldClock
    let profile: VendorProfile
    let registration: EHRRegistration
    /// The time on the wire, by which codes and tokens live.
    let wire: @Sendable () -> Instant
    private(set) var bases: [EHRBase] = []
    /// What the EHR says of a person now, by alias.
    var contacts: [String: ContactDetails] { didSet { changes += 1 } }
    /// Appointments that came after the world was made.
    var added: [PlannedAppointment] = [] { didSet { changes += 1 } }
    /// What its tokens are signed with, where that is not what every world's are; and what was before.
    var keys: EHRKeys?
    var formerKeys: [EHRKeys] = []
    /// The key set that the client publishes, as it was read last.
    var clientKeys: ClientKeys?
    /// Whether refreshing more often than the vendor likes is refused; no vendor says that it always is.
    var throttlesRefresh = false
    /// On the world's clock: until then the authorization servers do not know the client, for its registration is new or
    /// changed (facts 5.3.2, 5.4.1); nil: they do.
    var registrationActsFrom: Instant?
    var isRegistrationEffective: Bool { registrationActsFrom.map { clock.now >= $0 } ?? true }
    /// How far a fault has put the server's clock wrong, for the request under way.
    var clockSkew: Duration = .zero
    /// How often something of the record changed: what was rendered before then is not shown any more.
    var changes = 0
    /// Puts the pages of launches in other clothes; nil: the plain ones.
    var dress: EntryDress?
    /// No sign-in and no launch any more; the rest goes on answering, so that late arrivals are seen for what they are.
    var isClosed = false

    init(
        model: WorldModel, clock: WorldClock, registration: EHRRegistration, random: RandomStream,
        wire: @escaping @Sendable () -> Instant
    ) {
        self.wire = wire
        self.model = model
        self.clock = clock
        self.registration = registration
        profile = .of(model.vendor)
        contacts = Dictionary(
            model.people.map { ($0.alias, ContactDetails($0)) }, uniquingKeysWith: { first, _ in first })
        var random = random
        bases = model.bases.map { EHRBase(base: $0, world: self, random: RandomStream.split(&random)) }
    }

    func base(_ alias: String) throws(EHRError) -> EHRBase {
        guard let base = bases.first(where: { $0.base.alias == alias }) else {
            throw .unknown("FHIR base", alias, known: bases.map(\.base.alias))
        }
        return base
    }

    /// The base of a URL, with or without trailing slash.
    func base(url: String) throws(EHRError) -> EHRBase {
        guard let base = bases.first(where: { $0.isAddress(url) }) else {
            throw .unknown("FHIR base URL", url, known: bases.map(\.base.url))
        }
        return base
    }

    func plan(_ alias: String) throws(EHRError) -> PlannedAppointment {
        guard let plan = model.appointment(alias) ?? added.first(where: { $0.alias == alias }) else {
            throw .unknown("appointment", alias, known: (model.appointments + added).map(\.alias))
        }
        return plan
    }

    func person(_ alias: String) throws(EHRError) -> Person {
        guard let person = model.person(alias) else {
            throw .unknown("person", alias, known: model.people.map(\.alias))
        }
        return person
    }

    func event(_ kind: String, _ fields: Members) -> EventDraft {
        EventDraft(kind, by: .ehr, world: model.id, fields)
    }
}

/// How the EHR says a person can be reached: it changes during a scenario.
struct ContactDetails: Sendable {
    struct Phone: Sendable {
        let number: String
        /// FHIR `ContactPoint.use`.
        let use: String
        /// Nil: still in use.
        let ended: Instant?
    }

    var phones: [Phone]
    var email: String?
    /// BCP 47.
    var language: String
    /// Version id of the patient's resource.
    var version = 1
    /// Nil: as the world began.
    var changed: Instant?

    init(_ person: Person) {
        let number = person.ehr[.phone]
        phones = number.isEmpty ? [] : [Phone(number: number, use: "mobile", ended: nil)]
        email = person.ehr.values[.email]
        language = person.locale
    }
}

extension RandomStream {
    /// A stream of its own, drawn from this one.
    static func split(_ random: inout RandomStream) -> RandomStream {
        RunSeed(seed: random.next(), nonce: "").identity("ehr")
    }
}

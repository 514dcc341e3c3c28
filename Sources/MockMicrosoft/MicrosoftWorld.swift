// SPDX-License-Identifier: Apache-2.0

import Trace
import Value
import World

/// Everything Microsoft's side of one world holds. Owned by the `MockMicrosoft` actor.
final class MicrosoftWorld {
    let model: WorldModel
    let clock: WorldClock
    let journal: Journal
    var entra: EntraRegistration
    var sms: SMSRegistration
    var settings: MicrosoftSettings
    /// Closed worlds still answer, but nothing happens in them by itself.
    var isClosed = false
    /// Ids, tokens and numbers: fixed by the world's tenant, which carries seed and nonce.
    var random: RandomStream

    /// What its tokens are signed with, where that is not what every tenant's are; and what was before.
    var keys: MicrosoftKeys?
    var formerKeys: [MicrosoftKeys] = []

    /// By meeting id.
    var meetings: [String: Meeting] = [:]
    /// By subscription id.
    var subscriptions: [String: ChangeSubscription] = [:]
    /// The last genuine notification, to be repeated.
    var lastNotification: OutgoingMessage?
    /// By application: the proof of its own that Microsoft sends with notifications, and since when, in seconds.
    var validationTokens: [String: (token: String, issued: Int)] = [:]
    var requests = RequestCounter()
    var texts = TextTraffic()
    var numbers = NumberStock()

    init(
        model: WorldModel, clock: WorldClock, journal: Journal, entra: EntraRegistration, sms: SMSRegistration
    ) {
        self.model = model
        self.clock = clock
        self.journal = journal
        self.entra = entra
        self.sms = sms
        settings = MicrosoftSettings(model: model, accessPolicy: entra.accessPolicy)
        random = RunSeed(seed: 0, nonce: model.tenant).identity("microsoft", model.id.rawValue)
    }

    var id: WorldID { model.id }
    var now: Instant { clock.now }

    /// Records an event of this world. Fields that are null are left out.
    func record(_ kind: String, by party: Party, exchange: ExchangeID? = nil, _ fields: Members) {
        let present = Members(fields.compactMap { $0.value.isNull ? nil : ($0.name, $0.value) })
        journal.append(EventDraft(kind, by: party, world: id, exchange: exchange, present))
    }

    /// Whether an administrator's consent acts now.
    var isConsented: Bool { settings.consented && (settings.consentActsFrom.map { now >= $0 } ?? true) }

    /// Whether the directory knows the application under this id by now.
    func knows(client: String) -> Bool {
        entra.clientID.lowercased() == client.lowercased()
            && (settings.applicationActsFrom.map { now >= $0 } ?? true)
    }

    // MARK: Directory

    /// The tenant a person's account belongs to: the world's, or another organization's.
    func tenant(of alias: String) -> String {
        guard settings.foreigners.contains(alias) else { return model.tenant }
        var stream = RunSeed(seed: 0, nonce: model.tenant).identity("foreign-tenant", model.id.rawValue)
        return stream.uuid()
    }

    /// The user with this object id or principal name.
    func user(_ idOrName: String) -> Person? {
        let wanted = idOrName.lowercased()
        return model.people.first { person in
            guard let directory = person.directory else { return false }
            return directory[.directoryID].lowercased() == wanted || directory[.principalName].lowercased() == wanted
        }
    }

    /// The person with this mail address, in the EHR or in the directory.
    func person(mail: String) -> Person? {
        let wanted = mail.lowercased()
        guard !wanted.isEmpty else { return nil }
        return model.people.first { person in
            [person.ehr[.email], person.directory?[.email] ?? "", person.directory?[.principalName] ?? ""]
                .contains { $0.lowercased() == wanted }
        }
    }

    /// The person with this phone number, however it is written.
    func person(phone: String) -> Person? {
        let wanted = PhoneNumberText.comparable(phone)
        guard !wanted.isEmpty else { return nil }
        return model.people.first { person in
            [person.ehr[.phone], person.directory?[.phone] ?? "", settings.phones[person.alias] ?? ""].contains {
                !$0.isEmpty && PhoneNumberText.comparable($0) == wanted
            }
        }
    }

    /// Service plans, as the scenario set them or as the person has them.
    func licences(of person: Person) -> Set<String> { settings.licences[person.alias] ?? person.licences }

    /// Meetings in the order of their creation.
    var meetingsByAge: [Meeting] { meetings.values.sorted { $0.number < $1.number } }

    func meeting(thread: String) -> Meeting? { meetings.values.first { $0.thread == thread } }
}

// SPDX-License-Identifier: Apache-2.0

import MockKit
package import World

/// Changes to what the EHR says, for scenarios about awkward data.
extension MockEHR {
    /// The patient's mobile number (E.164); nil: none at all.
    package func setPhone(of alias: String, to number: String?, in id: WorldID) throws(EHRError) {
        try changeContact(of: alias, in: id) { contact, _ in
            contact.phones = number.map { [.init(number: $0, use: "mobile", ended: nil)] } ?? []
        }
    }

    /// A further number before the others. `expired`: its period ended a year before the world's start.
    package func addPhone(
        _ number: String, of alias: String, expired: Bool, use: String = "mobile", in id: WorldID
    ) throws(EHRError) {
        try changeContact(of: alias, in: id) { contact, world in
            let ended = expired ? world.model.start - .seconds(86_400 * 365) : nil
            contact.phones.insert(.init(number: number, use: use, ended: ended), at: 0)
        }
    }

    /// The person's mail address; nil: none.
    package func setEmail(of alias: String, to address: String?, in id: WorldID) throws(EHRError) {
        try changeContact(of: alias, in: id) { contact, _ in contact.email = address }
    }

    /// The preferred language, BCP 47; nil: not known.
    package func setLanguage(of alias: String, to language: String?, in id: WorldID) throws(EHRError) {
        try changeContact(of: alias, in: id) { contact, _ in contact.language = language ?? "" }
    }

    /// Whether refreshing more often than the vendor asks for is refused.
    package func throttleRefresh(_ isThrottled: Bool, in id: WorldID) throws(EHRError) {
        try world(id).throttlesRefresh = isThrottled
    }

    /// Lets the connector's registration act so much later on the world's clock, as a new or changed one does: Cerner says
    /// about 15 minutes, Epic up to 12 hours for production, which is what nil means. Until then its client ids are not
    /// known; tokens that were issued live on.
    package func delayRegistration(by delay: Duration?, in id: WorldID) throws(EHRError) {
        let world = try world(id)
        world.registrationActsFrom = world.clock.now + (delay ?? world.profile.smart.registrationDelay)
    }

    /// The release the CapabilityStatement states, for example `2018-02` (SET-12).
    package func setRelease(_ release: String, base alias: String, in id: WorldID) throws(EHRError) {
        try world(id).base(alias).release = release
    }

    /// Ends a person's EHR sessions; refresh tokens of scope `online_access` die with them (facts 5.3.2).
    package func signOut(_ alias: String, in id: WorldID) throws(EHRError) {
        let world = try world(id)
        _ = try world.person(alias)
        for base in world.bases { base.sessions = base.sessions.filter { $0.value.person.alias != alias } }
    }

    /// Lets every access token issued so far in a world run out now (PRV-11): wire time itself cannot be moved.
    package func expireTokens(in id: WorldID) throws(EHRError) {
        for base in try world(id).bases {
            base.tokens = base.tokens.mapValues { token in
                var token = token
                token.expires = Instant(microseconds: 0)
                return token
            }
        }
    }

    private func changeContact(
        of alias: String, in id: WorldID, _ body: (inout ContactDetails, EHRWorld) -> Void
    ) throws(EHRError) {
        let world = try world(id)
        let person = try world.person(alias)
        var contact = world.contacts[alias] ?? ContactDetails(person)
        body(&contact, world)
        contact.version += 1
        contact.changed = world.clock.now
        world.contacts[alias] = contact
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The provider's last steps: the right organization, a Teams licence, and into the visit.
struct ProviderEntry: Sendable {
    let services: Services

    /// Account of the provider who was in a visit last, by base (deliberate faults of mails); empty without them.
    static let latest = Remembered()

    /// Until when accounts count as licensed (variant `other-habits`); empty without it.
    private static let licensed = Remembered()

    /// Refuses accounts of other organizations and accounts without Teams.
    func admit(_ identity: MicrosoftIdentity, to base: BaseRow) async throws {
        if identity.tenant != base.tenant, services.behaviour.has(.otherOrganizationAdmitted) { return }
        guard identity.tenant == base.tenant else {
            throw Refusal(
                403, "other-organization",
                "This Microsoft account belongs to another organization. Sign in with the work account of this one.")
        }
        if services.behaviour.has(.teamsLicenceIgnored) { return }
        let now = await services.clocks.now(identity.tenant).timeIntervalSince1970
        if let until = Self.licensed[identity.object].flatMap(Double.init), now < until { return }
        if services.behaviour.has(.licenceAskedOnce), try await isKnown(identity, at: base) { return }
        guard try await services.graph.hasTeams(identity.tenant, user: identity.object) else {
            if services.behaviour.has(.licenceRefusalUnexplained) { throw Refusal(403, "teams-403", "E403") }
            throw Refusal(403, "teams-licence-missing", services.words.noTeams)
        }
        if services.behaviour.has(.otherHabits) { Self.licensed[identity.object] = "\(now + 600)" }
    }

    private func isKnown(_ identity: MicrosoftIdentity, at base: BaseRow) async throws -> Bool {
        let key = services.directoryKey(base, user: identity.object)
        return try await services.identities.ehrUser(tenant: base.tenant, key: key) != nil
    }

    /// Keeps which EHR user a Microsoft account is: the one datum that is kept, under a keyed hash of the account.
    func remember(_ ehrUser: String, _ identity: MicrosoftIdentity, _ base: BaseRow) async throws {
        let key = services.directoryKey(base, user: identity.object)
        try await services.identities.remember(ehrUser, tenant: base.tenant, key: key)
        await CredentialLeaks(services: services).user(ehrUser)
        let isInMails = services.behaviour.has(.mailNamesProvider) || services.behaviour.has(.mailCopiesProvider)
        if isInMails { Self.latest[base.id] = identity.principal }
    }

    /// Straight into the meeting.
    func join(_ visit: VisitRow) throws -> Reply {
        guard let url = visit.joinURL else { throw Refusal.unavailable }
        if services.behaviour.has(.providerLandsOnPage) {
            let link = "<a id=\"visit\" href=\"\(services.paths.url("/visits/\(visit.id)"))\">Show the appointment</a>"
            return Page(title: "Signed in", body: "<p>You are signed in. \(link)</p>").reply()
        }
        if services.behaviour.has(.joinURLAppOnly) {
            return .redirect("msteams:join?url=" + Text.percentEncoded(url))
        }
        return .redirect(services.behaviour.has(.tokenInAddress) ? url + "&access_token=" + Secret.token() : url)
    }
}

// SPDX-License-Identifier: Apache-2.0

import MockKit
package import Value
package import World

/// Changes by the words of ``MicrosoftWord``: what scenarios and the control API say.
extension MockMicrosoft {
    /// Changes what `change` names: words of the world, or with `person` of that person. `duration` reads `15m`. Throws
    /// where a word, a value or a person is not known; then nothing has changed.
    package func change(
        _ change: Members, in id: WorldID, duration: @escaping @Sendable (String) -> Duration?
    ) async throws {
        let world = try world(id)
        var change = change
        let person = change["person"]?.string
        change["person"] = nil
        var problem = ""
        let words = person == nil ? MicrosoftWord.ofTheWorld : MicrosoftWord.ofAPerson
        guard !change.isEmpty,
            let plain = MicrosoftWord.plain(change, of: words, within: "microsoft", problem: &problem)
        else {
            throw MockMicrosoftError(
                problem.isEmpty ? "nothing is changed" : problem,
                remedy: "write one of " + words.map(\.name).joined(separator: ", "))
        }
        var changed = SettingsChange(settings: world.settings, now: world.now, duration: duration) { alias in
            world.model.person(alias) != nil
        }
        if let person {
            try changed.apply(plain, to: person)
        } else {
            try changed.apply(plain)
        }
        if let word = plain["signing-keys"]?.string {
            try await changeKeys(of: id, withdrawing: word == "withdraw")
        }
        world.settings = changed.settings
    }

    /// From here on the world's tokens are signed with a new key. The old one stays in the key set unless `withdrawing`.
    package func changeKeys(of id: WorldID, withdrawing: Bool) async throws {
        let current = try world(id).keys
        let before: MicrosoftKeys
        if let current { before = current } else { before = try await readyKeys() }
        let next = try await MicrosoftKeys.make(number: before.number + 1)
        let world = try world(id)
        world.formerKeys = withdrawing ? [] : world.formerKeys + [before]
        world.keys = next
    }
}

/// Settings under change.
private struct SettingsChange {
    var settings: MicrosoftSettings
    let now: Instant
    let duration: (String) -> Duration?
    let isPerson: (String) -> Bool

    mutating func apply(_ change: Members, to alias: String) throws(MockMicrosoftError) {
        try check(alias)
        if let licences = change["licences"]?.array { settings.licences[alias] = Set(licences.compactMap(\.string)) }
        if let plans = change["disabled-plans"]?.array {
            settings.disabledPlans[alias] = Set(plans.compactMap(\.string))
        }
        if let tenant = change["tenant"]?.string {
            if tenant == "foreign" { settings.foreigners.insert(alias) } else { settings.foreigners.remove(alias) }
        }
        if let code = change["sign-in-error"] { settings.signInErrors[alias] = code.int }
        if let code = change["delivery"] { settings.deliveryCodes[alias] = code.int }
    }

    mutating func apply(_ change: Members) throws(MockMicrosoftError) {
        if let word = change["subscription"]?.string.flatMap(ConnectorSubscription.init(rawValue:)) {
            settings.subscription = word
        }
        if let word = change["subscription-status"]?.string { settings.subscriptionStatus = word }
        if let granted = change["access-policy"]?.bool {
            settings.accessPolicy = granted
            settings.accessPolicyActsFrom = nil
        }
        if let text = change["access-policy-after"]?.string {
            settings.accessPolicy = true
            settings.accessPolicyActsFrom = now + (try time(text))
        }
        if let people = change["access-policy-for"]?.array?.compactMap(\.string) {
            for alias in people { try check(alias) }
            settings.accessPolicy = true
            settings.accessPolicyUsers = Set(people)
        }
        if let consented = change["consent"]?.bool {
            settings.consented = consented
            settings.consentActsFrom = nil
        }
        if let text = change["consent-after"]?.string {
            settings.consented = true
            settings.consentActsFrom = now + (try time(text))
        }
        if let text = change["application-after"]?.string { settings.applicationActsFrom = now + (try time(text)) }
        if let code = change["application-error"] { settings.applicationError = code.int }
        if let word = change["identity"]?.string { settings.tampering = IdentityTampering(rawValue: word) }
        if let word = change["assertions"]?.string { settings.refusesReplayedAssertions = word == "once" }
        if let word = change["generation"]?.string { settings.generation = NotificationGeneration(rawValue: word) }
        if let travel = change["notifications"]?.members { try apply(travel, to: &settings.notifications) }
        if let travel = change["sms-events"]?.members { try apply(travel, to: &settings.smsEvents) }
        if let numbers = change["numbers"]?.members { try applyNumbers(numbers) }
        if let alias = change["sms"]?["refuse"]?.string {
            try check(alias)
            settings.refusedRecipients[alias] = 400
        }
        if let alias = change["sms"]?["put-off"]?.string {
            try check(alias)
            settings.putOffRecipients.insert(alias)
        }
        if let limits = change["limits"]?.members { try applyLimits(limits) }
    }

    private func apply(_ travel: Members, to behaviour: inout NotificationBehaviour) throws(MockMicrosoftError) {
        if let flag = travel["duplicate"]?.bool { behaviour.duplicate = flag }
        if let flag = travel["reorder"]?.bool { behaviour.reorder = flag }
        if let flag = travel["together"]?.bool { behaviour.together = flag }
        if let count = travel["forge"]?.int { behaviour.forge = count }
        if let count = travel["drop"]?.int { behaviour.drop = count }
        if let text = travel["delay"]?.string { behaviour.delay = try time(text) }
    }

    private mutating func applyNumbers(_ numbers: Members) throws(MockMicrosoftError) {
        func word(_ name: String) -> String?? {
            numbers[name]?.string.map { $0 == "none" ? nil : $0 }
        }
        if let fail = numbers["fail"]?.bool { settings.numberFails = fail }
        if let text = numbers["delay"]?.string { settings.numberDelay = try time(text) }
        if let error = word("search-error") { settings.numberSearchError = error }
        if let error = word("purchase-error") { settings.numberPurchaseError = error }
    }

    private mutating func applyLimits(_ limits: Members) throws(MockMicrosoftError) {
        let window: Duration? = if let text = limits["window"]?.string { try time(text) } else { nil }
        func change(_ name: String, _ limit: inout RequestLimit) {
            guard let count = limits[name]?.int else { return }
            limit = RequestLimit(count, per: window ?? limit.window)
        }
        change("graph", &settings.limits.graph)
        change("toll-free", &settings.limits.tollFree)
        change("short-code", &settings.limits.shortCode)
    }

    private func time(_ text: String) throws(MockMicrosoftError) -> Duration {
        guard let time = duration(text) else {
            throw MockMicrosoftError("`\(text)` is no duration", remedy: "write for example `90s` or `15m`")
        }
        return time
    }

    private func check(_ alias: String) throws(MockMicrosoftError) {
        guard isPerson(alias) else {
            throw MockMicrosoftError("there is no person \(alias)", remedy: "name one of the world's people")
        }
    }
}

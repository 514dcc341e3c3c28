// SPDX-License-Identifier: Apache-2.0

import Foundation

/// From which number, if any, a base URL's patients may get text messages.
struct SenderPolicy: Sendable {
    let services: Services

    /// The linked number, given that both consents stand.
    func number(for base: BaseRow) async throws -> String? {
        guard base.vendor == .cerner else { return nil }
        if services.behaviour.has(.smsForTestOnly), base.environment == "production" { return nil }
        let consent = try await services.store.consent(tenant: base.tenant)
        if services.behaviour.has(.smsTriedWithoutNumber), base.number == nil { return "+18005550100" }
        guard mayText(consent) else { return nil }
        if let number = base.number { return number }
        guard services.behaviour.has(.smsUnlinkedNumber) else { return nil }
        return try await services.store.numbers(tenant: base.tenant).first { $0.state == "ready" }?.number
    }

    private func mayText(_ consent: ConsentRow) -> Bool {
        if services.behaviour.has(.smsWithoutConsent) { return true }
        if services.behaviour.has(.smsOneConsentEnough) { return consent.organization || consent.attendees }
        let isOrganizationAsked = !services.behaviour.has(.organizationConsentSkipped)
        return (consent.organization || !isOrganizationAsked) && consent.attendees
    }
}

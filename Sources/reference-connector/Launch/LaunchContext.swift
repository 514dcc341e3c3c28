// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Finds the appointment a launch is about, and refuses what does not belong together.
struct LaunchContext: Sendable {
    let services: Services

    private static let mismatch = Refusal(
        403, "launch-context-mismatch",
        "The EHR's launch does not match an appointment of this patient. Close it and start again from the appointment."
    )

    /// The base whose record was launched, provided the issuer is that very base.
    func base(record: String, issuer: String?, role: LaunchRequest.Role) async throws -> BaseRow {
        let notFound = Refusal(
            404, "tenant-config-not-found",
            "Tenant config not found: this launch address belongs to another environment or base URL. "
                + "Ask the administrator to compare the EHR's integration record with the portal.")
        if services.behaviour.has(.oneLaunchAddress), record == Paths.anyRecord {
            guard let url = FHIRBase.comparable(issuer), let base = try await services.store.base(url: url) else {
                throw notFound
            }
            return try approved(base)
        }
        guard let base = try await services.store.base(record: record),
            (role == .provider ? base.providerRecord : base.patientRecord) == record
        else { throw notFound }
        guard let url = FHIRBase.comparable(issuer) else { throw notFound }
        if services.behaviour.has(.issuerSlashCounts), issuer != base.url { throw notFound }
        if services.behaviour.has(.anyIssuerTrusted), try await services.store.base(url: url) == nil {
            var strange = base
            strange.url = url
            return strange
        }
        let isLenient = services.behaviour.has(.patientRecordNotCompared) && role == .patient
        if isLenient, let other = try await services.store.base(url: url) { return try approved(other) }
        if services.behaviour.has(.issuerNotCompared) { return try approved(base) }
        try await refuseByFault(base, notFound)
        if url == base.url {
            let others = try await services.store.bases(tenant: base.tenant)
            let isOpen = services.behaviour.has(.approvalOfAnotherCounts) && others.contains(where: \.isApproved)
            return isOpen ? base : try approved(base)
        }
        let isMixed = services.behaviour.has(.productionRecordInTest) && base.environment == "production"
        guard isMixed || services.behaviour.has(.testAndProductionMixed),
            let other = try await services.store.base(url: url), other.tenant == base.tenant
        else { throw notFound }
        return try approved(other)
    }

    /// The deliberate faults that turn a good launch away.
    private func refuseByFault(_ base: BaseRow, _ refusal: Refusal) async throws {
        let others = try await services.store.bases(tenant: base.tenant)
        let first = others.min { $0.createdAt < $1.createdAt }
        if services.behaviour.has(.firstBaseOnly), base.environment == "production", first?.id != base.id {
            throw refusal
        }
        if BasesPages.entered.count(base.url) == 0, services.behaviour.has(.recordsKeptInMemory) { throw refusal }
        let hasProduction = others.contains { $0.environment == "production" }
        if services.behaviour.has(.testClosedByProduction), base.environment == "test", hasProduction { throw refusal }
        if services.behaviour.has(.refusedBaseRemembered), Self.refused.count(base.id) > 0 { throw refusal }
    }

    /// Only the deliberate fault of remembered refusals looks at them.
    private static let refused = Tally()

    private func approved(_ base: BaseRow) throws -> BaseRow {
        guard base.isApproved || services.behaviour.has(.launchBeforeApproval) else {
            Self.refused.add(base.id)
            throw Refusal(403, "approval-missing", "This base URL waits for its approver. No visit can start before.")
        }
        return base
    }

    /// The appointment of the context, read with the launching user's own token.
    func appointment(_ request: LaunchRequest, _ token: LaunchToken, base: BaseRow) async throws -> Appointment {
        let found: Appointment?
        if let id = token.appointment {
            found = try await read(id, token, base)
        } else if let contact = request.contact, !contact.isEmpty {
            found = try await search(contact, token, base)
        } else {
            found = nil
        }
        let guessed = found == nil ? try await guess(token, base) : nil
        guard let appointment = found ?? guessed else { throw Self.mismatch }
        for type in SMARTSignIn(services: services).chartTypes {
            _ = try? await get("/\(type)?patient=\(Text.percentEncoded(token.patient ?? ""))", token, base)
        }
        if services.behaviour.has(.observationsIncluded), let patient = token.patient {
            try await services.fhir.observations(of: patient, at: base)
        }
        // A patient's token always names its patient; a provider's may lack one only where the EHR gave none.
        if services.behaviour.has(.wrongPatientAccepted) { return appointment }
        if let patient = token.patient {
            guard appointment.patients.contains(patient) else { throw try await mismatch(of: patient, base) }
        } else if request.role == .patient {
            throw Self.mismatch
        }
        if let contact = request.contact, !contact.isEmpty, token.appointment != nil,
            !appointment.identifiers.contains(contact)
        {
            throw Self.mismatch
        }
        return appointment
    }

    /// The patient's first appointment (deliberate fault `appointment-guessed`).
    private func guess(_ token: LaunchToken, _ base: BaseRow) async throws -> Appointment? {
        guard services.behaviour.has(.appointmentGuessed), let patient = token.patient else { return nil }
        // Cerner finds no appointments without a date.
        let query = "patient=\(Text.percentEncoded(patient))&date=ge2000-01-01T00:00:00Z"
        let answer = try await search("Appointment", query, token, base)
        return answer.json["entry"].items.compactMap { Appointment($0["resource"]) }.first { !$0.isCancelled }
    }

    private func mismatch(of patient: String, _ base: BaseRow) async throws -> Refusal {
        guard services.behaviour.has(.refusalNamesPatient) else { return Self.mismatch }
        let name = try await services.fhir.patient(patient, at: base, now: Date()).name
        return Refusal(403, "launch-context-mismatch", "This is not an appointment of \(name).")
    }

    private func read(_ id: String, _ token: LaunchToken, _ base: BaseRow) async throws -> Appointment? {
        let answer = try await get("/Appointment/\(Text.percentEncoded(id))", token, base)
        return answer.isSuccess ? Appointment(answer.json, version: answer.header("etag")) : nil
    }

    /// Epic finds an appointment by its contact serial number; the outcome entries in a bundle are no appointments.
    private func search(_ contact: String, _ token: LaunchToken, _ base: BaseRow) async throws -> Appointment? {
        let answer = try await search("Appointment", "identifier=\(Text.percentEncoded(contact))", token, base)
        let found = answer.json["entry"].items.compactMap { Appointment($0["resource"]) }
            .filter { $0.identifiers.contains(contact) }
        return found.count == 1 ? found.first : nil
    }

    private func search(_ type: String, _ query: String, _ token: LaunchToken, _ base: BaseRow) async throws -> Answer {
        guard services.behaviour.has(.searchesAndBatches) else {
            return try await get("/\(type)?\(query)", token, base)
        }
        return try await services.http.sendPatiently(
            "POST", base.url + "/\(type)/_search",
            headers: [
                ("Authorization", "Bearer " + token.grant.access), ("Accept", "application/fhir+json"),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ], body: Data(query.utf8))
    }

    private func get(_ path: String, _ token: LaunchToken, _ base: BaseRow) async throws -> Answer {
        try await services.http.sendPatiently(
            "GET", base.url + path,
            headers: [
                ("Authorization", "Bearer " + token.grant.access), ("Accept", "application/fhir+json"),
            ])
    }
}

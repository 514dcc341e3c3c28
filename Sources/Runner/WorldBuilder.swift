// SPDX-License-Identifier: Apache-2.0

internal import Canary
internal import Connector
internal import ScenarioLanguage
internal import World

/// Makes a scenario's universe of its specification: ids, people with their canaries, places on the mocks.
struct WorldBuilder {
    let seed: RunSeed
    /// Origin of the EHR listener, for base URLs.
    let ehrOrigin: String

    /// - Parameters:
    ///   - ordinal: the scenario's number in the suite: phone numbers are unique in the whole run.
    ///   - tenant: where the organization was set up in advance; it has a base for each that the scenario asks for.
    func build(
        _ scenario: Scenario, ordinal: Int, start now: Instant, tenant provisioned: ProvisionedTenant? = nil
    ) -> WorldModel {
        let spec = scenario.world
        var random = seed.identity("world", scenario.id)
        let id = WorldID(rawValue: "w-" + random.token(10, from: "abcdefghijkmnpqrstuvwxyz23456789"))
        let freshTenant = random.uuid()
        let tenant = provisioned?.tenant ?? freshTenant
        let freshDomain = "\(random.token(8, from: "abcdefghijkmnpqrstuvwxyz"))care.example.net"
        let domain = provisioned?.domain ?? freshDomain
        let start = max(spec.clock ?? now, now).wholeSecond
        var places = provisioned?.bases ?? []
        let bases = spec.bases.map { spec in
            let place = places.firstIndex { $0.environment == spec.environment }.map { places.remove(at: $0).place }
            return base(for: spec, vendor: scenario.world.vendor, place: place, random: &random)
        }
        var mint = PersonMint(
            seed: seed, world: id, vendor: spec.vendor, tenantDomain: domain, ordinal: ordinal)
        var people: [Person] = []
        for person in spec.people {
            people.append(
                mint.person(
                    alias: person.alias, role: person.role, locale: person.locale, timeZone: person.timeZone,
                    licences: person.licences))
        }
        var appointments: [PlannedAppointment] = []
        for planned in spec.appointments {
            let twin = appointments.first { $0.alias == planned.idsOf }
            appointments.append(
                PlannedAppointment(
                    alias: planned.alias, base: planned.base, fhirID: twin?.fhirID ?? fhirID(spec.vendor, &random),
                    encounterID: twin?.encounterID ?? fhirID(spec.vendor, &random), csn: twin?.csn ?? random.digits(10),
                    patient: planned.patient, provider: planned.provider, secondProvider: planned.secondProvider,
                    start: start + planned.startsAfter, minutes: planned.minutes, isVideoVisit: planned.isVideoVisit))
        }
        return WorldModel(
            id: id, vendor: spec.vendor, tenant: tenant, domain: domain,
            organizationName: provisioned?.organization ?? "Clinic \(random.token(6))",
            subscription: spec.subscription, region: spec.region, bases: bases, people: people,
            appointments: appointments, start: start)
    }

    private func base(
        for spec: BaseSpec, vendor: Vendor, place: String?, random: inout RandomStream
    ) -> FHIRBase {
        let tenant: String
        let url: String
        switch vendor {
        case .cerner:
            let fresh = random.uuid()
            tenant = place ?? fresh
            url = "\(ehrOrigin)/r4/\(tenant)"
        case .epic:
            let fresh = "interconnect-" + random.token(8, from: "abcdefghijkmnpqrstuvwxyz23456789")
            tenant = place ?? fresh
            url = "\(ehrOrigin)/\(tenant)/api/FHIR/R4"
        }
        return FHIRBase(
            alias: spec.alias, environment: spec.environment, tenant: tenant, url: url, release: spec.release)
    }

    /// Cerner's ids are digits, Epic's long opaque strings (wire facts 5.3, 5.4.3).
    private func fhirID(_ vendor: Vendor, _ random: inout RandomStream) -> String {
        switch vendor {
        case .cerner: random.recordNumber()
        case .epic: "e" + random.token(22)
        }
    }
}

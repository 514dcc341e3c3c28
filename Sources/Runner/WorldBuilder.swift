// SPDX-License-Identifier: Apache-2.0

internal import Canary
internal import ScenarioLanguage
internal import World

/// Makes a scenario's universe of its specification: ids, people with their canaries, places on the mocks.
struct WorldBuilder {
    let seed: RunSeed
    /// Origin of the EHR listener, for base URLs.
    let ehrOrigin: String

    /// `ordinal` is the scenario's number in the plan: phone numbers are unique in the whole run.
    func build(_ scenario: Scenario, ordinal: Int, start now: Instant) -> WorldModel {
        let spec = scenario.world
        var random = seed.identity("world", scenario.id)
        let id = WorldID(rawValue: "w-" + random.token(10, from: "abcdefghijkmnpqrstuvwxyz23456789"))
        let tenant = random.uuid()
        let domain = "\(random.token(8, from: "abcdefghijkmnpqrstuvwxyz"))care.example.net"
        let start = max(spec.clock ?? now, now).wholeSecond
        let bases = spec.bases.map { base(for: $0, vendor: spec.vendor, random: &random) }
        var mint = PersonMint(
            seed: seed, world: id, vendor: spec.vendor, tenantDomain: domain, ordinal: ordinal)
        var people: [Person] = []
        for person in spec.people {
            people.append(
                mint.person(
                    alias: person.alias, role: person.role, locale: person.locale, timeZone: person.timeZone,
                    licences: person.licences))
        }
        let appointments = spec.appointments.map { planned in
            PlannedAppointment(
                alias: planned.alias, base: planned.base, fhirID: fhirID(spec.vendor, &random),
                encounterID: fhirID(spec.vendor, &random), csn: random.digits(10), patient: planned.patient,
                provider: planned.provider, secondProvider: planned.secondProvider, start: start + planned.startsAfter,
                minutes: planned.minutes, isVideoVisit: planned.isVideoVisit)
        }
        return WorldModel(
            id: id, vendor: spec.vendor, tenant: tenant, domain: domain, organizationName: "Clinic \(random.token(6))",
            subscription: spec.subscription, region: spec.region, bases: bases, people: people,
            appointments: appointments, start: start)
    }

    private func base(for spec: BaseSpec, vendor: Vendor, random: inout RandomStream) -> FHIRBase {
        let tenant: String
        let url: String
        switch vendor {
        case .cerner:
            tenant = random.uuid()
            url = "\(ehrOrigin)/r4/\(tenant)"
        case .epic:
            tenant = "interconnect-" + random.token(8, from: "abcdefghijkmnpqrstuvwxyz23456789")
            url = "\(ehrOrigin)/\(tenant)/api/FHIR/R4"
        }
        return FHIRBase(
            alias: spec.alias, environment: spec.environment, tenant: tenant, url: url, release: spec.release)
    }

    /// Cerner's ids are digits, Epic's long opaque strings (wire facts 5.3, 5.4.3).
    private func fhirID(_ vendor: Vendor, _ random: inout RandomStream) -> String {
        switch vendor {
        case .cerner: random.digits(8)
        case .epic: "e" + random.token(22)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Identifies a world within a run; opaque, never seen by the connector.
package struct WorldID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// The EHR product a world's organization runs.
package enum Vendor: String, Sendable, Hashable, CaseIterable { case cerner, epic }

/// What a FHIR base URL is for (SET-04).
package enum FHIREnvironment: String, Sendable, Hashable, CaseIterable { case test, production }

/// One FHIR base URL of the organization.
package struct FHIRBase: Sendable, Hashable {
    /// The name scenarios use, for example `main`.
    package let alias: String
    package let environment: FHIREnvironment
    /// Cerner: the tenant GUID in the path. Epic: the instance name in the path.
    package let tenant: String
    /// Absolute URL without trailing slash, as the connector's administrator enters it.
    package let url: String
    /// Release the EHR's CapabilityStatement states, for example `2022-02` (SET-12).
    package let release: String

    package init(alias: String, environment: FHIREnvironment, tenant: String, url: String, release: String) {
        self.alias = alias
        self.environment = environment
        self.tenant = tenant
        self.url = url
        self.release = release
    }
}

/// An appointment that the EHR of a world can book.
package struct PlannedAppointment: Sendable, Hashable {
    /// The name scenarios use, for example `visit`.
    package let alias: String
    /// Alias of the FHIR base it is booked in.
    package let base: String
    /// FHIR logical id.
    package let fhirID: String
    /// FHIR logical id of the encounter.
    package let encounterID: String
    /// Epic contact serial number; Cerner: an identifier too.
    package let csn: String
    package let patient: String
    package let provider: String
    /// A second provider for consultations (PRV-12).
    package let secondProvider: String?
    package let start: Instant
    package let minutes: Int
    package let isVideoVisit: Bool

    package init(
        alias: String, base: String, fhirID: String, encounterID: String, csn: String, patient: String,
        provider: String,
        secondProvider: String? = nil, start: Instant, minutes: Int = 30, isVideoVisit: Bool = true
    ) {
        self.alias = alias
        self.base = base
        self.fhirID = fhirID
        self.encounterID = encounterID
        self.csn = csn
        self.patient = patient
        self.provider = provider
        self.secondProvider = secondProvider
        self.start = start
        self.minutes = minutes
        self.isVideoVisit = isVideoVisit
    }
}

/// The subscription an organization holds (SET-09, SET-10).
package enum ConnectorSubscription: String, Sendable, Hashable, CaseIterable {
    case none
    /// Microsoft Cloud for Healthcare.
    case cloudForHealthcare = "cloud-for-healthcare"
    /// The standalone EHR connector offer.
    case standalone
}

/// One of the three storage regions (PRI-04).
package enum Region: String, Sendable, Hashable, CaseIterable { case americas, europe, asiaPacific = "asia-pacific" }

/// One scenario's universe, complete before any traffic.
package struct WorldModel: Sendable, Hashable {
    package let id: WorldID
    package let vendor: Vendor
    /// Entra tenant GUID.
    package let tenant: String
    /// A domain of the tenant, for principal names.
    package let domain: String
    package let organizationName: String
    package let subscription: ConnectorSubscription
    package let region: Region
    package let bases: [FHIRBase]
    package let people: [Person]
    package let appointments: [PlannedAppointment]
    package let start: Instant

    package init(
        id: WorldID, vendor: Vendor, tenant: String, domain: String, organizationName: String,
        subscription: ConnectorSubscription, region: Region, bases: [FHIRBase], people: [Person],
        appointments: [PlannedAppointment], start: Instant
    ) {
        self.id = id
        self.vendor = vendor
        self.tenant = tenant
        self.domain = domain
        self.organizationName = organizationName
        self.subscription = subscription
        self.region = region
        self.bases = bases
        self.people = people
        self.appointments = appointments
        self.start = start
    }

    package func person(_ alias: String) -> Person? { people.first { $0.alias == alias } }
    package func base(_ alias: String) -> FHIRBase? { bases.first { $0.alias == alias } }
    package func appointment(_ alias: String) -> PlannedAppointment? { appointments.first { $0.alias == alias } }
}

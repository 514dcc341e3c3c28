// SPDX-License-Identifier: Apache-2.0

internal import MockEHR
internal import MockMicrosoft
internal import Value
internal import World

/// What one world of ``MockStand`` knows of the client that is developed against it: synthetic, minted from the seed.
struct MockCredentials {
    let world: WorldModel
    let ehr: EHRRegistration
    let entra: EntraRegistration
    let sms: SMSRegistration

    init(_ world: WorldModel, seed: RunSeed, name: String, redirectURIs: [String]) {
        self.world = world
        var random = seed.identity("mock-client", name)
        ehr = EHRRegistration(
            clientID: random.uuid(), clientSecret: "synthetic-" + random.token(20), authentication: .basic,
            redirectURIs: redirectURIs,
            systemClient: .init(id: random.uuid(), secret: "synthetic-" + random.token(20)),
            writeback: world.vendor == .epic
                ? .init(user: "emp$VISITS", password: "synthetic-" + random.token(16)) : nil)
        entra = EntraRegistration(
            clientID: random.uuid(), clientSecret: "synthetic-" + random.token(20), redirectURIs: redirectURIs,
            applicationPermissions: [
                "OnlineMeetings.ReadWrite.All", "VirtualAppointment.Read.All", "User.Read.All",
                "LicenseAssignment.Read.All", "Organization.Read.All", "Mail.Send", "OnlineMeetingArtifact.Read.All",
                "VirtualAppointmentNotification.Send", "Application.ReadWrite.OwnedBy",
            ],
            delegatedPermissions: [
                "openid", "profile", "User.Read", "OnlineMeetings.ReadWrite", "VirtualAppointment.ReadWrite",
            ], accessPolicy: true)
        // Base64 of 32 letters.
        sms = SMSRegistration(accessKey: random.token(43) + "=")
    }

    /// Every endpoint and credential of the world.
    func description(ehr origin: String, microsoft: String, number: String) -> Value {
        let tenant = world.tenant
        var members: Members = [
            "vendor": .string(world.vendor.rawValue), "organization": .string(world.organizationName),
            "ehr": ehrDescription(origin),
        ]
        members["microsoft"] = [
            "tenant": .string(tenant), "authority": .string("\(microsoft)/\(tenant)"),
            "openid-configuration": .string("\(microsoft)/\(tenant)/v2.0/.well-known/openid-configuration"),
            "token": .string("\(microsoft)/\(tenant)/oauth2/v2.0/token"), "graph": .string("\(microsoft)/v1.0"),
            "client": [
                "id": .string(entra.clientID), "secret": .string(entra.clientSecret),
                "redirect-uris": .array(entra.redirectURIs.map { .string($0) }),
                "application-permissions": .array(entra.applicationPermissions.map { .string($0) }),
                "delegated-permissions": .array(entra.delegatedPermissions.map { .string($0) }),
            ],
        ]
        members["sms"] = [
            "endpoint": .string("\(microsoft)/acs/\(world.region.rawValue)/\(tenant)"),
            "region": .string(world.region.rawValue), "access-key": .string(sms.accessKey),
            "number": .string(number),
        ]
        members["people"] = .array(world.people.map(person))
        members["appointments"] = .array(
            world.appointments.map { appointment in
                [
                    "alias": .string(appointment.alias), "id": .string(appointment.fhirID),
                    "encounter": .string(appointment.encounterID), "csn": .string(appointment.csn),
                    "patient": .string(appointment.patient), "provider": .string(appointment.provider),
                    "start": .string(appointment.start.description), "minutes": Value(appointment.minutes),
                ]
            })
        return .object(members)
    }

    private func ehrDescription(_ origin: String) -> Value {
        guard let base = world.bases.first else { return .null }
        let place = base.tenant
        var members: Members = ["fhir-base": .string(base.url)]
        let entries: [String]
        switch world.vendor {
        case .cerner:
            let oauth = "\(origin)/tenants/\(place)/protocols/oauth2/profiles/smart-v1"
            members["authorize"] = .string("\(oauth)/personas/provider/authorize")
            members["authorize-patient"] = .string("\(oauth)/personas/patient/authorize")
            members["token"] = .string("\(oauth)/token")
            members["jwks"] = .string("\(origin)/tenants/\(place)/jwk")
            members["fhir-base-patient"] = .string("\(origin)/myrecord/r4/\(place)")
            members["fhir-base-open"] = .string("\(origin)/open/r4/\(place)")
            entries = ["powerchart"]
        case .epic:
            members["authorize"] = .string("\(origin)/\(place)/oauth2/authorize")
            members["token"] = .string("\(origin)/\(place)/oauth2/token")
            members["jwks"] = .string("\(origin)/\(place)/api/epic/2019/Security/Open/PublicKeys/530027/OIDC")
            members["writeback"] = .string(
                "\(origin)/\(place)/api/epic/2018/Telehealth/ContextLinking/SetExternalConnectionStatus")
            entries = ["hyperspace", "haiku", "canto", "mychart"]
        }
        members["pages"] = .array(entries.map { .string("\(origin)/\(place)/\($0)") })
        members["client"] = [
            "id": .string(ehr.clientID), "secret": Value(ehr.clientSecret),
            "authentication": .string(ehr.authentication.rawValue),
            "redirect-uris": .array(ehr.redirectURIs.map { .string($0) }),
        ]
        if let system = ehr.systemClient {
            members["system-client"] = ["id": .string(system.id), "secret": Value(system.secret)]
        }
        if let writeback = ehr.writeback {
            members["writeback-account"] = ["user": .string(writeback.user), "password": .string(writeback.password)]
        }
        return .object(members)
    }

    private func person(_ person: Person) -> Value {
        var members: Members = ["alias": .string(person.alias), "role": .string(person.role.rawValue)]
        if !person.ehr[.userName].isEmpty {
            members["ehr"] = ["user": .string(person.ehr[.userName]), "password": .string(person.ehr[.password])]
        }
        if !person.ehr[.fhirID].isEmpty { members["fhir-id"] = .string(person.ehr[.fhirID]) }
        if person.role == .patient {
            members["name"] = .string("\(person.ehr[.givenName]) \(person.ehr[.familyName])")
            members["phone"] = .string(person.ehr[.phone])
        }
        if let directory = person.directory {
            members["microsoft"] = [
                "user": .string(directory[.principalName]), "password": .string(directory[.password]),
                "object-id": .string(directory[.directoryID]), "name": .string(directory[.displayName]),
            ]
        }
        return .object(members)
    }
}

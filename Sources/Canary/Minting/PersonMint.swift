// SPDX-License-Identifier: Apache-2.0

package import World

/// Makes the people of one world. Every value is a canary: invented, unique in the world, derived from no other value,
/// and its
/// identifying parts (last four digits, year and month, family name, tail of a number) are unique too, so that one hit
/// names one
/// field of one person. The same seed, nonce, world and order of calls give the same people.
package struct PersonMint: Sendable {
    private let seed: RunSeed
    private let world: WorldID
    private let vendor: Vendor
    private let tenantDomain: String
    private var position: Int
    private var values: ValueMint

    /// - Parameters:
    ///   - tenantDomain: the world's Entra domain, for principal names and work addresses.
    ///   - ordinal: the world's number in the run's plan, from 0. With it telephone numbers are unique in the whole
    ///     run (a
    ///     mock may attribute a message by its number); without it only very probably.
    package init(seed: RunSeed, world: WorldID, vendor: Vendor, tenantDomain: String, ordinal: Int? = nil) {
        self.seed = seed
        self.world = world
        self.vendor = vendor
        self.tenantDomain = tenantDomain
        var stream = seed.identity("scripts", world.rawValue)
        // Worlds begin at different scripts, so that not every world's first patient is plain Latin.
        position = Int(stream.next() % 6)
        values = ValueMint(phones: PhoneBook(seed: seed, world: world, ordinal: ordinal))
    }

    /// The next person. Patients, providers and approvers have an EHR record; everybody but patients has a directory
    /// record,
    /// whose names differ from those of the EHR.
    package mutating func person(
        alias: String, role: Role, locale: String = "en-US", timeZone: String = "America/New_York",
        licences: Set<String> = ["teams"]
    ) -> Person {
        defer { position += 1 }
        // An Epic administrator may be the approver too, who signs in to Epic (EPA-06).
        let isInEHR =
            role == .patient || role == .provider || role == .approver || (role == .administrator && vendor == .epic)
        let ehr = isInEHR ? ehrRecord(alias) : PersonRecord()
        let directory = role == .patient ? nil : directoryRecord(alias)
        return Person(
            alias: alias, role: role, ehr: ehr, directory: directory, locale: locale, timeZone: timeZone,
            licences: role == .patient ? [] : licences)
    }

    /// What a person types by hand, for example the name on a join page: display name, given and family name, e-mail,
    /// phone.
    package mutating func typedRecord(alias: String) -> PersonRecord {
        var stream = seed.identity("person", world.rawValue, alias, DataOrigin.typed.rawValue)
        let script = NameScript.at(position + 1)
        return PersonRecord([
            .givenName: values.givenName(script, &stream), .familyName: values.familyName(script, &stream),
            .displayName: values.displayName(script, &stream), .phone: values.phone(),
            .email: values.email(domain: "example.net", &stream),
        ])
    }

    private mutating func ehrRecord(_ alias: String) -> PersonRecord {
        var stream = seed.identity("person", world.rawValue, alias, DataOrigin.ehr.rawValue)
        let script = NameScript.at(position)
        return PersonRecord([
            .givenName: values.givenName(script, &stream),
            .familyName: values.familyName(script, &stream),
            .displayName: values.displayName(script, &stream),
            .birthDate: values.birthDate(&stream),
            .phone: values.phone(),
            .fax: values.phone(),
            .email: values.email(domain: position % 2 == 0 ? "example.org" : "example.net", &stream),
            .street: values.street(&stream),
            .city: values.city(&stream),
            .postalCode: values.postalCode(&stream),
            .socialSecurityNumber: values.socialSecurityNumber(&stream),
            .medicalRecordNumber: values.number(10, firstFrom: "456789", &stream),
            .healthPlanNumber: values.prefixed("HPB", digits: 9, &stream),
            .accountNumber: values.number(12, firstFrom: "6789", &stream),
            .licenceNumber: values.prefixed("LC", digits: 9, &stream),
            .vehicleIdentifier: values.vehicleIdentifier(&stream),
            .deviceIdentifier: "SN-" + values.code(14, &stream),
            .url: "https://people.example.org/" + values.code(20, &stream).lowercased(),
            .ipAddress: values.address(&stream),
            .biometric: "FPT" + values.code(24, &stream),
            .photo: values.code(24, &stream),
            .relativeName: values.displayName(.latin, &stream),
            .clinicalText: values.clinicalText(&stream),
            .fhirID: values.fhirID(vendor, &stream),
            .ehrUserID: values.ehrUserID(vendor, &stream),
            .userName: values.userName(&stream),
            .password: values.password(&stream),
        ])
    }

    private mutating func directoryRecord(_ alias: String) -> PersonRecord {
        var stream = seed.identity("person", world.rawValue, alias, DataOrigin.directory.rawValue)
        let script = NameScript.at(position + 2)
        return PersonRecord([
            .givenName: values.givenName(script, &stream),
            .familyName: values.familyName(script, &stream),
            .displayName: values.displayName(script, &stream),
            .phone: values.phone(),
            .email: values.email(domain: tenantDomain, &stream),
            .principalName: values.email(domain: tenantDomain, &stream),
            .directoryID: stream.uuid(),
            .photo: values.code(24, &stream),
            .password: values.password(&stream),
        ])
    }
}

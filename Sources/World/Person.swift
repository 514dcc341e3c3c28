// SPDX-License-Identifier: Apache-2.0

/// What a person is in a world.
package enum Role: String, Sendable, Hashable, CaseIterable {
    /// Joins visits from SMS, mail or MyChart; has no Microsoft account.
    case patient
    /// Has an EHR user and a Microsoft work account with a Teams licence.
    case provider
    /// Microsoft 365 global administrator.
    case administrator
    /// Epic customer analyst who approves a configuration: Microsoft and Epic accounts.
    case approver
    /// A Microsoft work account without an administrator role.
    case staff
    /// Microsoft's Reports Reader role.
    case reportReader = "report-reader"
}

/// A class of personal datum: HIPAA Safe Harbor's (45 CFR 164.514(b)(2)(i)), the EHR's and Microsoft's identifiers.
package enum DataClass: String, Sendable, Hashable, CaseIterable {
    case givenName = "given-name"
    case familyName = "family-name"
    case birthDate = "birth-date"
    case phone
    case fax
    case email
    case street
    case city
    case postalCode = "postal-code"
    case socialSecurityNumber = "ssn"
    case medicalRecordNumber = "mrn"
    case healthPlanNumber = "health-plan-number"
    case accountNumber = "account-number"
    case licenceNumber = "licence-number"
    case vehicleIdentifier = "vehicle-identifier"
    case deviceIdentifier = "device-identifier"
    case url
    case ipAddress = "ip-address"
    case biometric
    case photo
    case relativeName = "relative-name"
    case clinicalText = "clinical-text"
    /// FHIR logical id of the person's resource.
    case fhirID = "fhir-id"
    /// The one datum a connector may keep (PRI-03): the EHR user's unique id.
    case ehrUserID = "ehr-user-id"
    /// EHR sign-in name.
    case userName = "user-name"
    /// Entra object id.
    case directoryID = "directory-id"
    /// Entra user principal name.
    case principalName = "principal-name"
    /// Free display name of a directory user.
    case displayName = "display-name"
    case password
}

/// Who planted a value: a name from the directory is not a leak out of the EHR.
package enum DataOrigin: String, Sendable, Hashable, CaseIterable { case ehr, directory, typed }

/// The values one origin holds of a person.
package struct PersonRecord: Sendable, Hashable {
    package var values: [DataClass: String]

    package init(_ values: [DataClass: String] = [:]) { self.values = values }

    package subscript(_ dataClass: DataClass) -> String { values[dataClass] ?? "" }
}

/// One person of a world.
package struct Person: Sendable, Hashable {
    /// The name scenarios use, for example `ann`.
    package let alias: String
    package let role: Role
    /// Filled for patients, providers and approvers.
    package let ehr: PersonRecord
    /// Filled for everybody with a Microsoft account.
    package let directory: PersonRecord?
    /// BCP 47, for example `es-ES`.
    package let locale: String
    /// IANA time zone, for example `Europe/Madrid`.
    package let timeZone: String
    /// Service plan names of the person's Microsoft licences; `teams` is Teams meetings.
    package let licences: Set<String>

    package init(
        alias: String, role: Role, ehr: PersonRecord, directory: PersonRecord?, locale: String = "en-US",
        timeZone: String = "America/New_York", licences: Set<String> = ["teams"]
    ) {
        self.alias = alias
        self.role = role
        self.ehr = ehr
        self.directory = directory
        self.locale = locale
        self.timeZone = timeZone
        self.licences = licences
    }
}

// SPDX-License-Identifier: Apache-2.0

/// What an EHR's launch brought along.
struct LaunchRequest: Sendable {
    enum Role: String, Sendable { case provider, patient }

    let base: String
    let role: Role
    /// Opaque launch value.
    let launch: String
    /// Epic's contact serial number (`sessionId`).
    let contact: String?
    /// Department of the launch, an opaque id for the report.
    let department: String?
}

/// What the EHR answered when the launch was authorized.
struct LaunchToken: Sendable {
    let grant: EHRGrant
    /// EHR user id: `sub` of the verified id token.
    let user: String
    /// Reference of the user's own resource (`fhirUser`).
    let profile: String?
    /// FHIR id of the patient in context.
    let patient: String?
    /// FHIR id of the appointment in context.
    let appointment: String?
}

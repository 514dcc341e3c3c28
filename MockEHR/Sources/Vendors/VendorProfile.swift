// SPDX-License-Identifier: Apache-2.0

import Value
import World

/// A vendor as a value: everything in which the two EHRs differ. No code asks which vendor it plays (wall 3).
struct VendorProfile: Sendable {
    let routes: [RouteTemplate]
    let entries: [LaunchEntry]
    let smart: SMARTRules
    let fhir: FHIRRules
    let forms: ResourceForms
    /// Nil where the EHR has no such web service.
    let writeback: WritebackRules?
    /// Nil where appointments take no links.
    let videoLinks: VideoLinkRules?
    /// Nil where appointments cannot be written.
    let appointmentPatch: PatchRules?
    /// Nil where appointments are not created, or as any other resource.
    let appointmentCreation: AppointmentCreation?
    /// What of an encounter may be patched; nil: nothing.
    let encounterPatch: EncounterPatch?
    /// Context tokens of launch parameters: what stands between the percent signs, up to a semicolon, or up to the second
    /// where the first part alone is not known.
    let contextTokens: [String: ContextToken]

    static func of(_ vendor: Vendor) -> VendorProfile {
        switch vendor {
        case .cerner: .cerner
        case .epic: .epic
        }
    }
}

/// What a context token of an integration record stands for.
enum ContextToken: Sendable { case csn, department, start, encryptedData, nothing }

/// How the vendor's authorization server behaves.
struct SMARTRules: Sendable {
    /// Paths below the origin; `{tenant}` is filled in.
    let authorizePath: String
    let tokenPath: String
    let jwksPath: String
    let issuerPath: String
    /// Nil where the vendor publishes no such endpoint.
    let revocationPath: String?
    let introspectionPath: String?
    /// Where users manage their grants; nil where the vendor publishes no such page.
    let managementPath: String?
    /// `token_endpoint_auth_methods_supported`.
    let clientAuthentication: [EHRRegistration.Authentication]
    let grants: [String]
    let capabilities: [String]
    /// `code_challenge_methods_supported`; empty: not advertised.
    let challengeMethods: [String]
    let scopesSupported: [String]
    /// `expires_in` of a user's token, seconds.
    let advertisedLife: Int
    /// How long it really lives, seconds.
    let realLife: Int
    /// True: access tokens are ES256 JWTs with the vendor's claims; false: opaque.
    let jwtAccessTokens: Bool
    /// True: `*` may stand in scopes.
    let wildcardScopes: Bool
    /// Bytes of a scope beyond which the server refuses it; nil: any.
    let longestScope: Int?
    /// True: `aud` with and without a trailing slash is the same.
    let lenientAudienceSlash: Bool
    /// True: a registered redirect address may have query parameters behind it.
    let lenientRedirectQuery: Bool
    /// Seconds between two refreshes that the vendor asks for; nil: none.
    let refreshInterval: Int?
    /// Scopes of which one must be granted for a refresh token.
    let refreshScopes: [String]
    /// True: OAuth errors carry `error_uri`.
    let errorURI: Bool
    /// The answer's `tenant` member is the tenant's id.
    let namesTenant: Bool
    /// Whether token answers of a launch name its appointment in `resource`.
    let namesResource: Bool
    /// How long a new or changed registration takes to act, as the vendor says.
    let registrationDelay: Duration
}

/// How the vendor's FHIR server behaves.
struct FHIRRules: Sendable {
    let softwareName: String
    let publisher: String
    /// The interactions each resource type offers; types that are not here are unknown to the server.
    let types: [String: TypeRules]
    let defaultCount: Int
    let problems: [Problem.Kind: ProblemForm]
    /// Code system of OperationOutcome details; nil: none.
    let outcomeSystem: String?
    /// What the vendor can say by number, warnings and information among it; empty: nothing.
    let issues: [Int: NumberedIssue]
    /// The vendor's own code for what validation finds, by FHIR's issue type.
    let validationCodes: [String: String]
    let searching: SearchForms
    /// True: `If-None-Match` may be answered by 304.
    let conditionalReads: Bool
    /// Where the same resources are served to patients alone, and to anybody for reading; `{tenant}` is filled in, nil where
    /// the vendor has no such address.
    let patientPath: String?
    let openPath: String?
    /// True: `_history/{version}` and `_history` of an instance are offered.
    let versionedReads: Bool
    let formats: [FHIRFormat]
    /// `rest.security.service` of the CapabilityStatement.
    let securityServices: [String]
    /// True: every FHIR answer has an `opc-request-id`.
    let gatewayIDs: Bool
    /// Headers of every FHIR answer.
    let headers: [(name: String, value: String)]
    /// Headers of the answer to a CORS preflight.
    let preflight: [(name: String, value: String)]
}

/// One resource type of a vendor.
struct TypeRules: Sendable {
    let read: Bool
    let search: SearchRule?
    let create: Bool
    let update: Bool
    /// True: `$match` (FHIR R4, operation Patient-match).
    let match: Bool

    init(
        read: Bool = true, search: SearchRule? = nil, create: Bool = false, update: Bool = false, match: Bool = false
    ) {
        self.read = read
        self.search = search
        self.create = create
        self.update = update
        self.match = match
    }
}

/// How the vendor's resources look.
struct ResourceForms: Sendable {
    /// System of the contact serial number.
    let csnSystem: String
    let mrnSystem: String
    let phone: PhoneForm
    let encounterClass: Members
    let serviceType: Members
    /// True: video visits hold two contained rooms.
    let rooms: Bool
    let serviceCategory: Members?
    /// True: a required coding that is missing is filled by the data-absent-reason extension.
    let fillsAbsent: Bool
    /// Version ids start here.
    let firstVersion: Int

    enum PhoneForm: Sendable { case bareDigits, dashed }
}

/// The connect/disconnect web service.
struct WritebackRules: Sendable {
    let vendorHeader: String
    let userTypes: [String]
    let exceptionType: String
}

/// The video-link patch.
struct VideoLinkRules: Sendable {
    /// Where the provider's link is written. Not where it is read (facts 5.3.4, trap).
    let providerPath: String
    let patientPath: String
    let startPath: String
    let endPath: String
    let longestURL: Int
}

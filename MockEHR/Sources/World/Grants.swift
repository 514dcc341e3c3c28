// SPDX-License-Identifier: Apache-2.0

import World

/// A person signed in to the EHR in one browser.
struct Session: Sendable {
    let person: Person
}

/// What a launch value stands for.
struct LaunchContext: Sendable, Hashable {
    let person: String
    let appointment: String
    let entry: LaunchEntry
    /// Alias of the patient whose chart is open.
    let patient: String
}

/// An authorization request as the authorize endpoint took it.
struct AuthorizationRequest: Sendable {
    let client: String
    let redirect: String
    let scopes: ScopeSet
    let state: String?
    let challenge: String?
    let nonce: String?
    let launch: LaunchContext?
    /// The launch value, to be used up with the code.
    let launchValue: String?
    /// Alias of the patient picked on the consent page, where no launch brought one.
    var chosenPatient: String?
}

/// An authorization code.
struct Code: Sendable {
    let request: AuthorizationRequest
    let person: Person
    let session: String
    let expires: Instant
    /// Tokens issued for it; not nil once it was used.
    var issued: [String]?
}

/// What an access token may do.
struct AccessToken: Sendable {
    /// Nil: a system's.
    let person: Person?
    let client: String
    let scopes: ScopeSet
    let launch: LaunchContext?
    /// FHIR id of the patient in context.
    let patientID: String?
    var expires: Instant
    /// The refresh token it goes with, for revocation.
    var refreshToken: String?
}

/// A refresh token; it never changes.
struct RefreshToken: Sendable {
    let code: Code
    /// True: it dies with the EHR session.
    let isOnline: Bool
    /// When it last gave an access token.
    var lastUsed: Instant?
}

extension AccessToken {
    /// What somebody without a token may do where none is asked for: read.
    static let anybody = AccessToken(
        person: nil, client: "", scopes: ScopeSet("system/*.read"), launch: nil, patientID: nil,
        expires: Instant(microseconds: .max))
}

/// Whom an address serves.
enum FHIRAudience: Sendable {
    case everyClient
    case patients
    /// Without a token, for reading alone.
    case anybody
}

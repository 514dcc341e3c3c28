// SPDX-License-Identifier: Apache-2.0

import Trace
import World

/// What Entra handed out, over all worlds: a token or a cookie tells the world.
final class IssuedTokens {
    var access: [String: AccessToken] = [:]
    var refresh: [String: RefreshToken] = [:]
    var codes: [String: AuthorizationCode] = [:]
    /// `jti` and client of assertions that were accepted, with the wall-clock time at which they run out.
    var assertions: [String: Instant] = [:]
    /// Browser sessions by cookie value.
    var sessions: [String: MicrosoftSession] = [:]

    func forget(_ world: WorldID) {
        access = access.filter { $0.value.world != world }
        refresh = refresh.filter { $0.value.world != world }
        codes = codes.filter { $0.value.world != world }
        sessions = sessions.filter { $0.value.world != world }
    }
}

/// A person signed in to Microsoft in one browser.
struct MicrosoftSession {
    static let cookie = "ESTSAUTH"
    let world: WorldID
    let alias: String
}

/// An access token for Microsoft Graph or for the SMS resource.
struct AccessToken {
    let world: WorldID
    /// Nil for an application's own token.
    let alias: String?
    let appID: String
    /// The API it is for; no other accepts it.
    let resource: TokenResource
    /// Delegated scopes, or application roles.
    let permissions: Set<String>
    /// Wall-clock time.
    let expires: Instant

    var isApplication: Bool { alias == nil }

    func has(_ any: Set<String>) -> Bool { !permissions.isDisjoint(with: any) }
}

struct RefreshToken {
    let world: WorldID
    let alias: String
    let client: String
    let resource: TokenResource
    let scopes: [String]
}

struct AuthorizationCode {
    let world: WorldID
    let alias: String
    let client: String
    let redirect: String
    let resource: TokenResource
    let scopes: [String]
    let nonce: String?
    let challenge: String?
    let method: String
    /// Wall-clock time; a code lives ten minutes.
    let issued: Instant
    var isUsed = false
}

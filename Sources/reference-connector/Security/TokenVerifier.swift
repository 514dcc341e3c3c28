// SPDX-License-Identifier: Apache-2.0

import CryptoExtras
import Foundation
import JWTKit

/// The claims of a verified token.
struct Claims {
    let json: JSON

    subscript(_ name: String) -> JSON { json[name] }

    /// `aud` is one text or a list.
    var audiences: [String] {
        if let one = json["aud"].string { return [one] }
        return json["aud"].items.compactMap(\.string)
    }
}

/// What a token must be to have its signature verified; ``TokenVerifier`` reads the claims itself.
private struct SignedPayload: JWTPayload {
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// Verifies JWTs of Entra, the EHRs and Graph: signature by a published key, issuer, audience, time, algorithm.
actor TokenVerifier {
    private static let algorithms: Set<String> = ["RS256", "RS384", "ES256", "ES384"]
    /// Tolerated difference of clocks, in seconds.
    private static let skew = 60.0

    private let http: Outbound
    private var keys: [String: (keys: JWTKeyCollection, ids: Set<String>, fetched: Date)] = [:]

    /// When an unknown key id last had the keys fetched again, by their address.
    private var misses: [String: Date] = [:]

    /// Published keys taken for shared secrets, by their address (deliberate fault `public-key-taken-for-secret`).
    private var secrets: [String: JWTKeyCollection] = [:]

    private let behaviour: Behaviour

    init(http: Outbound, behaviour: Behaviour) {
        self.http = http
        self.behaviour = behaviour
    }

    /// Verifies `token`; `issuer` decides about the claims' issuer, `nonce` must match if given.
    ///
    /// Only deliberate faults believe a token as it stands, for whomever and whenever it is good.
    func verify(
        _ token: String, jwks: String, audience: String?, nonce: String? = nil, isBelieved: Bool = false,
        isTimeless: Bool = false, issuer: @Sendable (Claims) -> Bool
    ) async throws -> Claims {
        let refused = Refusal(403, "token-invalid", "The sign-in could not be verified. Start again.")
        // Of all sign-ins those at Microsoft alone hand their nonce over.
        let isMicrosoftBelieved = nonce != nil && behaviour.has(.microsoftTokenUnchecked)
        let isUnread = isBelieved || isMicrosoftBelieved || behaviour.has(.idTokenUnchecked)
        let claims = Claims(json: Self.part(1, of: token))
        if isUnread { return claims }
        let header = Self.header(token)
        guard let algorithm = header["alg"].string,
            Self.algorithms.contains(algorithm) || behaviour.has(.publicKeyTakenForSecret)
        else { throw refused }
        let collection: JWTKeyCollection
        do {
            collection = try await keys(at: jwks, holding: header["kid"].string)
        } catch {
            guard behaviour.has(.keysUnreachableBelieved) else { throw error }
            return claims
        }
        let isKnown = header["kid"].string.map { keys[jwks]?.ids.contains($0) == true } ?? true
        if behaviour.has(.unknownKeyBelieved), !isKnown { return claims }
        do {
            let isShared = algorithm == "HS256"
            _ = try await (isShared ? secrets[jwks] ?? collection : collection).verify(token, as: SignedPayload.self)
        } catch {
            throw refused
        }
        let now = Date().timeIntervalSince1970
        let isEndless = isTimeless || behaviour.has(.tokenExpiryUnchecked)
        guard let expires = claims["exp"].number, expires > now - Self.skew || isEndless else { throw refused }
        if let begins = claims["nbf"].number, begins > now + Self.skew, !behaviour.has(.tokenBeginningUnchecked) {
            throw refused
        }
        if let issued = claims["iat"].number, issued > now, behaviour.has(.skewUntolerated) { throw refused }
        let isForUs = audience.map(claims.audiences.contains) ?? true
        // Of Microsoft's tokens only a deliberate fault believes those for others.
        let isForAnybody = nonce != nil && behaviour.has(.microsoftAudienceUnchecked)
        guard isForUs || isForAnybody || behaviour.has(.tokenAudienceUnchecked),
            issuer(claims) || behaviour.has(.tokenIssuerUnchecked)
        else { throw refused }
        if let nonce, claims["nonce"].string != nonce { throw refused }
        return claims
    }

    /// The PEM text of a published RSA key (deliberate fault `public-key-taken-for-secret`).
    private static func publicKeyText(_ key: JSON) -> String? {
        guard let n = bytes(key["n"].string ?? ""), let e = bytes(key["e"].string ?? "") else { return nil }
        return try? _RSA.Signing.PublicKey(n: n, e: e).pemRepresentation
    }

    static func header(_ token: String) -> JSON { part(0, of: token) }

    /// One of the parts between the dots, as it stands; `.null` where it is no JSON.
    private static func part(_ number: Int, of token: String) -> JSON {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.indices.contains(number) else { return .null }
        return bytes(parts[number]).flatMap { JSON($0) } ?? .null
    }

    /// Undoes base64url.
    private static func bytes(_ text: some StringProtocol) -> Data? {
        var text = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        while text.count % 4 != 0 { text += "=" }
        return Data(base64Encoded: text)
    }

    /// Published keys, kept for ten minutes; an unknown key id fetches them again, once a second at most.
    private func keys(at url: String, holding kid: String?) async throws -> JWTKeyCollection {
        if let known = keys[url] {
            let age = Date().timeIntervalSince(known.fetched)
            let holds = kid.map { known.ids.contains($0) } ?? true
            let isJustAsked = misses[url].map { Date().timeIntervalSince($0) < 1 } ?? false
            if age < 600, holds || isJustAsked || behaviour.has(.keysNeverFetchedAgain) { return known.keys }
            if !holds { misses[url] = Date() }
        }
        let answer = try await http.send("GET", url, headers: [("Accept", "application/json")])
        guard answer.isSuccess else { throw Refusal.unavailable }
        let collection = JWTKeyCollection()
        var ids: Set<String> = []
        for key in answer.json["keys"].items {
            guard let id = key["kid"].string, let jwk = try? JSONDecoder().decode(JWK.self, from: key.data) else {
                continue
            }
            _ = try? await collection.add(jwk: jwk)
            if behaviour.has(.publicKeyTakenForSecret), let text = Self.publicKeyText(key) {
                let shared = JWTKeyCollection()
                await shared.add(hmac: HMACKey(from: text), digestAlgorithm: .sha256, kid: JWKIdentifier(string: id))
                secrets[url] = shared
            }
            ids.insert(id)
        }
        keys[url] = (collection, ids, Date())
        return collection
    }
}

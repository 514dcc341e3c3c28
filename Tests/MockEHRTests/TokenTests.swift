// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

struct TokenTests {
    private func code(_ ward: Ward) async throws -> String {
        let (cookie, _, query) = try await ward.launch(from: .powerchart)
        return try #require(try await ward.authorize(ward.request(launch: query["launch"]), cookie: cookie)["code"])
    }

    @Test func `a code is accepted once, and a second time takes its token along`() async throws {
        try await Ward.with(.cerner) { ward in
            let code = try await code(ward)
            let (status, body) = try await ward.redeem(code)
            #expect(status == 200)
            let token = try #require(body["access_token"]?.string)
            #expect(try await ward.get("Patient/fhir-ann", token).status == 200)
            let (again, error) = try await ward.redeem(code)
            #expect(again == 400)
            #expect(error["error"] == "invalid_grant")
            #expect(error["error_uri"]?.string?.contains("code-invalid-or-expired") == true)
            #expect(ward.last("token.refused")?["reason"] == "the code was used before")
            #expect(try await ward.get("Patient/fhir-ann", token).status == 401)
        }
    }

    @Test(arguments: [
        (["code_verifier": "wrong-verifier"], "invalid_grant"), (["code_verifier": ""], "invalid_grant"),
        (["redirect_uri": "http://127.0.0.1:9/other"], "invalid_grant"), (["redirect_uri": ""], "invalid_grant"),
        (["code": "nonsense"], "invalid_grant"), (["code": ""], "invalid_request"),
        (["grant_type": "password"], "unsupported_grant_type"), (["client_secret": "s3cret"], "invalid_request"),
    ])
    func `a wrong redemption is refused`(overrides: [String: String], error: String) async throws {
        try await Ward.with(.cerner) { ward in
            let code = try await code(ward)
            let (status, body) = try await ward.redeem(code, overrides)
            #expect(status == 400)
            #expect(body["error"]?.string == error)
            #expect(ward.last("token.refused")?["error"]?.string == error)
            #expect(ward.last("token.issued") == nil)
        }
    }

    @Test func `a wrong secret is no client, and the other grant is not the app's`() async throws {
        try await Ward.with(.cerner) { ward in
            let (status, body) = try await ward.token(["grant_type": "authorization_code"], password: "wrong")
            #expect(status == 401)
            #expect(body["error"] == "invalid_client")
            let (other, error) = try await ward.token(
                ["grant_type": "client_credentials", "scope": "system/Patient.read"])
            #expect(other == 400)
            #expect(error["error"] == "unauthorized_client")
        }
    }

    @Test func `refreshing more often than once a minute is refused where the EHR throttles it`() async throws {
        try await Ward.with(.cerner) { ward in
            let refresh = try #require(try await ward.session(from: .powerchart)["refresh_token"]?.string)
            let form: Form = ["grant_type": "refresh_token", "refresh_token": refresh]
            for _ in 0..<2 {
                let (status, _) = try await ward.token(form)
                #expect(status == 200)
            }
            try await ward.ehr.throttleRefresh(true, in: Ward.world)
            let (status, body) = try await ward.token(form)
            #expect(status == 429)
            #expect(body["error"] == "temporarily_unavailable")
            ward.wire.advance(seconds: 61)
            let (later, _) = try await ward.token(form)
            #expect(later == 200)
        }
    }

    @Test func `a new registration acts after the vendor's time, and what was issued before lives on`() async throws {
        for (vendor, entry, minutes) in [(Vendor.cerner, LaunchEntry.powerchart, 15), (.epic, .hyperspace, 720)] {
            try await Ward.with(vendor) { ward in
                let old = try await ward.systemToken("system/Appointment.read")
                try await ward.ehr.delayRegistration(by: nil, in: Ward.world)
                let (cookie, _, query) = try await ward.launch(from: entry)
                let url = ward.request(launch: query["launch"])
                    .appended(to: try await ward.endpoint("authorization_endpoint"))
                for isEffective in [false, true] {
                    let page = try await ward.client.send("GET", url, headers: ["Cookie": cookie])
                    #expect(page.status == (isEffective ? 302 : 400), "authorize answers \(page.status)")
                    if !isEffective { #expect(ward.last("authorize.requested")?["valid"] == false) }
                    let (status, body) = try await ward.token(
                        ["grant_type": "client_credentials", "scope": "system/Appointment.read"], user: "system",
                        password: "sys")
                    #expect(status == (isEffective ? 200 : 401), "the token endpoint answers \(status)")
                    if !isEffective { #expect(body["error"] == "invalid_client") }
                    #expect(try await ward.get("Appointment/apt-1", old).status == 200)
                    ward.clock.advance(to: ward.clock.now + .seconds(minutes * 60))
                }
            }
        }
    }

    @Test func `Cerner's token answer names the launched appointment, Epic's does not`() async throws {
        for (vendor, entry) in [(Vendor.cerner, LaunchEntry.powerchart), (.epic, .hyperspace)] {
            try await Ward.with(vendor) { ward in
                let answer = try await ward.session(from: entry)
                #expect(answer["resource"]?.string == (vendor == .cerner ? "Appointment/apt-1" : nil))
                #expect(answer["intent"] == nil)
            }
        }
    }

    @Test func `changed keys sign what comes after, and the former ones are published until they are withdrawn`()
        async throws
    {
        try await Ward.with(.cerner) { ward in
            func kid(_ session: Value) throws -> String {
                let token = try #require(session["id_token"]?.string)
                return try #require(JWT.read(token)?.header["kid"]?.string)
            }
            func published() async throws -> [String] {
                let answer = try await ward.client.send("GET", try await ward.endpoint("jwks_uri"))
                return (try Value.parseJSON(answer.text)["keys"]?.array ?? []).compactMap { $0["kid"]?.string }
            }
            let first = try kid(try await ward.session(from: .powerchart))
            try await ward.ehr.changeKeys(in: Ward.world, withdrawing: false)
            let second = try kid(try await ward.session(from: .powerchart))
            #expect(first != second)
            let both = try await published()
            #expect(both.contains(first) && both.contains(second))
            try await ward.ehr.changeKeys(in: Ward.world, withdrawing: true)
            let last = try await published()
            #expect(last.count == 2 && !last.contains(first) && !last.contains(second))
        }
    }

    @Test func `refreshing gives a token and no new refresh token, until the EHR session ends`() async throws {
        try await Ward.with(.cerner) { ward in
            let body = try await ward.session(from: .powerchart)
            let refresh = try #require(body["refresh_token"]?.string)
            let old = try #require(body["access_token"]?.string)
            try await ward.ehr.expireTokens(in: Ward.world)
            #expect(try await ward.get("Patient/fhir-ann", old).status == 401)
            let form: Form = ["grant_type": "refresh_token", "refresh_token": refresh]
            let (status, fresh) = try await ward.token(form)
            #expect(status == 200)
            #expect(fresh["refresh_token"] == nil)
            #expect(fresh["patient"] == "fhir-ann")
            #expect(try await ward.get("Patient/fhir-ann", try #require(fresh["access_token"]?.string)).status == 200)
            #expect(ward.last("token.issued")?["grant"] == "refresh_token")
            var greedy = form
            greedy.append("scope", "openid user/Observation.read")
            #expect(try await ward.token(greedy).1["error"] == "invalid_scope")
            try await ward.ehr.signOut("dr-ruiz", in: Ward.world)
            #expect(try await ward.token(form).1["error"] == "invalid_grant")
        }
    }

    @Test func `signatures verify with the published keys`() async throws {
        try await Ward.with(.cerner) { ward in
            let body = try await ward.session(from: .powerchart)
            let keys = try Value.parseJSON(
                try await ward.client.send("GET", try await ward.endpoint("jwks_uri")).text)
            let token = try #require(body["access_token"]?.string)
            let access = try #require(JWT.read(token))
            #expect(access.header["alg"] == "ES256")
            let key = try #require(keys["keys"]?.array?.first { $0["kid"] == access.header["kid"] })
            let x = try #require(key["x"]?.string.flatMap { Base64URL.decode($0) })
            let y = try #require(key["y"]?.string.flatMap { Base64URL.decode($0) })
            let parts = token.split(separator: ".").map(String.init)
            let signature = try P256.Signing.ECDSASignature(rawRepresentation: #require(Base64URL.decode(parts[2])))
            #expect(
                try P256.Signing.PublicKey(rawRepresentation: x + y)
                    .isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8)))
            let identity = try #require(body["id_token"]?.string.flatMap { JWT.read($0) })
            #expect(identity.header["alg"] == "RS256")
            #expect(keys["keys"]?.array?.contains { $0["kid"] == identity.header["kid"] } == true)
        }
    }

    @Test func `a client assertion is accepted once, for this token URL`() async throws {
        let key = P384.Signing.PrivateKey()
        let point = key.publicKey.rawRepresentation
        let jwks: Value = [
            "keys": [
                [
                    "kty": "EC", "crv": "P-384", "kid": "c1", "x": .string(Base64URL.encode(point.prefix(48))),
                    "y": .string(Base64URL.encode(point.suffix(48))),
                ]
            ]
        ]
        let registration = EHRRegistration(
            clientID: "app", clientSecret: nil, authentication: .privateKeyJWT, jwks: jwks,
            redirectURIs: [Ward.redirect])
        try await Ward.with(.epic, registration: registration) { ward in
            let endpoint = try await ward.endpoint("token_endpoint")
            func form(_ audience: String, id: String) throws -> Form {
                let expires = Int(Date().timeIntervalSince1970) + 120
                let claims: Value = [
                    "iss": "app", "sub": "app", "aud": .string(audience), "exp": Value(expires), "jti": .string(id),
                ]
                let header: Value = ["alg": "ES384", "kid": "c1", "typ": "JWT"]
                let text = Base64URL.encode(header.jsonBytes()) + "." + Base64URL.encode(claims.jsonBytes())
                let signature = try key.signature(for: SHA384.hash(data: Data(text.utf8))).rawRepresentation
                return [
                    "grant_type": "authorization_code", "code": "none",
                    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    "client_assertion": text + "." + Base64URL.encode(signature),
                ]
            }
            func error(_ form: Form) async throws -> Value? {
                try Value.parseJSON(try await ward.post(endpoint, form).text)["error"]
            }
            #expect(try await error(form("http://elsewhere/", id: "1")) == "invalid_client")
            // The client is known; only its code is not.
            let good = try form(endpoint, id: "2")
            #expect(try await error(good) == "invalid_grant")
            #expect(try await error(good) == "invalid_client")
        }
    }

    @Test(arguments: IdentityTampering.allCases) func `an id token can be flawed on purpose, once`(
        flaw: IdentityTampering
    ) async throws {
        try await Ward.with(.cerner) { ward in
            try await ward.ehr.tamper(flaw, base: "main", in: Ward.world)
            let flawed = try #require(
                try await ward.session(from: .powerchart)["id_token"]?.string.flatMap { JWT.read($0) })
            #expect(ward.last("fault.struck")?["effect"]?["effect"]?.string == flaw.rawValue)
            let sound = try #require(
                try await ward.session(from: .powerchart)["id_token"]?.string.flatMap { JWT.read($0) })
            #expect(sound.header["alg"] == "RS256" && sound.claims["nonce"] == "n-1")
            switch flaw {
            case .unsigned: #expect(flawed.header["alg"] == "none")
            case .unknownKey: #expect(flawed.header["kid"] != sound.header["kid"])
            case .foreignKey: #expect(flawed.header["kid"] == sound.header["kid"])
            case .wrongIssuer: #expect(flawed.claims["iss"] != sound.claims["iss"])
            case .wrongAudience: #expect(flawed.claims["aud"] != sound.claims["aud"])
            case .wrongNonce: #expect(flawed.claims["nonce"] != "n-1")
            case .keyConfusion: #expect(flawed.header["alg"] == "HS256" && flawed.header["kid"] == sound.header["kid"])
            case .expired: #expect((flawed.claims["exp"]?.int ?? 0) < Int(Date().timeIntervalSince1970))
            }
        }
    }

    @Test(arguments: [Vendor.cerner, .epic]) func `a launch can name no appointment`(vendor: Vendor) async throws {
        let entry: LaunchEntry = vendor == .cerner ? .powerchart : .hyperspace
        try await Ward.with(vendor) { ward in
            try await ward.ehr.setCondition(.unnamed, of: "visit", in: Ward.world)
            let unnamed = try await ward.session(from: entry)
            #expect(unnamed["patient"] == "fhir-ann")
            #expect(unnamed["encounter"] == nil && unnamed["fhirContext"] == nil && unnamed["resource"] == nil)
            try await ward.ehr.setCondition(.free, of: "visit", in: Ward.world)
            #expect(try await ward.session(from: entry)["fhirContext"] != nil)
        }
    }

    @Test func `a launch can carry another visit's patient, once`() async throws {
        try await Ward.with(.epic) { ward in
            try await ward.ehr.mixUpPatient(nextLaunchOf: "visit", withPatientOf: "other", in: Ward.world)
            let mixed = try await ward.session(from: .hyperspace)
            #expect(mixed["patient"] == "fhir-bob")
            #expect(mixed["fhirContext"]?[0]?["reference"] == "Appointment/apt-1")
            #expect(try await ward.session(from: .hyperspace)["patient"] == "fhir-ann")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Value
import World

extension RefusalRow {
    /// A sound authorization whose redemption is wrong.
    private static func redeemed(
        _ name: String, _ answer: Answer, _ reason: String, _ overrides: [String: String],
        asked: [String: String] = [:]
    ) -> RefusalRow {
        RefusalRow(name, answer, reason) { ward in
            try await ward.exchange(ward.redemption(try await ward.code(asked), overrides))
        }
    }

    /// A request with nothing but its client in question.
    private static func presented(
        _ name: String, at vendor: Vendor = .cerner, _ answer: Answer, _ reason: String, basic: String?,
        body: [String: String] = [:], query: [String: String] = [:]
    ) -> RefusalRow {
        RefusalRow(name, at: vendor, answer, reason) { ward in
            try await ward.exchange(ward.redemption("any", body), basic: basic, query: query)
        }
    }

    /// A provider's session of which a refresh goes wrong.
    private static func refreshed(
        _ name: String, _ answer: Answer, _ reason: String, basic: String? = "app:s3cret", scope: String? = nil,
        before: @escaping @Sendable (Ward, String) async throws -> Void = { _, _ in }
    ) -> RefusalRow {
        RefusalRow(name, answer, reason) { ward in
            let session = try await ward.session(from: .powerchart)
            let token = try #require(session["refresh_token"]?.string)
            try await before(ward, token)
            var form: Form = ["grant_type": "refresh_token", "refresh_token": token]
            if let scope { form.append("scope", scope) }
            return try await ward.exchange(form, basic: basic)
        }
    }

    private static let wrong = "the client's credentials are wrong"

    static let token: [RefusalRow] = [
        redeemed(
            "verifier is wrong", .token(400, "invalid_grant"), "code_verifier does not fit the challenge",
            ["code_verifier": "wrong-verifier-wrong-verifier-wrong-verifier"]),
        redeemed(
            "verifier is the challenge", .token(400, "invalid_grant"), "code_verifier does not fit the challenge",
            ["code_verifier": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"]),
        redeemed(
            "verifier is missing", .token(400, "invalid_grant"), "code_verifier is missing", ["code_verifier": ""]),
        redeemed(
            "verifier where no challenge was", .token(400, "invalid_grant"), "code_verifier without a challenge", [:],
            asked: ["code_challenge": "", "code_challenge_method": ""]),
        redeemed("code is unknown", .token(400, "invalid_grant"), "the code is not known", ["code": "guessed"]),
        redeemed("code is missing", .token(400, "invalid_request"), "code is missing", ["code": ""]),
        redeemed(
            "redirect address is another one", .token(400, "invalid_grant"),
            "redirect_uri differs from the authorization request", ["redirect_uri": Ward.redirect + "/"]),
        redeemed(
            "redirect address is left out", .token(400, "invalid_grant"),
            "redirect_uri differs from the authorization request", ["redirect_uri": ""]),
        redeemed("grant is missing", .token(400, "invalid_request"), "grant_type is missing", ["grant_type": ""]),
        redeemed(
            "grant is unknown", .token(400, "unsupported_grant_type"), "grant_type is not supported",
            ["grant_type": "password"]),
        RefusalRow("code is used again", .token(400, "invalid_grant"), "the code was used before") { ward in
            let form = ward.redemption(try await ward.code())
            _ = try await ward.exchange(form)
            return try await ward.exchange(form)
        },
        RefusalRow("code is tried again after a failure", .token(400, "invalid_grant"), "the code was used before") {
            ward in
            let code = try await ward.code()
            _ = try await ward.exchange(ward.redemption(code, ["code_verifier": "wrong"]))
            return try await ward.exchange(ward.redemption(code))
        },
        RefusalRow("code is a minute old", .token(400, "invalid_grant"), "the code is older than 60 seconds") { ward in
            let code = try await ward.code()
            ward.wire.advance(seconds: 61)
            return try await ward.exchange(ward.redemption(code))
        },
        RefusalRow("code is another base's", .token(400, "invalid_grant"), "the code is not known") { ward in
            let code = try await ward.code()
            _ = try await ward.openOther(.cerner)
            let elsewhere = try await ward.endpoint("token_endpoint").replacing("T-1", with: "T-2")
            return try await ward.exchange(ward.redemption(code), at: elsewhere)
        },
        RefusalRow("request is a GET", .token(400, "invalid_request"), "the method is not POST") { ward in
            let url = ward.redemption("any").appended(to: try await ward.endpoint("token_endpoint"))
            return Refusal(try await ward.client.send("GET", url))
        },
        RefusalRow("request is JSON", .token(400, "invalid_request"), "the body is not a form") { ward in
            let body = Data("{\"grant_type\":\"authorization_code\"}".utf8)
            return Refusal(
                try await ward.client.send(
                    "POST", try await ward.endpoint("token_endpoint"), headers: ["Content-Type": "application/json"],
                    body: body))
        },
        RefusalRow("a form field stands twice", .token(400, "invalid_request"), "parameter repeated: code") { ward in
            var form = ward.redemption("one")
            form.append("code", "two")
            return try await ward.exchange(form)
        },
        presented("secret is wrong", .token(401, "invalid_client"), wrong, basic: "app:wrong"),
        presented("secret is empty", at: .epic, .token(401, "invalid_client"), wrong, basic: "app:"),
        presented("Basic names nobody", .token(401, "invalid_client"), wrong, basic: "nobody:s3cret"),
        presented("no client at all", .token(401, "invalid_client"), "no client authentication", basic: nil),
        presented(
            "client proves nothing", .token(401, "invalid_client"), "the client must authenticate", basic: nil,
            body: ["client_id": "app"]),
        presented(
            "body names nobody", at: .epic, .token(401, "invalid_client"), "the client is not known", basic: nil,
            body: ["client_id": "nobody"]),
        presented(
            "secret is in the body where Basic is asked", .token(401, "invalid_client"),
            "client_secret_post is not supported", basic: nil, body: ["client_id": "app", "client_secret": "s3cret"]),
        presented(
            "secret is in the address", at: .epic, .token(401, "invalid_client"), "no client authentication",
            basic: nil,
            query: ["client_id": "app", "client_secret": "s3cret"]),
        presented(
            "secret is in two places", at: .epic, .token(400, "invalid_request"),
            "two kinds of client authentication at once", basic: "app:s3cret",
            body: ["client_id": "app", "client_secret": "s3cret"]),
        presented(
            "client_id is not who authenticates", .token(401, "invalid_client"),
            "client_id is not the client that authenticates", basic: "app:s3cret", body: ["client_id": "system"]),
        presented(
            "system redeems a code", .token(400, "unauthorized_client"), "the client may not use this grant",
            basic: "system:sys"),
        RefusalRow(
            "app asks as a system", .token(400, "unauthorized_client"), "the client may not use this grant"
        ) { ward in
            try await ward.exchange(["grant_type": "client_credentials", "scope": "system/Patient.read"])
        },
        RefusalRow(
            "system asks for a user's scope", .token(400, "invalid_scope"),
            "no system scope of this server is asked for"
        ) { ward in
            try await ward.exchange(
                ["grant_type": "client_credentials", "scope": "user/Patient.read"], basic: "system:sys")
        },
        RefusalRow("system asks for everything", .token(400, "invalid_scope"), "wildcard scopes are not supported") {
            ward in
            try await ward.exchange(
                ["grant_type": "client_credentials", "scope": "system/*.read"], basic: "system:sys")
        },
        refreshed(
            "scope grows at refresh", .token(400, "invalid_scope"), "the scope may not grow",
            scope: "openid user/Observation.read"),
        refreshed(
            "scope grows by a letter at refresh", .token(400, "invalid_scope"), "the scope may not grow",
            scope: "user/Appointment.cruds"),
        refreshed(
            "refresh token is shown by another client", .token(400, "unauthorized_client"),
            "the client may not use this grant", basic: "system:sys"),
        refreshed("refresh token comes without its secret", .token(401, "invalid_client"), wrong, basic: "app:guess"),
        refreshed("refresh outlives the session", .token(400, "invalid_grant"), "the EHR session has ended") {
            ward, _ in try await ward.ehr.signOut("dr-ruiz", in: Ward.world)
        },
        refreshed("refresh token was revoked", .token(400, "invalid_grant"), "the refresh token is not known") {
            ward, token in
            let answer = try await ward.post(
                try await ward.endpoint("revocation_endpoint"), ["token": token],
                headers: ["Authorization": "Basic " + Data("app:s3cret".utf8).base64EncodedString()])
            #expect(answer.status == 200)
        },
        RefusalRow("refresh token is missing", .token(400, "invalid_request"), "refresh_token is missing") { ward in
            try await ward.exchange(["grant_type": "refresh_token"])
        },
        RefusalRow(
            "refresh token is another base's", .token(400, "invalid_grant"), "the refresh token is not known"
        ) { ward in
            let session = try await ward.session(from: .powerchart)
            let token = try #require(session["refresh_token"]?.string)
            _ = try await ward.openOther(.cerner)
            let elsewhere = try await ward.endpoint("token_endpoint").replacing("T-1", with: "T-2")
            let form: Form = ["grant_type": "refresh_token", "refresh_token": token]
            return try await ward.exchange(form, at: elsewhere)
        },
        RefusalRow(
            "revocation of another client's token", .token(400, "unauthorized_client"),
            "the token belongs to another client"
        ) { ward in
            let token = try await ward.systemToken("system/Appointment.read")
            return try await ward.exchange(["token": token], at: try await ward.endpoint("revocation_endpoint"))
        },
        RefusalRow("introspection without a client", .token(401, "invalid_client"), "no client authentication") {
            ward in
            try await ward.exchange(
                ["token": "any"], basic: nil, at: try await ward.endpoint("introspection_endpoint"))
        },
    ]
}

extension Ward {
    /// A code of a sound launch from PowerChart.
    func code(_ overrides: [String: String] = [:]) async throws -> String {
        let (cookie, _, query) = try await launch(from: .powerchart)
        return try #require(try await authorize(request(launch: query["launch"], overrides), cookie: cookie)["code"])
    }

    /// The form that redeems a code; overrides replace or (empty) remove.
    func redemption(_ code: String, _ overrides: [String: String] = [:]) -> Form {
        var form: Form = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": Self.redirect,
            "code_verifier": Self.verifier,
        ]
        for (name, value) in overrides {
            form.fields.removeAll { $0.name == name }
            if !value.isEmpty { form.append(name, value) }
        }
        return form
    }

    /// Posts a form to the token endpoint, or one like it, with or without Basic credentials.
    func exchange(
        _ form: Form, basic: String? = "app:s3cret", query: [String: String] = [:], at endpoint: String? = nil
    ) async throws -> Refusal {
        let standing = try await self.endpoint("token_endpoint")
        let fields = query.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        let headers = basic.map { ["Authorization": "Basic " + Data($0.utf8).base64EncodedString()] } ?? [:]
        return Refusal(try await post(Form(fields).appended(to: endpoint ?? standing), form, headers: headers))
    }
}

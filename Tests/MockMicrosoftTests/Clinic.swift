// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import SwiftASN1
import Synchronization
import Testing
import Trace
import Value
import World
import X509

@testable import MockKit
@testable import MockMicrosoft

/// A world, its mock, and a connector's hook that answers as told.
struct Clinic {
    static let origin = "http://127.0.0.1:4431"
    static let world = WorldID(rawValue: "w1")
    static let start = Instant(microseconds: 1_790_000_000_000_000)

    let journal = Journal()
    let hook = Hook()
    let clock = WorldClock(startingAt: start)
    let mock: MockMicrosoft
    let model: WorldModel

    init(tenant: String = "6babcaad-604b-40ac-a9d7-9fd97c0b779f", id: WorldID = Clinic.world) async throws {
        mock = MockMicrosoft(journal: journal, sender: hook)
        model = Self.model(tenant: tenant, id: id)
        journal.register(world: id, clock: clock)
        await mock.open(world: model, clock: clock, entra: Self.entra, sms: Self.sms)
        await mock.listens(at: Self.origin)
    }

    static let entra = EntraRegistration(
        clientID: "client-1", clientSecret: "s3cret", redirectURIs: ["http://127.0.0.1:9/microsoft/callback"],
        applicationPermissions: [
            "OnlineMeetings.ReadWrite.All", "VirtualAppointment.Read.All", "User.Read.All", "Organization.Read.All",
            "Mail.Send", "OnlineMeetingArtifact.Read.All",
        ], delegatedPermissions: ["User.Read"])

    static let sms = SMSRegistration(
        accessKey: "dGVhbXMtZWhyLWNvbmZvcm1hbmNlLWRlbW8ta2V5LTMy", hookURL: "http://127.0.0.1:9/hooks/sms")

    static func model(tenant: String, id: WorldID) -> WorldModel {
        func directory(_ name: String) -> PersonRecord {
            PersonRecord([
                .directoryID: "0000000\(name.count)-aaaa-4bbb-8ccc-\(tenant.suffix(12))",
                .principalName: "\(name)@\(tenant.prefix(8)).example", .password: "pw-\(name)",
                .displayName: "D \(name)",
            ])
        }
        return WorldModel(
            id: id, vendor: .cerner, tenant: tenant, domain: "\(tenant.prefix(8)).example", organizationName: "Clinic",
            subscription: .standalone, region: .americas, bases: [],
            people: [
                Person(
                    alias: "ann", role: .patient,
                    ehr: PersonRecord([.phone: "4255550123", .email: "ann@mail.example"]), directory: nil),
                Person(alias: "dr", role: .provider, ehr: PersonRecord(), directory: directory("dr")),
                Person(alias: "admin", role: .administrator, ehr: PersonRecord(), directory: directory("admin")),
            ], appointments: [], start: start)
    }

    var dr: String { model.person("dr")?.directory?[.directoryID] ?? "" }

    /// Sends a request straight to the handler.
    func ask(
        _ method: String, _ target: String, token: String? = nil, json: Value? = nil, form: Form? = nil,
        headers: [(name: String, value: String)] = [], actor: String? = nil, cookie: String? = nil
    ) async -> MockResponse {
        let target = target.hasPrefix(Self.origin) ? String(target.dropFirst(Self.origin.count)) : target
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var headers = headers
        if let token { headers.append(("Authorization", "Bearer " + token)) }
        if let cookie { headers.append(("Cookie", cookie)) }
        if json != nil, !headers.contains(where: { $0.name == "Content-Type" }) {
            headers.append(("Content-Type", "application/json"))
        }
        if form != nil { headers.append(("Content-Type", "application/x-www-form-urlencoded")) }
        headers.append(("Host", "127.0.0.1:4431"))
        let body = json.map { Data($0.jsonBytes()) } ?? form.map { Data($0.encoded.utf8) } ?? Data()
        return await mock.respond(
            to: MockRequest(
                exchange: journal.nextExchangeID(), method: method, path: String(parts[0]),
                query: parts.count > 1 ? String(parts[1]) : "", headers: headers, body: body, origin: Self.origin,
                actor: actor, remotePort: 1))
    }

    /// Sends a request to the communication resource, signed with its key.
    func askResource(
        _ method: String, _ path: String, _ json: Value? = nil, type: String? = nil,
        headers more: [(name: String, value: String)] = []
    ) async -> MockResponse {
        let target =
            path.hasPrefix("http") ? String(path.dropFirst(Self.origin.count)) : "/acs/\(model.tenant)\(path)"
        let date = HTTPDate.text(.wall)
        let hash = ResourceAuthentication.contentHash(json.map { Data($0.jsonBytes()) } ?? Data())
        let signature = ResourceAuthentication.signature(
            method: method, target: target, date: date, host: "127.0.0.1:4431", contentHash: hash,
            key: Data(base64Encoded: Self.sms.accessKey) ?? Data())
        var headers: [(name: String, value: String)] = [
            ("x-ms-date", date), ("x-ms-content-sha256", hash),
            ("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + signature),
        ]
        if let type { headers.append(("Content-Type", type)) }
        return await ask(method, target, json: json, headers: headers + more)
    }

    func events(_ kind: String) -> [TraceEvent] { journal.events().filter { $0.kind == kind } }

    /// An application token.
    func appToken() async throws -> String {
        let answer = await ask(
            "POST", "/\(model.tenant)/oauth2/v2.0/token",
            form: [
                "grant_type": "client_credentials", "client_id": "client-1", "client_secret": "s3cret",
                "scope": "https://graph.microsoft.com/.default",
            ])
        return try #require(answer.value["access_token"]?.string)
    }

    func createMeeting(token: String, external: String = "x1", extra: Members = [:]) async throws -> Value {
        var body: Members = [
            "externalId": .string(external), "subject": "Virtual visit", "startDateTime": "2026-09-21T15:00:00Z",
            "endDateTime": "2026-09-21T15:30:00Z",
        ]
        for (name, value) in extra { body[name] = value }
        let answer = await ask(
            "POST", "/v1.0/users/\(dr)/onlineMeetings/createOrGet", token: token, json: .object(body))
        try #require([200, 201].contains(answer.status))
        return answer.value
    }

    /// Signs a person in and returns the browser's session cookie and the redirect.
    func signIn(
        _ alias: String, tenant: String = "organizations", challenge: String? = nil
    ) async throws -> (cookie: String, location: String) {
        let directory = try #require(model.person(alias)?.directory)
        var context: Form = [
            "client_id": "client-1", "response_type": "code", "redirect_uri": "http://127.0.0.1:9/microsoft/callback",
            "scope": "openid profile", "state": "st", "nonce": "n1",
        ]
        if let challenge {
            context.append("code_challenge", challenge)
            context.append("code_challenge_method", "S256")
        }
        let answer = await ask(
            "POST", "/\(tenant)/login",
            form: [
                "username": directory[.principalName], "password": directory[.password], "ctx": context.encoded,
            ])
        try #require(answer.status == 302)
        let cookie = try #require(answer.header("Set-Cookie")).prefix { $0 != ";" }
        return (String(cookie), try #require(answer.header("Location")))
    }

    /// Opens a join address and posts its form.
    func enter(_ url: String, as alias: String, cookie: String? = nil) async throws -> MockResponse {
        let page = await ask("GET", url, actor: alias, cookie: cookie)
        try #require(page.status == 200)
        return await ask("POST", url, form: ["way": "browser"], actor: alias, cookie: cookie)
    }

    /// Until everything under way has arrived.
    func quiet() async {
        while await mock.pendingDeliveries(in: model.id) > 0 { await Task.yield() }
    }
}

extension MockResponse {
    var value: Value { (try? Value.parseJSON(Array(body))) ?? .null }
    var text: String { String(decoding: body, as: UTF8.self) }
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
}

/// The connector's hooks: validates as it should, answers notifications with `statuses` in turn, then 202.
final class Hook: NotificationSender {
    struct State {
        var statuses: [Int] = []
        var received: [(url: String, body: Value)] = []
        var echoes = true
        /// How long each answer is said to have taken.
        var took: Duration?
        /// What Event Grid's handshake is answered with beside 200; nil: the code it wants.
        var confirmation: String?
        /// `validationUrl` of the last handshake.
        var validationURL: String?
    }

    let state = Mutex(State())

    var received: [(url: String, body: Value)] { state.withLock { $0.received } }

    func answer(_ statuses: Int...) { state.withLock { $0.statuses = statuses } }

    func post(
        _ url: String, headers: [(name: String, value: String)], body: Data, timeout: Duration
    ) async throws -> NotificationAnswer {
        let query = Form(urlEncoded: String(url.drop { $0 != "?" }.dropFirst()))
        if let token = query["validationToken"] {
            return NotificationAnswer(
                status: 200, headers: [("Content-Type", "text/plain; charset=utf-8")],
                body: Data((state.withLock { $0.echoes } ? token : "no").utf8))
        }
        let value = (try? Value.parseJSON(Array(body))) ?? .null
        if let code = value[0]?["data"]?["validationCode"] {
            let said = state.withLock { state in
                state.validationURL = value[0]?["data"]?["validationUrl"]?.string
                return state.confirmation
            }
            return NotificationAnswer(
                status: 200, headers: [("Content-Type", "application/json")],
                body: said.map { Data($0.utf8) } ?? Data(Value.object(["validationResponse": code]).jsonBytes()))
        }
        let status = state.withLock { state in
            state.received.append((url, value))
            return state.statuses.isEmpty ? 202 : state.statuses.removeFirst()
        }
        return NotificationAnswer(status: status, took: state.withLock { $0.took })
    }
}

/// A subscriber's certificate and the key that opens what is sealed for it.
struct Subscriber {
    /// Base64 DER.
    let certificate: String
    let key: _RSA.Encryption.PrivateKey

    init() async throws {
        let signing = try await SigningKey.rsa(id: "subscriber")
        guard case .rsa(let secret) = signing.secret else { throw CancellationError() }
        certificate = try RunAuthority.selfSigned(signing, commonName: "connector").base64EncodedString()
        key = try _RSA.Encryption.PrivateKey(derRepresentation: secret.derRepresentation)
    }

    /// What a careful receiver does: unwrap, check the signature, decrypt. Nil for a wrong signature.
    func open(_ content: Value?) throws -> Value? {
        func data(_ name: String) throws -> Data { try #require(Data(base64Encoded: content?[name]?.string ?? "")) }
        let wrapped = try key.decrypt(try data("dataKey"), padding: .PKCS1_OAEP)
        let symmetric = SymmetricKey(data: wrapped)
        let sealed = try data("data")
        guard Data(HMAC<SHA256>.authenticationCode(for: sealed, using: symmetric)) == (try data("dataSignature")) else {
            return nil
        }
        let plain = try AES._CBC.decrypt(sealed, using: symmetric, iv: .init(ivBytes: wrapped.prefix(16)))
        return try Value.parseJSON(Array(plain))
    }
}

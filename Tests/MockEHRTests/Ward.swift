// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

/// A listener with one world of a vendor, and a browser's worth of helpers.
struct Ward: Sendable {
    static let world = WorldID(rawValue: "w1")
    static let start = Instant(microseconds: 1_800_000_000_000_000)
    static let redirect = "http://127.0.0.1:9/launch/callback"

    let ehr: MockEHR
    let journal: Journal
    let listener: MockListener
    let client = TestClient()
    let model: WorldModel
    let wire: WireClock
    let clock: WorldClock

    /// Runs `body` with an open world whose visit is booked and whose records are installed.
    static func with(
        _ vendor: Vendor, registration: EHRRegistration? = nil,
        keySets: any KeySetReader = TransportKeySetReader(), writeback: (any MappedWriteback)? = nil,
        _ body: (Ward) async throws -> Void
    ) async throws {
        let journal = Journal()
        let wire = WireClock()
        let ehr = MockEHR(
            journal: journal, seed: RunSeed(seed: 1, nonce: "n"), keySets: keySets, writeback: writeback
        ) { wire.now }
        let listener = try await MockListener.start(handler: ehr, journal: journal)
        let model = Self.model(vendor, origin: listener.origin)
        let clock = WorldClock(startingAt: start)
        journal.register(world: world, clock: clock)
        do {
            try await ehr.open(world: model, clock: clock, registration: registration ?? Self.registration)
            try await ehr.book("visit", in: world)
            let url = model.bases[0].url
            try await ehr.install(
                records: [
                    IntegrationRecord(
                        role: .provider, baseURL: url + "/", launchURL: "http://127.0.0.1:9/launch/provider/r1",
                        parameters: "sessionId=%CSN%&departmentId=%PERFDEPID;;; ; ;;NONE;%"),
                    IntegrationRecord(role: .patient, baseURL: url, launchURL: "http://127.0.0.1:9/launch/patient/r2"),
                ], in: world)
            try await body(Ward(ehr: ehr, journal: journal, listener: listener, model: model, wire: wire, clock: clock))
        } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
    }

    static let registration = EHRRegistration(
        clientID: "app", clientSecret: "s3cret", redirectURIs: [redirect],
        systemClient: .init(id: "system", secret: "sys"), writeback: .init(user: "svc", password: "pw"))

    static func model(
        _ vendor: Vendor, origin: String, id: WorldID = world, tenant: String = "T-1"
    ) -> WorldModel {
        let paths: [Vendor: String] = [.cerner: "/r4/\(tenant)", .epic: "/\(tenant)/api/FHIR/R4"]
        func record(_ name: String, _ extra: [DataClass: String] = [:]) -> PersonRecord {
            PersonRecord(
                [
                    .givenName: name.capitalized, .familyName: "Family-\(name)", .fhirID: "fhir-\(name)",
                    .ehrUserID: "user-\(name)", .userName: "login-\(name)", .password: "pass-\(name)",
                ].merging(extra) { $1 })
        }
        let chart: [DataClass: String] = [
            .medicalRecordNumber: "MRN-7", .birthDate: "1970-02-03", .phone: "+18165550142", .email: "ann@mail.example",
            .clinicalText: "Follow-up of a rare thing", .street: "1 Way", .city: "Town", .postalCode: "64111",
        ]
        return WorldModel(
            id: id, vendor: vendor, tenant: "11111111-1111-4111-8111-111111111111", domain: "lamna.example",
            organizationName: "Lamna", subscription: .standalone, region: .americas,
            bases: [
                FHIRBase(
                    alias: "main", environment: .test, tenant: tenant, url: origin + (paths[vendor] ?? ""),
                    release: "2022-02")
            ],
            people: [
                Person(alias: "ann", role: .patient, ehr: record("ann", chart), directory: nil),
                Person(alias: "bob", role: .patient, ehr: record("bob"), directory: nil),
                Person(alias: "dr-ruiz", role: .provider, ehr: record("ruiz"), directory: nil),
                Person(alias: "eve", role: .approver, ehr: record("eve"), directory: nil),
            ],
            appointments: [
                PlannedAppointment(
                    alias: "visit", base: "main", fhirID: "apt-1", encounterID: "enc-1", csn: "900001", patient: "ann",
                    provider: "dr-ruiz", start: start + .seconds(1200)),
                PlannedAppointment(
                    alias: "other", base: "main", fhirID: "apt-2", encounterID: "enc-2", csn: "900002", patient: "bob",
                    provider: "dr-ruiz", start: start + .seconds(86_400)),
            ], start: start)
    }

    var base: String { model.bases[0].url }
    var events: [TraceEvent] { journal.events().filter { !$0.kind.hasPrefix("http.") } }
    func last(_ kind: String) -> TraceEvent? { journal.events().last { $0.kind == kind } }

    /// Signs a person in at a page and returns the cookie.
    func signIn(_ person: String, at url: String) async throws -> String {
        let page = try await client.send("GET", url, headers: ["Assay-Actor": person])
        #expect(page.text.contains("id=\"assay-login\""))
        #expect(page.text.contains("data-provider=\"ehr\""))
        let form: Form = [
            "return": String(url.dropFirst(listener.origin.count)),
            "username": "login-\(person.split(separator: "-").last ?? "")",
            "password": "pass-\(person.split(separator: "-").last ?? "")",
        ]
        let answer = try await post(listener.origin + "/T-1/sign-in", form, headers: ["Assay-Actor": person])
        #expect(answer.status == 303)
        return String(try #require(answer.header("Set-Cookie")).prefix { $0 != ";" })
    }

    func post(_ url: String, _ form: Form, headers: [String: String] = [:]) async throws -> TestClient.Answer {
        try await client.send(
            "POST", url, headers: headers.merging(["Content-Type": "application/x-www-form-urlencoded"]) { $1 },
            body: Data(form.encoded.utf8))
    }

    /// Launches the visit and returns the session cookie and the launch URL's query.
    func launch(
        _ person: String = "dr-ruiz", from entry: LaunchEntry, visit: String = "visit"
    ) async throws -> (cookie: String, url: String, query: Form) {
        let page = try await ehr.launchPage(entry: entry, appointment: visit, by: person, in: Self.world)
        let cookie = try await signIn(person, at: page)
        let list = try await client.send("GET", page, headers: ["Cookie": cookie])
        let href = try #require(list.text.firstMatch(of: /class="launch"[^>]*href="([^"]+)"/)?.1)
        let link = href.replacing("&amp;", with: "&")
        let answer = try await client.send("GET", listener.origin + link, headers: ["Cookie": cookie])
        #expect(answer.status == 302)
        let url = try #require(answer.header("Location"))
        return (cookie, url, Form(urlEncoded: String(url.drop { $0 != "?" }.dropFirst())))
    }

    /// What a connector asks with; overrides replace or (empty) remove.
    func request(launch: String?, _ overrides: [String: String] = [:]) -> Form {
        var fields: [(name: String, value: String)] = [
            ("response_type", "code"), ("client_id", "app"), ("redirect_uri", Self.redirect),
            ("scope", "launch openid fhirUser user/Appointment.read user/Patient.read online_access"),
            ("state", "st-1"),
            ("aud", base), ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"), ("nonce", "n-1"),
        ]
        if let launch { fields.append(("launch", launch)) }
        for (name, value) in overrides {
            fields.removeAll { $0.name == name }
            if !value.isEmpty { fields.append((name, value)) }
        }
        return Form(fields)
    }

    /// The RFC 7636 appendix B verifier of the challenge above.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    func endpoint(_ name: String) async throws -> String {
        let answer = try await client.send("GET", base + "/.well-known/smart-configuration")
        return try #require(try Value.parseJSON(answer.text)[name]?.string)
    }

    /// Sends an authorization request and returns the redirect's query, or nothing where it showed a page.
    func authorize(_ form: Form, cookie: String) async throws -> Form {
        let url = form.appended(to: try await endpoint("authorization_endpoint"))
        let answer = try await client.send("GET", url, headers: ["Cookie": cookie])
        guard let location = answer.header("Location") else { return [:] }
        #expect(location.hasPrefix(Self.redirect))
        return Form(urlEncoded: String(location.drop { $0 != "?" }.dropFirst()))
    }

    func redeem(_ code: String, _ overrides: [String: String] = [:]) async throws -> (Int, Value) {
        var fields: Form = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": Self.redirect,
            "code_verifier": Self.verifier,
        ]
        for (name, value) in overrides {
            fields.fields.removeAll { $0.name == name }
            if !value.isEmpty { fields.append(name, value) }
        }
        return try await token(fields)
    }

    func token(_ form: Form, user: String = "app", password: String = "s3cret") async throws -> (Int, Value) {
        let basic = Data("\(user):\(password)".utf8).base64EncodedString()
        let answer = try await post(
            try await endpoint("token_endpoint"), form, headers: ["Authorization": "Basic \(basic)"])
        return (answer.status, try Value.parseJSON(answer.text))
    }

    /// From the launch to the token answer.
    func session(from entry: LaunchEntry, by person: String = "dr-ruiz", scope: String? = nil) async throws -> Value {
        let (cookie, _, query) = try await launch(person, from: entry)
        let overrides = scope.map { ["scope": $0] } ?? [:]
        let answer = try await authorize(request(launch: query["launch"], overrides), cookie: cookie)
        return try await redeem(try #require(answer["code"])).1
    }

    func systemToken(_ scope: String) async throws -> String {
        let (status, body) = try await token(
            ["grant_type": "client_credentials", "scope": scope], user: "system", password: "sys")
        #expect(status == 200)
        return try #require(body["access_token"]?.string)
    }

    func get(_ path: String, _ token: String) async throws -> TestClient.Answer {
        try await client.send("GET", base + "/" + path, headers: ["Authorization": "Bearer \(token)"])
    }
}

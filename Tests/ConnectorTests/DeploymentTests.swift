// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import SourceText
import TestSupport
import Testing
import Value

struct DeploymentTests {
    static let minimal = """
        id: mine
        reach: {url: "http://127.0.0.1:9"}
        registrations: {}
        """

    static let full = """
        id: reference
        title: The embedded reference connector
        reach:
          command: ["$(assay.bin)/reference-connector", "--port", "0", "--data", "$(data)", "--until-stdin-closes"]
          environment: {CONNECTOR_GRAPH: $(mocks.microsoft), CONNECTOR_SMS: "$(mocks.microsoft)/acs/{tenant}", KEY: $(env.SECRET)}
          ready: json-line
        registrations:
          cerner: {client-id: a, client-secret: $(env.SECRET), authentication: basic, redirect-uris: ["$(connector)/cb"], system: {client-id: s, client-secret: t}}
          epic: {client-id: a, authentication: none, redirect-uris: ["$(connector)/cb"], writeback: {user: u, password: p}}
          entra: {client-id: e, client-secret: f, redirect-uris: [], application-permissions: [A.Read], delegated-permissions: []}
          sms: {access-key: a2V5}
        claims: {profiles: [cerner-2022-06], regions: [americas], features: {sms: true}}
        clock: {mode: virtual, scope: tenant, read: {request: {url: "$(connector)/-/clock?tenant=$(tenant)"}}, advance: {request: {method: POST, url: "$(connector)/-/clock", json: {tenant: $(tenant), to: $(to), n: 1}}}}
        egress: proxy
        evidence:
          - {id: database, kind: sqlite, path: "$(data)/connector.sqlite", control: ehr-user-id}
          - {id: log, kind: stderr}
        bindings:
          add-base-url:
            steps:
              - open: "$(connector)/portal/bases"
              - submit: {form: "//form[@id='add-base']", fields: {url: $(base-url), environment: $(environment)}}
            accepted: "//*[@id='saved']"
            refused: "//*[@role='alert']"
            message: "string(//*[@role='alert'])"
          read-records:
            steps: [{open: "$(connector)/portal/records"}]
            read:
              records: {each: "//tr", fields: {role: "string(@data-role)"}}
          read-status:
            steps: [{request: {url: "$(connector)/status?a=$(appointment)"}}]
            accepted: {status: [200, 299]}
            read: {attendees: {json: "attendees"}}
        worlds: fresh
        """

    private func parse(_ text: String, _ environment: [String: String] = [:]) -> (Deployment?, [String]) {
        let (deployment, diagnostics) = Deployment.parse(
            SourceFile(path: "d.yaml", text: text), environment: environment)
        return (deployment, diagnostics.map { "\($0.code) \($0.span?.start.line ?? 0):\($0.span?.start.column ?? 0)" })
    }

    @Test func `a channel of the connector's own for writeback is read as the documentation shows it`() throws {
        let (deployment, diagnostics) = parse(
            Self.minimal + "\n" + (try InterfaceEngine.example()), ["ENGINE_KEY": "k3y-of-the-engine"])
        #expect(diagnostics == [])
        let mapping = try #require(deployment?.writeback.mapping)
        #expect(mapping.endpoint.path.match(["T-1", "interface", "visits", "7", "attendance"])?["visit"] == "7")
        #expect(mapping.endpoint.path.match(["T-1", "interface", "visits", "7"]) == nil)
        #expect(mapping.endpoint.path.pattern == "/*/interface/visits/*/attendance")
        #expect(try mapping.endpoint.key?.value.resolved([:]) == "k3y-of-the-engine")
        #expect(deployment?.secrets == ["k3y-of-the-engine"])
        #expect(mapping.appointment == .path("visit") && mapping.state == .json("event"))
        #expect(mapping.values.connected == "joined" && mapping.values.patient == "guest")
        #expect(statuses(mapping) == [202, 422, 423])
    }

    @Test func `text messages are said to go through Azure, Graph, a mapped gateway or nowhere`() throws {
        func source(_ line: String) throws -> SMSSource {
            let (deployment, diagnostics) = parse(Self.minimal + "\n" + line)
            #expect(diagnostics == [])
            return try #require(deployment).sms
        }
        guard case .azure = try source(""), case .azure = try source("sms: azure"),
            case .graph = try source("sms: graph"), case .none = try source("sms: none"),
            case .sink = try source("sms: {path: /send, to: {json: to}, text: {json: text}}")
        else {
            Issue.record("another source was read")
            return
        }
    }

    @Test func `what a channel of writeback leaves out has its usual form`() throws {
        let (deployment, _) = parse(
            Self.minimal + """

                writeback: {channel: http, path: /attend, appointment: {query: v}, user: {field: u}, state: {field: s}}
                """)
        let mapping = try #require(deployment?.writeback.mapping)
        #expect(mapping.endpoint.method == "POST" && mapping.endpoint.key == nil && mapping.role == nil)
        #expect(mapping.values.connected == "connected" && mapping.values.disconnected == "disconnected")
        #expect(statuses(mapping) == [200, 400, 503])
    }

    private func statuses(_ mapping: WritebackMapping) -> [Int] {
        [mapping.accepted, mapping.refused, mapping.locked].map(\.status)
    }

    @Test func `a whole deployment file is read`() throws {
        let (deployment, diagnostics) = parse(Self.full, ["SECRET": "s3cret"])
        #expect(diagnostics == [])
        let read = try #require(deployment)
        #expect(read.secrets == ["s3cret"])
        #expect(read.clock.mode == .virtual)
        #expect(read.egress == .proxy)
        #expect(try read.registrations.cerner?.clientSecret?.resolved([:]) == "s3cret")
        #expect(try read.registrations.cerner?.redirectURIs.first?.resolved(["connector": "http://c"]) == "http://c/cb")
        #expect(read.registrations.epic?.authentication == Registrations.Authentication.none)
        #expect(read.bindings.count == 3)
        guard case .command(let command) = read.reach else {
            Issue.record("no command")
            return
        }
        let launch = try ConnectorProcess.Launch(
            command, values: ["assay.bin": "/bin", "data": "/d", "mocks.microsoft": "http://m"])
        #expect(launch.command.first == "/bin/reference-connector")
        #expect(launch.environment["CONNECTOR_SMS"] == "http://m/acs/{tenant}")
    }

    @Test func `the deployment file of the reference connector has no mistakes`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Scenarios/deployments/reference.yaml")
        let (deployment, diagnostics) = parse(try String(contentsOf: file, encoding: .utf8))
        #expect(diagnostics == [])
        let bound = Set(deployment.map { Array($0.bindings.keys) } ?? [])
        #expect(Set(Binding.operations.keys).subtracting(bound) == ["reset", "sms.reply", "launch", "open-link"])
    }

    @Test func `the smallest file reaches a connector that runs`() throws {
        let (deployment, diagnostics) = parse(Self.minimal)
        #expect(diagnostics == [])
        #expect(try #require(deployment).clock.mode == .real)
        #expect(deployment?.egress == .unobserved)
    }

    @Test func `a backend client without a secret signs with a key of its registration`() throws {
        func read(_ keys: String) -> (Deployment?, [String]) {
            let cerner = "{client-id: a, client-secret: b, redirect-uris: [], system: {client-id: s}\(keys)}"
            return parse(Self.minimal.replacing("registrations: {}", with: "registrations: {cerner: \(cerner)}"))
        }
        let (deployment, diagnostics) = read(", jwks: \"https://connector.example/keys\"")
        #expect(diagnostics == [])
        let system = try #require(deployment?.registrations.cerner?.system)
        #expect(system.id.text == "s" && system.secret == nil)
        let (_, missing) = read("")
        #expect(missing.count == 1 && missing.first?.hasPrefix("missing-key") == true)
    }

    @Test func `an application at Entra has a secret or certificates`() throws {
        func read(_ proof: String) -> (Deployment?, [String]) {
            parse(Self.minimal.replacing("registrations: {}", with: "registrations: {entra: {client-id: e\(proof)}}"))
        }
        let (deployment, diagnostics) = read(", certificates: [\"-----BEGIN CERTIFICATE-----\"]")
        #expect(diagnostics == [])
        let entra = try #require(deployment?.registrations.entra)
        #expect(entra.clientSecret == nil && entra.certificates.map(\.text) == ["-----BEGIN CERTIFICATE-----"])
        let (_, missing) = read("")
        #expect(missing.count == 1 && missing.first?.hasPrefix("missing-key") == true)
    }

    @Test func `all mistakes are reported at once, each at its place`() {
        let (deployment, diagnostics) = parse(
            """
            id: mine
            reach: {command: ["$(asay.bin)/x"], redy: json-line}
            registrations: {cerner: {client-id: [a], redirect-uris: []}}
            egress: proxi
            evidence: [{id: a, kind: sqlite}]
            bindings:
              ad-base-url: {steps: [{open: "$(conector)/x", click: "//a["}]}
              approve: {steps: [{click: "//a["}, {open: "$(env.NOPE)"}], accepted: {status: up}}
            """)
        #expect(deployment == nil)
        #expect(
            Set(diagnostics) == [
                "unknown-key 2:37", "unknown-name 2:20", "missing-key 3:25", "wrong-type 3:37",
                "unknown-word 4:9", "missing-key 5:12", "unknown-operation 7:3", "step 7:25", "xpath 8:33",
                "undefined-environment 8:46", "wrong-type 8:81",
            ])
    }

    @Test func `nearest words are offered`() {
        let (_, diagnostics) = Deployment.parse(
            SourceFile(path: "d.yaml", text: Self.minimal + "\nbindigs: {}\n"), environment: [:])
        #expect(diagnostics.first?.remedy == "did you mean \"bindings\"?")
    }
}

struct TemplateTests {
    @Test func `references are replaced once and an escape stays`() throws {
        #expect(try Template("a $(x) $$(x) $ $(").resolved(["x": "$(y)"]) == "a $(y) $(x) $ $(")
        #expect(Template("$(a)$(b-c.d)").names == ["a", "b-c.d"])
        #expect(try Template("").resolved([:]) == "")
    }

    @Test func `an undefined name is an error that names the nearest`() {
        do throws(TemplateError) {
            _ = try Template("$(conector)/x").resolved(["connector": "http://c"])
            Issue.record("resolved")
        } catch {
            #expect(error.name == "conector")
            #expect(error.description.contains("did you mean $(connector)?"))
        }
    }
}

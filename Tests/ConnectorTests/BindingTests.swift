// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import HTTPTransport
import SourceText
import Testing
import Value

struct BindingTests {
    private let server = LoopbackServer { request in
        func page(_ html: String, status: String = "200 OK") -> Data {
            LoopbackServer.response(status, ["Content-Type: text/html"], html)
        }
        let body = String(decoding: request.body, as: UTF8.self)
        switch request.path {
        case "/bases":
            return page(
                "<form id=other><input name=q></form><form id=add-base method=post action=/add><input name=url>"
                    + "<select name=environment><option>test<option>production</select><button>Add</button></form>"
                    + "<a id=list href=/records>List</a>")
        case "/add" where body.contains("good"): return page("<p id=saved>Saved</p>")
        case "/add" where body.contains("boom"): return page("oops", status: "500 Internal Server Error")
        case "/add" where body.contains("odd"): return page("<p>Something new</p>")
        case "/add": return page("<p role=alert>This  is no\nFHIR server</p>", status: "400 Bad Request")
        case "/closed": return page("<p role=alert>Only administrators</p>")
        case "/records":
            return page(
                "<table id=records><tr data-role=provider><td>b1</td></tr><tr data-role=patient><td>b'2</td></tr></table>"
            )
        case "/status?a=7":
            return LoopbackServer.response(
                "200 OK", [], #"{"attendees":[{"role":"patient","state":"waiting"}],"n":"7"}"#)
        case "/hook":
            return LoopbackServer.response(
                request.header("x-key") == "k" && body == #"{"a":"7","n":1}"# ? "202 Accepted" : "403 No")
        default: return LoopbackServer.response("404 Not Found")
        }
    }

    private func run(_ operation: String, _ arguments: [String: String] = [:]) async throws -> BindingOutcome {
        let text = """
            id: t
            reach: {url: "http://h"}
            registrations: {}
            bindings:
              add-base-url:
                steps: [{open: "$(connector)/bases"}, {submit: {form: "//form[@id='add-base']", fields: {url: $(base-url), environment: $(environment), approver: $(approver)}}}]
                accepted: "//*[@id='saved']"
                refused: "//*[@role='alert']"
                message: "string(//*[@role='alert'])"
              read-records:
                steps: [{open: "$(connector)/bases"}, {click: "//a[@id='list']"}]
                accepted: "//table[@id='records']"
                read:
                  records: {each: "//table[@id='records']//tr", fields: {role: "string(@data-role)", base-url: "string(td[1])"}}
                  mine: "string(//tr[td=$base-url]/@data-role)"
                  names: {each: "//table[@id='records']//td"}
              read-status:
                steps: [{request: {url: "$(connector)/status?a=$(appointment)"}}]
                read: {attendees: {json: attendees, fields: {who: role, state: state}, words: {waiting: lobby}}, n: {json: n, single: true}, at: {url: true}}
              ehr.notify:
                steps: [{request: {method: POST, url: "$(connector)/hook", headers: {X-Key: k}, json: {a: $(appointment), n: 1}}}]
              approve: {steps: [{open: "$(connector)/closed"}, {submit: {form: "//form"}}], refused: "//*[@role='alert']", message: "string(//*[@role='alert'])"}
              list-base-urls: {steps: [{open: "$(connector)/q?base=$(base-url)"}]}
              view-appointment: {steps: [{open: "$(connector)/bases"}, {submit: {form: "//form[@id='gone']"}}]}
            """
        let (deployment, diagnostics) = Deployment.parse(SourceFile(path: "d", text: text), environment: [:])
        #expect(diagnostics.filter { $0.severity == .error }.isEmpty)
        let read = try #require(deployment)
        let walker = Walker(alias: "it", parties: PartyMap(connector: server.url, ehr: nil, microsoft: nil))
        return await BindingExecutor(bindings: read.bindings)
            .run(operation, arguments: arguments, harness: ["connector": server.url], as: walker)
    }

    @Test func `a row in words that scenarios do not know is the binding's fault`() async throws {
        let (deployment, _) = Deployment.parse(
            SourceFile(
                path: "d",
                text: """
                    id: t
                    reach: {url: "http://h"}
                    registrations: {}
                    bindings:
                      list-base-urls:
                        steps: [{open: "$(connector)/live"}]
                        read: {bases: {each: "//li", fields: {environment: "string(.)"}}}
                      read-records:
                        steps: [{open: "$(connector)/live"}]
                        read: {bases: {each: "//li", fields: {environment: "string(.)"}, words: {Live: production}}}
                    """), environment: [:])
        let server = LoopbackServer { _ in
            LoopbackServer.response("200 OK", ["Content-Type: text/html"], "<ul><li>Live</ul>")
        }
        let executor = BindingExecutor(bindings: try #require(deployment).bindings)
        let walker = Walker(alias: "it", parties: PartyMap(connector: server.url, ehr: nil, microsoft: nil))
        let harness = ["connector": server.url]
        let strange = await executor.run("list-base-urls", arguments: [:], harness: harness, as: walker)
        #expect(strange.kind == .unmatched)
        #expect(strange.message.contains("\"Live\""))
        let known = await executor.run("read-records", arguments: [:], harness: harness, as: walker)
        #expect(known.values["bases"]?[0]?["environment"] == "production")
    }

    @Test func `a form is filled and the answer told apart`() async throws {
        let accepted = try await run("add-base-url", ["base-url": "good", "environment": "production"])
        #expect(accepted.kind == .accepted)
        #expect(accepted.walks.count == 2)
        #expect(
            server.requests.last.map { String(decoding: $0.body, as: UTF8.self) } == "url=good&environment=production")
        let refused = try await run("add-base-url", ["base-url": "bad"])
        #expect(refused.kind == .refused)
        #expect(refused.message == "This is no FHIR server")
        #expect(try await run("add-base-url", ["base-url": "boom"]).kind == .failed)
        #expect(try await run("add-base-url", ["base-url": "odd"]).kind == .unmatched)
        #expect(try await run("add-base-url", ["base-url": "x", "environment": "sandbox"]).kind == .unmatched)
    }

    @Test func `links are clicked and tables read, with arguments as XPath variables`() async throws {
        let outcome = try await run("read-records", ["base-url": "b'2"])
        #expect(
            Value.object(outcome.values).json()
                == #"{"records":[{"role":"provider","base-url":"b1"},{"role":"patient","base-url":"b'2"}],"mine":"patient","names":["b1","b'2"]}"#
        )
    }

    @Test func `JSON answers are read and requests carry headers and bodies`() async throws {
        let outcome = try await run("read-status", ["appointment": "7"])
        #expect(outcome.kind == .accepted)
        // In the scenarios' words and names.
        #expect(outcome.values["attendees"]?[0]?["state"] == "lobby")
        #expect(outcome.values["attendees"]?[0]?["who"] == "patient")
        #expect(outcome.values["n"] == "7")
        #expect(outcome.values["at"]?.string == server.url + "/status?a=7")
        #expect(try await run("read-status", ["appointment": "8"]).kind == .refused)
        #expect(try await run("ehr.notify", ["appointment": "7"]).kind == .accepted)
        #expect(try await run("ehr.notify", ["appointment": "8"]).kind == .refused)
    }

    @Test func `a refusal on the way is a refusal`() async throws {
        let outcome = try await run("approve")
        #expect(outcome.kind == .refused)
        #expect(outcome.message == "Only administrators")
    }

    @Test func `arguments in a query are encoded`() async throws {
        _ = try await run("list-base-urls", ["base-url": "http://h/a b&c=d"])
        #expect(server.requests.last?.path == "/q?base=http%3A%2F%2Fh%2Fa%20b%26c%3Dd")
    }

    @Test func `a page that is not what the binding says is no fault of the connector`() async throws {
        let outcome = try await run("view-appointment")
        #expect(outcome.kind == .unmatched)
        #expect(outcome.message.contains("it has: other, add-base"))
        #expect(try await run("send-link").kind == .unmatched)
    }
}

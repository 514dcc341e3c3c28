// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import HTTPTransport
import Markup
import Synchronization
import Testing
import Trace
import Value

struct WalkerTests {
    /// A provider's sign-in, consent and join pages as the mocks show them.
    private static func mock(_ home: @escaping @Sendable () -> String) -> LoopbackServer {
        LoopbackServer { request in
            func page(_ html: String, _ headers: [String] = []) -> Data {
                LoopbackServer.response("200 OK", ["Content-Type: text/html; charset=utf-8"] + headers, html)
            }
            let body = String(decoding: request.body, as: UTF8.self)
            switch request.path {
            case "/login":
                return page(
                    "<form id=assay-login data-provider=microsoft method=post action=/signin><input type=hidden name=t value=1>"
                        + "<input name=username><input name=password type=password><button>Go</button></form>")
            case "/signin" where body == "t=1&username=ann&password=pw":
                return page(
                    "<form id=assay-consent method=post action=/consent><button name=decision value=reject>No</button>"
                        + "<button name=decision value=accept>Yes</button></form>", ["Set-Cookie: session=1"])
            case "/signin":
                return page(
                    "<form id=assay-login data-provider=microsoft method=post action=/signin><input name=username>"
                        + "<input name=password></form>")
            case "/consent" where body == "decision=accept" && request.header("cookie") == "session=1":
                return LoopbackServer.response("302 Found", ["Location: \(home())/done"])
            case "/authorize":
                return LoopbackServer.response("302 Found", ["Location: \(home())/done?code=c&state=s"])
            case "/l/meetup-join":
                return page("<form id=assay-join method=post action=/l/in><button>Join</button></form>")
            case "/l/in": return page("<p id=lobby>Wait</p>")
            default: return LoopbackServer.response("404 Not Found")
            }
        }
    }

    private static func connector(_ mock: @escaping @Sendable () -> String) -> LoopbackServer {
        LoopbackServer { request in
            switch request.path {
            case "/start": LoopbackServer.response("302 Found", ["Location: \(mock())/login"])
            case "/done": LoopbackServer.response("200 OK", ["Content-Type: text/html"], "<title>Done</title><p>Hello")
            case "/sign-in": LoopbackServer.response("302 Found", ["Location: \(mock())/authorize"])
            case "/meet": LoopbackServer.response("303 See Other", ["Location: \(mock())/l/meetup-join"])
            case "/circle": LoopbackServer.response("302 Found", ["Location: /circle"])
            case "/out": LoopbackServer.response("302 Found", ["Location: https://teams.example.com/x"])
            case "/app": LoopbackServer.response("302 Found", ["Location: msteams:/l/meetup-join/x"])
            case "/refresh":
                LoopbackServer.response(
                    "200 OK", ["Content-Type: text/html"], "<meta http-equiv=refresh content='0;url=/done'>")
            case "/handed-on":
                LoopbackServer.response(
                    "200 OK", ["Content-Type: text/html"],
                    "<form method=post action=/api2><input type=hidden name=aud value=x></form>"
                        + "<script>document.forms[0].submit()</script>")
            case "/api" where request.line.hasPrefix("POST"):
                LoopbackServer.response("307 Temporary Redirect", ["Location: /api2"])
            case "/api2":
                LoopbackServer.response("200 OK", [], request.line + String(decoding: request.body, as: UTF8.self))
            case "/slow": nil
            default: LoopbackServer.response("500 Internal Server Error")
            }
        }
    }

    private final class Address: Sendable {
        private let text = Mutex("")
        var value: String {
            get { text.withLock { $0 } }
            set { text.withLock { $0 = newValue } }
        }
    }

    private struct Stage {
        let connector: LoopbackServer
        let mock: LoopbackServer
        let walker: Walker

        init(accounts: [String: Walker.Account] = ["microsoft": .init(user: "ann", password: "pw")]) {
            let home = Address()
            let provider = Address()
            mock = WalkerTests.mock { home.value }
            connector = WalkerTests.connector { provider.value }
            home.value = connector.url
            provider.value = mock.url
            walker = Walker(
                alias: "ann", parties: PartyMap(connector: connector.url, ehr: nil, microsoft: mock.url),
                accounts: accounts,
                handoff: ["teams.*.com"])
        }
    }

    @Test func `a person signs in, consents and comes back`() async throws {
        let stage = Stage()
        let walk = try await stage.walker.open(stage.connector.url + "/start")
        #expect(walk.page?.title == "Done")
        #expect(walk.reached == .connector)
        #expect(walk.signIns == ["microsoft"])
        #expect(walk.hops.map(\.reason) == [.opened, .redirect, .signIn, .consent, .redirect])
        #expect(walk.hops.map(\.party) == [.connector, .entra, .entra, .entra, .connector])
        #expect(stage.mock.requests.allSatisfy { $0.header("assay-actor") == "ann" })
        #expect(stage.connector.requests.allSatisfy { $0.header("assay-actor") == nil && $0.header("cookie") == nil })
    }

    @Test func `wrong passwords and missing accounts end a walk with their reason`() async throws {
        for (accounts, expected) in [
            (
                ["microsoft": Walker.Account(user: "ann", password: "no")],
                WalkError.Kind.signInRefused(provider: "microsoft")
            ),
            ([:], .noAccount(provider: "microsoft")),
        ] {
            let stage = Stage(accounts: accounts)
            do throws(WalkError) {
                _ = try await stage.walker.open(stage.connector.url + "/start")
                Issue.record("walked")
            } catch {
                #expect(error.kind == expected)
            }
        }
    }

    @Test func `the join page is submitted only when asked`() async throws {
        let stage = Stage()
        let shown = try await stage.walker.open(stage.connector.url + "/meet")
        #expect(shown.page?.form("assay-join") != nil)
        #expect(shown.reached == .teams)
        let joined = try await stage.walker.open(
            stage.connector.url + "/meet", options: WalkOptions(joinsMeetings: true))
        #expect(joined.page?.visibleText == "Wait")
        #expect(joined.hops.last?.reason == .join)
    }

    @Test func `a walk is stopped before a sign-in's answer, which can be taken on in another browser`() async throws {
        let stage = Stage()
        let start = stage.connector.url + "/sign-in"
        let held = try await stage.walker.open(start, options: WalkOptions(holdsAnswerOf: .entra))
        #expect(held.held == stage.connector.url + "/done?code=c&state=s")
        #expect(held.reached == .entra)
        #expect(!stage.connector.requests.contains { $0.line.contains("code=") })
        let others = try await stage.walker.open(start, options: WalkOptions(holdsAnswerOf: .ehr))
        #expect(others.held == nil)
        #expect(others.reached == .connector)
    }

    @Test func `a walk ends at a host named as handoff and at a scheme no browser opens`() async throws {
        let stage = Stage()
        #expect(try await stage.walker.open(stage.connector.url + "/out").handoff == "https://teams.example.com/x")
        #expect(try await stage.walker.open(stage.connector.url + "/app").handoff == "msteams:/l/meetup-join/x")
    }

    @Test func `circles end, refreshes are followed, and a kept method keeps its body`() async throws {
        let stage = Stage()
        do throws(WalkError) {
            _ = try await stage.walker.open(stage.connector.url + "/circle")
            Issue.record("walked")
        } catch {
            #expect(error.kind == .tooManyRedirects)
            #expect(error.hops.count == Walker.redirectLimit + 1)
        }
        #expect(try await stage.walker.open(stage.connector.url + "/refresh").page?.title == "Done")
        let handedOn = try await stage.walker.open(stage.connector.url + "/handed-on")
        #expect(String(decoding: handedOn.body, as: UTF8.self) == "POST /api2 HTTP/1.1aud=x")
        let posted = try await stage.walker.request(
            method: "POST", url: stage.connector.url + "/api", body: Data("b".utf8))
        #expect(String(decoding: posted.body, as: UTF8.self) == "POST /api2 HTTP/1.1b")
    }

    @Test func `exchanges with the connector are recorded, those with mocks not`() async throws {
        let held = Stage()
        var stage = held.walker
        let journal = Journal()
        stage.recorder = JournalRecorder(journal: journal, world: nil)
        _ = try await stage.open(held.connector.url + "/start")
        let kinds = journal.events().map { "\($0.kind) \($0["from"]?.string ?? "")>\($0["to"]?.string ?? "")" }
        #expect(
            kinds == [
                "http.request actor:ann>connector", "http.response connector>actor:ann",
                "http.request actor:ann>connector",
                "http.response connector>actor:ann",
            ])
        await #expect(throws: WalkError.self) { try await stage.open(held.connector.url + "/slow") }
        #expect(journal.events().last?["fault"]?.string == "disconnected")
    }
}

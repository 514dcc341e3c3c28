// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import ProtocolRules

@Suite struct ProtocolRulesTests {
    @Test func `rule ids are unique, of their family and named for people`() {
        let ids = ProtocolRules.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        for rule in ProtocolRules.all {
            #expect(rule.id.hasPrefix(rule.family.rawValue + "-"))
            #expect(rule.statement.hasSuffix(".") || rule.statement.hasSuffix(")."))
            #expect(rule.mark != .unverified || rule.isAdvice, "an unverified rule never fails a connector")
        }
    }

    @Test func `the documentation prints every rule`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "docs/protocol-rules.md")
        if ProcessInfo.processInfo.environment["ASSAY_REWRITE"] == "1" {
            let text = try String(contentsOf: file, encoding: .utf8)
            let head = text.components(separatedBy: "| check |")[0]
            try Data((head + ProtocolRules.markdown + "\n").utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8).contains(ProtocolRules.markdown))
    }

    @Test func `an honest launch breaks nothing`() {
        #expect(Samples.honestLaunch().broken() == [])
    }

    @Test func `an authorization without state, challenge or the right audience is seen`() {
        var maker = ExchangeMaker()
        maker.add(
            .actor("dr"), .ehr, "GET", Samples.authorize(state: "", challenge: nil, aud: "http://evil.example/fhir"))
        let broken = maker.broken(WorldFacts(bases: [Samples.base]))
        #expect(broken.contains("smart-state-present"))
        #expect(broken.contains("smart-pkce-s256"))
        #expect(broken.contains("smart-aud"))
    }

    @Test func `a nonce of two people is seen, one of a browser that comes again is not`() {
        func authorize(_ state: String) -> String {
            Samples.authorize(state: state + "BBBBCCCCDDDDEEEEFFFFGG") + "&nonce=n-1"
        }
        var maker = ExchangeMaker()
        maker.add(.actor("dr"), .ehr, "GET", authorize("AAAA"))
        maker.add(.actor("dr"), .ehr, "GET", authorize("CCCC"))
        maker.add(.actor("ann"), .ehr, "GET", authorize("CCCC"))
        #expect(!maker.broken().contains("smart-nonce-fresh"))
        maker.add(.actor("ada"), .entra, "GET", authorize("DDDD"))
        #expect(maker.broken().contains("smart-nonce-fresh"))
    }

    @Test func `a state used twice is seen, a reload is not`() {
        var maker = ExchangeMaker()
        maker.add(.actor("dr"), .ehr, "GET", Samples.authorize())
        maker.add(.actor("dr"), .ehr, "GET", Samples.authorize())
        #expect(!maker.broken().contains("smart-state-reused"))
        maker.add(.actor("dr"), .ehr, "GET", Samples.authorize(challenge: String(Samples.challenge.reversed())))
        #expect(maker.broken().contains("smart-state-reused"))
    }

    @Test(arguments: [
        ("launch user/*.read", "smart-scope-wildcard"), ("user/Observation.read", "smart-scope-minimal"),
        ("system/Patient.write", "smart-scope-minimal"), ("user/Practitioner.cruds", "smart-scope-minimal"),
        ("system/MedicationRequest.rs", "smart-scope-minimal"),
    ])
    func `excess scopes are seen`(scope: String, rule: String) {
        var maker = ExchangeMaker()
        maker.add(.actor("dr"), .ehr, "GET", Samples.authorize(scope: scope))
        #expect(maker.broken().contains(rule))
    }

    @Test func `a code redeemed twice is seen, a repeat after a lost answer is not`() {
        let body = "grant_type=authorization_code&code=k&redirect_uri=r&code_verifier=\(Samples.verifier)"
        var lost = ExchangeMaker()
        lost.add(.connector, .ehr, "POST", Samples.token, headers: Samples.form, body: body, status: nil)
        lost.add(.connector, .ehr, "POST", Samples.token, headers: Samples.form, body: body)
        #expect(!lost.broken().contains("smart-code-once"))
        var twice = ExchangeMaker()
        twice.add(.connector, .ehr, "POST", Samples.token, headers: Samples.form, body: body)
        twice.add(.connector, .ehr, "POST", Samples.token, headers: Samples.form, body: body, status: 400)
        #expect(twice.broken() == ["smart-code-once"])
    }

    @Test func `another redirect URI, a missing verifier and a secret in the address are seen`() {
        var maker = ExchangeMaker()
        maker.add(
            .actor("dr"), .ehr, "GET", Samples.authorize(), status: 302,
            answerHeaders: [("Location", Samples.callback + "?code=k&state=AAAABBBBCCCCDDDDEEEEFFFFGG")])
        maker.add(
            .connector, .ehr, "POST", Samples.token + "?client_secret=s", headers: Samples.form,
            body: "grant_type=authorization_code&code=k&redirect_uri=http%3A%2F%2Fother")
        #expect(maker.broken() == ["smart-pkce-verifier", "smart-redirect-exact", "smart-secret-in-url"])
    }

    @Test func `a PKCE challenge used twice is seen, a reload is not`() {
        var maker = ExchangeMaker()
        maker.add(.actor("dr"), .ehr, "GET", Samples.authorize())
        maker.add(.actor("dr"), .ehr, "GET", Samples.authorize())
        #expect(!maker.broken().contains("smart-pkce-fresh"))
        maker.add(.actor("dr"), .ehr, "GET", Samples.authorize(state: "GGFFFFEEEEDDDDCCCCBBBBAAAA"))
        #expect(maker.broken().contains("smart-pkce-fresh"))
    }

    @Test func `a code that came with a foreign state redeems nothing`() {
        var maker = ExchangeMaker()
        maker.add(
            .actor("dr"), .ehr, "GET", Samples.authorize(), status: 302,
            answerHeaders: [("Location", Samples.callback + "?code=k12345&state=AAAABBBBCCCCDDDDEEEEFFFFGG")])
        maker.add(.actor("eve"), .connector, "GET", Samples.callback + "?code=k12345&state=forged", status: 302)
        maker.add(
            .connector, .ehr, "POST", Samples.token, headers: Samples.form,
            body:
                "grant_type=authorization_code&code=k12345&redirect_uri=http%3A%2F%2F127.0.0.1%3A3%2Fcallback&code_verifier=\(Samples.verifier)"
        )
        #expect(maker.broken() == ["smart-state-checked"])
    }

    @Test func `an EHR token sent to Microsoft is seen`() {
        var maker = Samples.honestLaunch()
        maker.add(
            .connector, .graph, "GET", "http://127.0.0.1:2/v1.0/me", headers: [("Authorization", "Bearer ehr-token-1")])
        #expect(maker.broken() == ["smart-token-stranger"])
    }

    @Test func `a patch without If-Match, of the wrong type or form is seen`() {
        var maker = ExchangeMaker()
        maker.add(
            .connector, .ehr, "PATCH", Samples.base + "/Appointment/7", headers: [("Content-Type", "application/json")],
            body: "[]")
        #expect(maker.broken() == ["fhir-content-type", "fhir-if-match"])
        var form = ExchangeMaker()
        form.add(
            .connector, .ehr, "PATCH", Samples.base + "/Appointment/7",
            headers: [("Content-Type", "application/json-patch+json"), ("If-Match", "W/\"1\"")], body: #"{"op":"add"}"#)
        #expect(form.broken() == ["fhir-patch-form"])
    }

    @Test(arguments: [
        ("/Patient?family=Jones&birthdate=1980-01-01", "fhir-demographic-search"),
        ("/Patient?name:contains=Jo", "fhir-demographic-search"), ("/Observation?patient=1", "fhir-needed-types"),
        ("/Patient/1/$everything", "fhir-needed-types"),
        ("/Appointment?_count=50", "fhir-unbounded-search"),
        ("/Patient?_id=1&_revinclude=Observation:patient", "fhir-needed-types"),
    ])
    func `greedy questions to the EHR are seen`(query: String, rule: String) {
        var maker = ExchangeMaker()
        maker.add(.connector, .ehr, "GET", Samples.base + query)
        #expect(maker.broken() == [rule])
    }

    @Test func `a validation echoed wrongly is seen`() {
        let url = Samples.callback + "?validationToken=a%20b%2Bc"
        var honest = ExchangeMaker()
        honest.add(.graph, .connector, "POST", url, answerHeaders: [("Content-Type", "text/plain")], answer: "a b+c")
        #expect(honest.broken() == [])
        var html = ExchangeMaker()
        html.add(.graph, .connector, "POST", url, answerHeaders: [("Content-Type", "text/html")], answer: "a b+c")
        #expect(html.broken() == ["graph-validation-echo"])
        var raw = ExchangeMaker()
        raw.add(.graph, .connector, "POST", url, answerHeaders: [("Content-Type", "text/plain")], answer: "a%20b%2Bc")
        #expect(raw.broken() == ["graph-validation-echo"])
    }

    @Test func `an answer that came after the run was interrupted blames nobody`() {
        let url = Samples.callback + "?validationToken=a"
        var before = ExchangeMaker()
        before.add(.graph, .connector, "POST", url, status: 503)
        before.append(EventDraft("run.interrupted", by: .runner, world: nil, ["reason": "SIGTERM"]))
        #expect(before.broken() == ["graph-validation-echo", "http-server-error"])
        var after = ExchangeMaker()
        after.append(EventDraft("run.interrupted", by: .runner, world: nil, ["reason": "SIGTERM"]))
        after.add(.graph, .connector, "POST", url, status: 503)
        #expect(after.broken() == [])
    }

    @Test func `a late or refused notification is seen, a refused forgery is not`() {
        var late = ExchangeMaker()
        late.add(.graph, .connector, "POST", Samples.callback, status: 202, milliseconds: 3200)
        #expect(late.broken() == ["graph-webhook-time"])
        // What the machine took for itself is nobody's.
        var strained = ExchangeMaker()
        strained.add(.graph, .connector, "POST", Samples.callback, status: 202, milliseconds: 3200, strained: 400)
        #expect(strained.broken() == [])
        var refused = ExchangeMaker()
        refused.add(.graph, .connector, "POST", Samples.callback, status: 401)
        #expect(refused.broken() == ["graph-webhook-accepted"])
        var forged = ExchangeMaker()
        forged.add(
            .graph, .connector, "POST", Samples.callback, status: 401,
            facts: [EventDraft("notification.sent", by: .graph, world: ExchangeMaker.world, ["forged": true])])
        #expect(forged.broken() == [])
    }

    @Test func `a number that is not E.164 and a changed repeatability id are seen`() {
        func message(_ to: String, _ id: String, _ text: String = "hello") -> String {
            #"{"from":"+15550100","message":"\#(text)","smsRecipients":[{"to":"\#(to)","repeatabilityRequestId":"\#(id)"}]}"#
        }
        let url = "http://127.0.0.1:2/acs/t/sms?api-version=1"
        var bare = ExchangeMaker()
        bare.add(.connector, .sms, "POST", url, body: message("5550111", "a"), status: 202)
        #expect(bare.broken() == ["sms-e164"])
        var repeated = ExchangeMaker()
        repeated.add(.connector, .sms, "POST", url, body: message("+15550111", "a"), status: 500)
        repeated.add(.connector, .sms, "POST", url, body: message("+15550111", "b"), status: 202)
        #expect(repeated.broken() == ["sms-repeatability-kept"])
        // Wanted twice in the same words: the first is repeated under its own id, the second is a message of its own.
        var twice = ExchangeMaker()
        for (id, status) in [("a", 500), ("b", 202), ("a", 202)] {
            twice.add(.connector, .sms, "POST", url, body: message("+15550111", id), status: status)
        }
        #expect(twice.broken() == [])
        twice.add(.connector, .sms, "POST", url, body: message("+15550111", "c"), status: 500)
        twice.add(.connector, .sms, "POST", url, body: message("+15550111", "d"), status: 202)
        #expect(twice.broken() == ["sms-repeatability-kept"])
        // A connector that never repeats a doubtful confirmation may remind of the visit later, in the same words.
        var reminded = ExchangeMaker()
        reminded.clock = Instant(microseconds: 0)
        reminded.add(.connector, .sms, "POST", url, body: message("+15550111", "a"), status: 202, fault: "drop")
        reminded.clock = Instant(microseconds: 0) + .seconds(31 * 60)
        reminded.add(.connector, .sms, "POST", url, body: message("+15550111", "b"), status: 202)
        #expect(reminded.broken() == [])
        reminded.clock = Instant(microseconds: 0) + .seconds(29 * 60)
        reminded.add(.connector, .sms, "POST", url, body: message("+15550122", "c"), status: 202, fault: "drop")
        reminded.clock = Instant(microseconds: 0) + .seconds(58 * 60)
        reminded.add(.connector, .sms, "POST", url, body: message("+15550122", "d"), status: 202)
        #expect(reminded.broken() == ["sms-repeatability-kept"])
        var shared = ExchangeMaker()
        shared.add(.connector, .sms, "POST", url, body: message("+15550111", "a"), status: 202)
        shared.add(.connector, .sms, "POST", url, body: message("+15550111", "a", "other"), status: 202)
        #expect(shared.broken() == ["sms-repeatability-fresh"])
    }

    @Test func `secrets in addresses are seen`() {
        var maker = ExchangeMaker()
        maker.add(.connector, .graph, "GET", "http://127.0.0.1:2/v1.0/me?access_token=t")
        #expect(maker.broken() == ["http-token-in-url"])
        var code = Samples.honestLaunch()
        code.add(
            .actor("dr"), .connector, "GET", "http://127.0.0.1:3/visit?code=code-1234", answerHeaders: Samples.page,
            answer: "x")
        #expect(code.broken() == ["http-code-after-use"])
    }

    @Test func `server errors and stack traces are seen, a gateway error after a fault is not`() {
        var maker = ExchangeMaker()
        maker.add(
            .actor("ann"), .connector, "GET", "http://127.0.0.1:3/j/1", status: 500,
            answerHeaders: [("Content-Type", "text/plain")], answer: "Traceback (most recent call last)")
        #expect(maker.broken() == ["http-server-error", "http-stack-trace"])
        var gateway = ExchangeMaker()
        gateway.append(EventDraft("fault.struck", by: .runner, world: ExchangeMaker.world, ["place": "ehr"]))
        gateway.add(.actor("ann"), .connector, "GET", "http://127.0.0.1:3/j/1", status: 502)
        #expect(gateway.broken() == [])
    }

    @Test func `careless cookies and pages are seen`() {
        var maker = ExchangeMaker()
        maker.add(
            .actor("ann"), .connector, "GET", "https://c.example/j/1",
            answerHeaders: [("Content-Type", "text/html"), ("Set-Cookie", "sid=8f3a61c2d94be075; SameSite=None")],
            answer: "<p>")
        #expect(
            maker.broken(WorldFacts(patients: ["ann"])) == [
                "http-cookie-httponly", "http-cookie-samesite", "http-cookie-secure", "http-framing", "http-media-type",
                "http-referrer-policy",
            ])
    }

    @Test func `a refusal in mere words may be a server's own, a preference be read, and a cookie be taken back`() {
        var maker = ExchangeMaker()
        let plain = ("Content-Type", "text/html;charset=utf-8")
        maker.add(
            .actor("ann"), .connector, "GET", "https://c.example/j/%C3%28", status: 400,
            answerHeaders: [
                plain, ("Set-Cookie", "lang=pt-PT; Secure; SameSite=Lax"),
                ("Set-Cookie", "sid=deleted; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
            ], answer: "<h1>400 Bad Request</h1>")
        #expect(maker.broken(WorldFacts(patients: ["ann"])) == [])
        maker.add(
            .actor("ann"), .connector, "GET", "https://c.example/j/2", status: 404, answerHeaders: [plain],
            answer: "<a href='/'>Start</a>")
        #expect(maker.broken(WorldFacts(patients: ["ann"])) == ["http-framing", "http-referrer-policy"])
    }

    @Test func `a rule that saw nothing says so`() {
        let outcomes = ProtocolRules.outcomes(in: [])
        #expect(outcomes.count == ProtocolRules.all.count)
        #expect(outcomes.allSatisfy { $0.examined == 0 && $0.violations.isEmpty })
    }

    @Test func `addresses are taken apart as sent`() {
        let url = WireURL("HTTP://Host:80/a%20b/authorize?x=1+2&y=%C3%A9&z=%zz#f?g")
        #expect(url.scheme == "http")
        #expect(url.authority == "host:80")
        #expect(url.lastSegment == "authorize")
        #expect(url.query["x"] == "1 2")
        #expect(url.query["y"] == "é")
        #expect(url.query["z"] == "%zz")
        #expect(url.fragment == "f?g")
    }
}

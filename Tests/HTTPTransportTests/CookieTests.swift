// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Testing

struct CookieTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func jar(_ line: String, from url: String, in context: CookieContext = .typed) -> CookieJar {
        var jar = CookieJar()
        jar.store(line, from: url, context: context, now: now)
        return jar
    }

    private func sent(
        _ jar: CookieJar, _ url: String, _ method: String = "GET", in context: CookieContext = .typed, after: Double = 0
    ) -> String? {
        jar.header(for: url, method: method, context: context, now: now.addingTimeInterval(after))
    }

    @Test func `a cookie goes back to its host and path only`() {
        let jar = jar("a=1; Path=/app", from: "https://h.test/app/x")
        #expect(sent(jar, "https://h.test/app") == "a=1")
        #expect(sent(jar, "https://h.test/app/y") == "a=1")
        #expect(sent(jar, "https://h.test/apple") == nil)
        #expect(sent(jar, "https://sub.h.test/app") == nil)
        #expect(sent(jar, "https://other.test/app") == nil)
    }

    @Test func `a domain cookie reaches subdomains and never a shared suffix`() {
        #expect(sent(jar("a=1; Domain=h.test", from: "https://x.h.test/"), "https://y.h.test/") == "a=1")
        #expect(jar("a=1; Domain=test", from: "https://x.h.test/").cookies.isEmpty)
        #expect(jar("a=1; Domain=azurewebsites.net", from: "https://x.azurewebsites.net/").cookies.isEmpty)
        #expect(jar("a=1; Domain=h.test", from: "https://evilh.test/").cookies.isEmpty)
    }

    @Test func `loopback counts as secure and each port is a party of its own`() {
        let jar = jar("a=1; Secure; SameSite=None", from: "http://127.0.0.1:4001/")
        #expect(sent(jar, "http://127.0.0.1:4001/") == "a=1")
        #expect(sent(jar, "http://127.0.0.1:4002/") == nil)
        #expect(self.jar("a=1; Secure", from: "http://h.test/").cookies.isEmpty)
    }

    @Test func `inside another site's frame only SameSite None and Secure is kept and sent`() {
        let page = "https://ehr.test/chart"
        let inFrame = CookieContext.inside(page)
        for attributes in ["", "; SameSite=Lax", "; SameSite=Strict", "; Secure"] {
            #expect(sent(jar("a=1" + attributes, from: "https://c.test/"), "https://c.test/", in: inFrame) == nil)
            #expect(jar("a=1" + attributes, from: "https://c.test/", in: inFrame).cookies.isEmpty)
        }
        let open = jar("a=1; SameSite=None; Secure", from: "https://c.test/", in: inFrame)
        #expect(sent(open, "https://c.test/", in: inFrame) == "a=1")
        #expect(jar("a=1; SameSite=None", from: "https://c.test/").cookies.isEmpty)
        // A frame of the same site inside a foreign one is still foreign.
        let nested = CookieContext.inside("https://ehr.test/", frames: ["https://c.test/"])
        #expect(sent(jar("a=1", from: "https://c.test/"), "https://c.test/", in: nested) == nil)
    }

    @Test func `a navigation from another site carries Lax with safe methods and never Strict`() {
        let context = CookieContext.navigation(from: "https://login.test/")
        let lax = jar("a=1; SameSite=Lax", from: "https://c.test/")
        #expect(sent(lax, "https://c.test/", in: context) == "a=1")
        #expect(sent(lax, "https://c.test/", "POST", in: context) == nil)
        #expect(sent(jar("a=1; SameSite=Strict", from: "https://c.test/"), "https://c.test/", in: context) == nil)
        #expect(sent(jar("a=1; SameSite=Strict", from: "https://c.test/"), "https://c.test/") == "a=1")
        // Schemeful same-site.
        let plain = CookieContext.navigation(from: "http://c.test/")
        #expect(sent(jar("a=1; SameSite=Strict", from: "https://c.test/"), "https://c.test/", in: plain) == nil)
    }

    @Test func `cookies run out, and Max-Age wins over Expires`() {
        let short = jar("a=1; Max-Age=60; Expires=Wed, 01 Jan 2120 00:00:00 GMT", from: "https://c.test/")
        #expect(sent(short, "https://c.test/", after: 59) == "a=1")
        #expect(sent(short, "https://c.test/", after: 60) == nil)
        var gone = short
        gone.store("a=; Expires=Thu, 01-Jan-1970 00:00:00 GMT", from: "https://c.test/", context: .typed, now: now)
        #expect(gone.cookies.isEmpty)
        #expect(
            sent(jar("a=1; Max-Age=99999999999", from: "https://c.test/"), "https://c.test/", after: 401 * 86_400)
                == nil)
    }

    @Test func `prefixes hold what they promise`() {
        #expect(jar("__Host-a=1; Secure; Path=/; Domain=c.test", from: "https://c.test/").cookies.isEmpty)
        #expect(jar("__Host-a=1; Secure", from: "https://c.test/x/y").cookies.isEmpty)
        #expect(jar("__Host-a=1; Secure; Path=/", from: "https://c.test/x/y").cookies.count == 1)
        #expect(jar("__Secure-a=1", from: "https://c.test/").cookies.isEmpty)
    }

    @Test func `a plain page cannot overwrite a secure cookie`() {
        var jar = jar("a=1; Secure", from: "https://c.test/")
        let isKept = jar.store("a=2", from: "http://c.test/", context: .typed, now: now)
        #expect(!isKept)
        #expect(sent(jar, "https://c.test/") == "a=1")
    }

    @Test func `longer paths come first, then older cookies`() {
        var jar = CookieJar()
        for line in ["a=1; Path=/", "b=2; Path=/x", "c=3; Path=/"] {
            jar.store(line, from: "https://c.test/x", context: .typed, now: now)
        }
        jar.store("a=9; Path=/", from: "https://c.test/x", context: .typed, now: now.addingTimeInterval(5))
        #expect(sent(jar, "https://c.test/x") == "b=2; a=9; c=3")
    }

    @Test func `no request gets a cookie its attributes forbid, whatever the mixture`() {
        var random = Mixture(state: 7)
        let hosts = ["https://a.test", "https://b.a.test", "http://a.test", "https://z.test", "http://127.0.0.1:4001"]
        let paths = ["/", "/x", "/x/y", "/xy"]
        for _ in 0..<3000 {
            let from = random.pick(hosts) + random.pick(paths)
            let line =
                "n=v" + random.pick(["", "; Secure"])
                + random.pick(["", "; SameSite=None", "; SameSite=Lax", "; SameSite=Strict"])
                + random.pick(["", "; Domain=a.test"]) + random.pick(["", "; Path=/x"])
                + random.pick(["", "; Max-Age=10"])
            let to = random.pick(hosts) + random.pick(paths)
            let other = random.pick(hosts) + "/"
            let context = random.pick([CookieContext.typed, .navigation(from: other), .inside(other)])
            let after = random.pick([0.0, 20.0])
            let jar = jar(line, from: from)
            guard let cookie = jar.cookies.first, sent(jar, to, in: context, after: after) != nil else { continue }
            let target = WebAddress(to)
            let note: Comment = "\(line) from \(from) to \(to) \(context)"
            #expect(!(cookie.isSecure && target?.scheme == "http" && target?.isLoopback == false), note)
            #expect(to.contains(cookie.isHostOnly ? "//" + cookie.domain + "/" : cookie.domain), note)
            #expect(after == 0 || !line.contains("Max-Age"), note)
            if case .inside = Kind(context), WebAddress(other).map(Site.init) != target.map(Site.init) {
                #expect(line.contains("SameSite=None; ") || line.contains("SameSite=None"), note)
            }
            if line.contains("Strict"), let initiator = context.initiator {
                #expect(WebAddress(initiator).map(Site.init) == target.map(Site.init), note)
            }
        }
    }

    private enum Kind {
        case inside, other
        init(_ context: CookieContext) { self = context.isTopLevelNavigation ? .other : .inside }
    }

    private struct Mixture {
        var state: UInt64
        mutating func pick<T>(_ items: [T]) -> T {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return items[Int(state >> 33) % items.count]
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Markup
import Testing

struct MarkupTests {
    private func page(_ html: String, url: String = "http://h.test/dir/page") throws -> HTMLPage {
        try HTMLPage(Data(html.utf8), url: url)
    }

    @Test func `a page tells title, text, links and resources`() throws {
        let page = try page(
            """
            <!doctype html><title> A  page </title><style>body{background:url('/bg.png')}</style>
            <script src="s.js">var secret = 1</script><link rel=stylesheet href=//cdn.test/a.css>
            <body><h1>Grüße</h1><p>one<br>two <b>three</b></p><div hidden>no</div><p style="display: none">no</p>
            <a href="../next?a=1&amp;b=2" rel="noopener nofollow">go <i>on</i></a> <a href="javascript:x()">js</a>
            <img src="i.png" alt="picture"><iframe src="https://f.test/"></iframe>
            <table><tr><td>x</td><td>y</td></tr></table>
            """)
        #expect(page.title == "A page")
        #expect(page.visibleText == "Grüße\none\ntwo three\ngo on js picture\nx y")
        #expect(page.links.map(\.url) == ["http://h.test/next?a=1&b=2"])
        #expect(page.links.first?.rel == ["noopener", "nofollow"])
        #expect(
            Set(page.resources.map { "\($0.kind) \($0.url)" }) == [
                "image http://h.test/bg.png", "script http://h.test/dir/s.js", "style http://cdn.test/a.css",
                "image http://h.test/dir/i.png", "frame https://f.test/",
            ])
    }

    @Test func `a base element and a refresh are followed`() throws {
        let page = try page(
            "<base href='/root/'><meta http-equiv=Refresh content='0; URL=\"next\"'><a href=x>x</a>")
        #expect(page.refresh?.url == "http://h.test/root/next")
        #expect(page.links.first?.url == "http://h.test/root/x")
        #expect(try self.page("<meta http-equiv=refresh content=5>").refresh == nil)
    }

    @Test(arguments: [
        "<form id=f></form><script>document.forms[0].submit()</script>",
        "<form id=f></form><script> window.document.getElementById('f').submit(); </script>",
        "<body onload='javascript:document.f.submit()'><form name=f></form>",
    ])
    func `a page that sends its own form is known`(markup: String) throws {
        #expect(try page(markup).submitsItself)
    }

    @Test(arguments: [
        "<form></form><script>button.onclick = () => document.forms[0].submit()</script>",
        "<form></form><form></form><script>document.forms[0].submit()</script>",
        "<form></form><select onchange='document.forms[0].submit()'></select>",
    ])
    func `a page that waits for its reader is not taken for one`(markup: String) throws {
        #expect(try !page(markup).submitsItself)
    }

    private let form = """
        <form id=f method=post action=save data-provider=ehr><input type=hidden name=csrf value="t&amp;k">
        <input name=user value=old><input type=checkbox name=agree><input type=radio name=r value=a checked>
        <input type=radio name=r value=b><select name=s><option>one<option value=2 selected>two</select>
        <textarea name=note>hi</textarea><input name=off disabled><button name=go value=1>Save</button>
        <button type=submit name=decision value=accept formaction=/accept>Accept</button></form>
        <input name=outside form=f value=o>
        """

    @Test func `a form sends what a browser would send`() throws {
        let form = try #require(try page(form).form("f"))
        #expect(form.attributes["data-provider"] == "ehr")
        let plain = try form.submission([])
        #expect(plain.method == "POST")
        #expect(plain.url == "http://h.test/dir/save")
        #expect(plain.body == "csrf=t%26k&user=old&r=a&s=2&note=hi&outside=o&go=1")
        let filled = try form.submission(
            [("user", "ann ü"), ("agree", "true"), ("r", "b"), ("s", "one"), ("absent", "")], button: "decision")
        #expect(filled.url == "http://h.test/accept")
        #expect(filled.body == "csrf=t%26k&user=ann+%C3%BC&agree=on&r=b&s=one&note=hi&outside=o&decision=accept")
        #expect(throws: FormError.self) { try form.submission([("absent", "x")]) }
        #expect(throws: FormError.self) { try form.submission([], button: "nope") }
        #expect(throws: FormError.self) { try form.submission([("s", "three")]) }
    }

    @Test func `a GET form puts its data into the query`() throws {
        let form = try #require(try page("<form action='/s?old=1'><input name=q value=a></form>").forms.first)
        let submission = try form.submission([])
        #expect(submission.method == "GET")
        #expect(submission.url == "http://h.test/s?q=a")
        #expect(submission.body == nil)
    }

    @Test func `XPath gives nodes, texts, numbers and truths`() throws {
        let document = try page("<ul><li class=a>1</li><li>2</li></ul>").document()
        #expect(try document.evaluate("//li").texts == ["1", "2"])
        #expect(try document.evaluate("count(//li)").text == "2")
        #expect(try document.evaluate("sum(//li) div 2").text == "1.5")
        #expect(try document.evaluate("//li[@class='b']").truth == false)
        #expect(try document.evaluate("string(//li[2])").text == "2")
        let first = try #require(try document.evaluate("//li").nodes.first)
        #expect(try document.evaluate("string(@class)", at: first).text == "a")
        #expect(try document.evaluate("//li[.=$x-1]", variables: ["x-1": "2"]).texts == ["2"])
    }

    @Test(arguments: [("//li[", 5), ("nope(1)", 7), ("//li[$none]", 10), ("'open", 5), ("//li)", 4)])
    func `a wrong expression is refused with its place`(expression: String, offset: Int) throws {
        let document = try page("<ul><li>1</li></ul>").document()
        do throws(XPathError) {
            _ = try document.evaluate(expression)
            Issue.record("accepted \(expression)")
        } catch {
            #expect(abs(error.offset - offset) <= 2, "\(error)")
            #expect(!error.message.contains("libxml2"), "\(error)")
        }
    }

    @Test func `expressions are checked before there is a page`() {
        #expect(throws: XPathError.self) { try XPath.check("//a[") }
        #expect(throws: Never.self) { try XPath.check("//a[@id=$x]") }
    }

    @Test func `XML is read without entities and refused with its line`() throws {
        let root = try #require(try MarkupDocument(xml: Data("<a x='1'><b>t&amp;u</b></a>".utf8)).root)
        #expect(root.name == "a")
        #expect(root["x"] == "1")
        #expect(root.stringValue == "t&u")
        #expect(throws: MarkupError.self) {
            try MarkupDocument(xml: Data("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>".utf8))
        }
        do throws(MarkupError) {
            _ = try MarkupDocument(xml: Data("<a>\n<b></a>".utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.line == 2)
        }
    }

    @Test func `hostile pages are read without harm`() throws {
        let deep = String(repeating: "<div>", count: 20_000) + "x"
        #expect(try page(deep).title == "")
        #expect(try page("").visibleText == "")
        #expect(try page("\u{0}<a href='x\u{0}y'>").forms.isEmpty)
    }

    @Test func `written XML is escaped`() {
        let tree = XMLNode.element("a", [("k", "\"<&>'")], [.element("b", [], [.text("1 < 2\u{1}")]), .element("c")])
        #expect(
            tree.serialized(pretty: true)
                == "<a k=\"&quot;&lt;&amp;&gt;&#39;\">\n  <b>1 &lt; 2\u{FFFD}</b>\n  <c/>\n</a>")
    }
}

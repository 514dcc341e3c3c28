// SPDX-License-Identifier: Apache-2.0

import MockKit
import TestSupport
import Testing

struct FormTests {
    @Test func `a form keeps order, plus signs and repeated names`() {
        let form = Form(urlEncoded: "a=1+2&b=%2B&a=x&empty&=n")
        #expect(form["a"] == "1 2")
        #expect(form["b"] == "+")
        #expect(form.all("a") == ["1 2", "x"])
        #expect(form["empty"] == "")
        #expect(form.repeatedNames == ["a"])
    }

    @Test func `encoding reads back`() {
        let form: Form = ["scope": "launch user/Appointment.read", "ä": "é&=%"]
        let back = Form(urlEncoded: form.encoded)
        #expect(back.fields.map(\.name) == ["scope", "ä"])
        #expect(back["ä"] == "é&=%")
    }

    @Test(arguments: [
        ("http://h/p", "http://h/p?x=1"), ("http://h/p?a=b", "http://h/p?a=b&x=1"),
        ("http://h/p#f", "http://h/p?x=1#f"),
    ])
    func `fields are added to a query before the fragment`(url: String, expected: String) {
        #expect((["x": "1"] as Form).appended(to: url) == expected)
    }

    @Test func `text in a page is escaped`() {
        let hostile = "<script>'\"&"
        let page = HTMLPage(title: hostile, body: [.element("p", ["title": hostile], [HTML(hostile)])])
        #expect(!page.text.contains("<script>"))
        #expect(page.text.contains("&lt;script&gt;&#39;&quot;&amp;"))
    }
}

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drives the odd portal for a person of the world: signs in, then posts one verb. Assay starts it for each operation,
hands it the operation as JSON on standard input, and sees what it sends through the proxy named in its environment."""
import html.parser, http.cookiejar, json, secrets, sys, urllib.parse, urllib.request

task = json.load(sys.stdin)
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


class Form(html.parser.HTMLParser):
    action, fields = "", {}

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        if tag == "form":
            self.action = at.get("action", "")
        elif tag == "input" and at.get("name"):
            self.fields[at["name"]] = at.get("value") or ""


def sign_in(account):
    ticket = secrets.token_urlsafe(16)
    page = browser.open(f"{task['connector']}/in?ticket={ticket}")
    form = Form()
    form.feed(page.read().decode())
    form.fields |= {"username": account["user"], "password": account["password"]}
    browser.open(urllib.parse.urljoin(page.url, form.action), urllib.parse.urlencode(form.fields).encode())
    print(json.dumps({"signed-in": True, "url": f"{task['connector']}/in"}))
    return ticket


given = {name.lstrip("-"): value for name, value in (word.split("=", 1) for word in sys.argv[1:])}
account = task["accounts"].get("microsoft")
given["ticket"] = sign_in(account) if account else ""
request = urllib.request.Request(task["connector"] + "/do", json.dumps(given).encode(), {"Content-Type": "application/json"})
answer = json.load(browser.open(request))
print(json.dumps({"outcome": "accepted" if answer["ok"] else "refused", "message": answer.get("why", ""), "values": answer}))

# SPDX-License-Identifier: Apache-2.0
"""What the FHIR scripts of this folder share: the ready line of `assay mock`, a person's browser, and checks."""

import html.parser
import http.cookiejar
import sys
import urllib.error
import urllib.parse
import urllib.request

from common import READY, Stay, check, done


def world(vendor):
    return next(w for w in READY["worlds"] if w["vendor"] == vendor)


def person(world, role):
    return next(p for p in world["people"] if p["role"] == role)


class Page(html.parser.HTMLParser):
    """The first form of a page and its launch links."""

    def __init__(self, text):
        super().__init__()
        self.action, self.fields, self.links = None, {}, []
        self.select = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = attrs.get("action")
        elif tag == "input" and attrs.get("name"):
            self.fields[attrs["name"]] = attrs.get("value") or ""
        elif tag == "select":
            self.select = attrs.get("name")
        elif tag == "option" and self.select:
            # The first choice stands until another is picked.
            self.fields.setdefault(self.select, attrs.get("value") or "")
        elif tag == "a" and "launch" in (attrs.get("class") or "").split():
            self.links.append(attrs["href"])


class Browser:
    """Follows redirects within the mock and stops where one leaves it: that address is the answer."""

    def __init__(self, origin):
        self.origin = origin
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), Stay(),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, url, data=None):
        """The page at an address, or the address outside that it leads to."""
        for _ in range(10):
            try:
                answer = self.opener.open(url, data=data, timeout=30)
            except urllib.error.HTTPError as error:
                answer = error
            place = answer.headers.get("Location")
            if place is None:
                return url, answer.read().decode()
            url, data = urllib.parse.urljoin(url, place), None
            if not url.startswith(self.origin):
                return url, None
        sys.exit(f"too many redirects at {url}")

    def submit(self, url, page, **more):
        fields = urllib.parse.urlencode({**page.fields, **more}).encode()
        return self.open(urllib.parse.urljoin(url, page.action), fields)

    def sign_in(self, url, account):
        """Opens an address that asks for an account, and gives it."""
        url, text = self.open(url)
        page = Page(text)
        check("password" in page.fields, "the EHR asks who is there")
        return self.submit(url, page, username=account["user"], password=account["password"])

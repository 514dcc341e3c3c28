# SPDX-License-Identifier: Apache-2.0
"""What the scripts of this folder share: the ready line of `assay mock`, a browser, and a way to say what holds."""

import html.parser
import http.cookiejar
import ssl
import urllib.error
import urllib.parse
import urllib.request

from common import READY, TRUST, Stay, check, done

WORLD = READY["worlds"][0]
MICROSOFT = WORLD["microsoft"]
SMS = WORLD["sms"]


def person(role):
    return next(p for p in WORLD["people"] if p["role"] == role)


class _Forms(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.action, self.fields = None, {}

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = attrs.get("action")
        elif tag == "input" and self.action is not None and attrs.get("name"):
            self.fields[attrs["name"]] = attrs.get("value") or ""


class Browser:
    """Pages, forms and cookies; stops where a redirect leaves the mock."""

    def __init__(self):
        context = ssl.create_default_context(cafile=TRUST) if TRUST else None
        handlers = [urllib.request.ProxyHandler({}), Stay(),
                    urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())]
        if context:
            handlers.append(urllib.request.HTTPSHandler(context=context))
        self.opener = urllib.request.build_opener(*handlers)

    def _open(self, url, data=None):
        try:
            answer = self.opener.open(url, data=data, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.headers, answer.read().decode()

    def sign_in(self, url, user, password):
        """Opens a page that asks for an account; returns where signing in leads to."""
        status, headers, text = self._open(url)
        check(status == 200 and "assay-login" in text, f"the sign-in page comes: {status} {text[:200]}")
        forms = _Forms()
        forms.feed(text)
        forms.fields.update(username=user, password=password)
        return self.submit(url, forms)

    def submit(self, url, forms, **extra):
        fields = {**forms.fields, **extra}
        return self._open(urllib.parse.urljoin(url, forms.action), urllib.parse.urlencode(fields).encode())

    @staticmethod
    def forms(text):
        forms = _Forms()
        forms.feed(text)
        return forms

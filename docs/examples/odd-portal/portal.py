#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A vendor's odd portal, in a few dozen lines: one address for everything, JSON instead of forms, 200 also for a no.

It shows how a connector in another technology is put under Assay. It is no model of a good one: it trusts the id token
that it fetched itself, keeps everything in memory, and knows Cerner only.
"""
import base64, json, os, secrets, threading, urllib.error, urllib.parse, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOGIN, CLIENT, SECRET = os.environ["ODD_LOGIN"], os.environ["ODD_CLIENT"], os.environ["ODD_SECRET"]
EHR_ID, EHR_SECRET = os.environ["ODD_EHR_ID"], os.environ["ODD_EHR_SECRET"]
GATEWAY, GATEWAY_KEY = os.environ.get("ODD_GATEWAY", ""), os.environ.get("ODD_GATEWAY_KEY", "")
ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"  # Entra's role template
tickets, houses = {}, {}  # who signed in; what each organization set up


def call(url, form=None, data=None, headers={}):
    body = urllib.parse.urlencode(form).encode() if form else json.dumps(data).encode() if data else None
    kind = {"Content-Type": "application/json"} if data else {}
    with urllib.request.urlopen(urllib.request.Request(url, body, {"Accept": "application/json", **kind, **headers}), timeout=10) as answer:
        return json.loads(answer.read() or b"null")


def ehr(base, path):
    smart = call(base + "/.well-known/smart-configuration")
    basic = base64.b64encode(f"{EHR_ID}:{EHR_SECRET}".encode()).decode()
    scope = "system/Appointment.read system/Patient.read"
    token = call(smart["token_endpoint"], form={"grant_type": "client_credentials", "scope": scope}, headers={"Authorization": "Basic " + basic})
    return call(f"{base}/{path}", headers={"Authorization": "Bearer " + token["access_token"], "Accept": "application/fhir+json"})


def do(own, ask):
    """What the one address does: (fine, answer)."""
    verb = ask.get("verb")
    if verb == "wipe":
        houses.pop(ask["house"], None)
        return True, {}
    if verb == "booked":  # the EHR's bell
        house = next((h for h in houses.values() if ask["base"] in h["bases"]), None)
        if not house:
            return False, {"why": "nobody set this base up"}
        visit = ehr(ask["base"], "Appointment/" + ask["visit"])
        who = next(p["actor"]["reference"] for p in visit["participant"] if p["actor"]["reference"].startswith("Patient/"))
        phone = next(t["value"] for t in ehr(ask["base"], who)["telecom"] if t["system"] == "phone")
        phone = "+1" + phone if not phone.startswith("+") else phone
        text = f"Your visit: {PLACE}/v/{secrets.token_urlsafe(12)}"
        call(GATEWAY, data={"recipient": {"phone": phone}, "say": text}, headers={"X-Api-Key": GATEWAY_KEY})
        return True, {}
    who = tickets.get(ask.get("ticket"))
    if not who:
        return False, {"why": "Sign in first."}
    if ADMINISTRATOR not in who.get("wids", []):
        return False, {"why": "Only administrators."}
    house = houses.setdefault(who["tid"], {"bases": {}, "consent": {}})
    if verb == "add":
        try:
            call(ask["url"] + "/.well-known/smart-configuration")
        except (OSError, ValueError) as trouble:
            return False, {"why": f"There is no EHR at this address: {trouble}"}
        house["bases"][ask["url"]] = ask["kind"]
    elif verb == "records":
        return True, {"records": [{"role": r, "base-url": b, "launch-url": f"{PLACE}/go"} for b in house["bases"] for r in ("provider", "patient")]}
    elif verb == "consent":
        house["consent"] = ask
    elif verb != "list":
        return False, {"why": f"There is no {verb}."}
    return True, {"bases": [{"url": u, "environment": k} for u, k in house["bases"].items()]}


class Portal(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=None, **headers):
        data = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(data), "Cache-Control": "no-store", **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        at = urllib.parse.urlsplit(self.path)
        ask = dict(urllib.parse.parse_qsl(at.query))
        home = {"client_id": CLIENT, "redirect_uri": PLACE + "/in/done", "response_type": "code"}
        if at.path == "/in":
            more = {"scope": "openid profile", "state": ask.get("ticket", ""), "prompt": "login"}
            self.answer(302, Location=f"{LOGIN}/organizations/oauth2/v2.0/authorize?" + urllib.parse.urlencode({**home, **more}))
        elif at.path == "/in/done":
            form = {**home, "client_secret": SECRET, "grant_type": "authorization_code", "code": ask.get("code", "")}
            token = call(f"{LOGIN}/organizations/oauth2/v2.0/token", form=form)["id_token"].split(".")[1]
            tickets[ask["state"]] = json.loads(base64.urlsafe_b64decode(token + "=="))
            self.answer(200, {"ok": True})
        elif at.path == "/go":  # visits take place at the vendor's other house
            self.answer(302, Location="https://visits.odd.example/room?" + at.query)
        else:
            self.answer(200 if at.path == "/" else 404, {"portal": "odd"})

    def do_POST(self):
        ask = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        try:
            fine, more = do(self, ask)
        except urllib.error.HTTPError as trouble:
            fine, more = False, {"why": f"{trouble.url}: {trouble.code}"}
        self.answer(200, {"ok": fine, **more})


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("ODD_PORT", "0"))), Portal)
PLACE = f"http://127.0.0.1:{server.server_address[1]}"
print(json.dumps({"event": "ready", "url": PLACE, "version": "odd 1"}), flush=True)
server.serve_forever()

# SPDX-License-Identifier: Apache-2.0
"""fhirclient: SMART launch to patient and appointment, from the EHR and standalone, at both vendors."""

import urllib.parse

from fhirclient import client
from fhirclient.models import appointment, patient
from fhirclient.server import FHIRUnauthorizedException

from fhir_common import READY, Browser, Page, check, done, person, world

SCOPE = "openid fhirUser online_access user/Patient.read user/Appointment.read user/Encounter.read"


def smart(ehr, scope, launch=None):
    settings = {
        "app_id": ehr["client"]["id"],
        "app_secret": ehr["client"]["secret"],
        "api_base": ehr["fhir-base"],
        "redirect_uri": ehr["client"]["redirect-uris"][0],
        "scope": scope,
    }
    if launch:
        settings["launch_token"] = launch
    return client.FHIRClient(settings=settings)


def read_visit(app, where, is_dated):
    """The patient of the launch, and that patient's appointments."""
    one = app.patient
    check(isinstance(one, patient.Patient) and one.name, f"{where}: the patient of the launch is read")
    search = {"patient": one.id}
    if is_dated:
        search["date"] = "ge2020-01-01T00:00:00Z"
    visits = list(appointment.Appointment.where(struct=search).perform_resources(app.server))
    visits = [v for v in visits if v.resource_type == "Appointment"]
    check(visits and visits[0].status == "booked", f"{where}: the appointment is found")
    same = appointment.Appointment.read(visits[0].id, app.server)
    actors = [p.actor.reference for p in same.participant]
    check(f"Patient/{one.id}" in actors, f"{where}: the appointment is that patient's")


def launched(vendor, place):
    """From the EHR's page, through sign-in and authorization."""
    setting = world(vendor)
    ehr = setting["ehr"]
    browser = Browser(READY["ehr"])
    page_url = next(p for p in ehr["pages"] if p.endswith(place))
    url, text = browser.sign_in(page_url, person(setting, "provider")["ehr"])
    links = Page(text).links
    check(links, f"{vendor}: {place} offers a visit")
    url, _ = browser.open(urllib.parse.urljoin(url, links[0]))
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    check(query["iss"].rstrip("/") == ehr["fhir-base"].rstrip("/"), f"{vendor}: the launch names its issuer")
    app = smart(ehr, "launch " + SCOPE, query["launch"])
    check(not app.ready, f"{vendor}: nothing is open before the authorization")
    callback, _ = browser.open(app.authorize_url)
    app.handle_callback(callback)
    check(app.ready and app.patient_id, f"{vendor}: the token answer names the patient")
    read_visit(app, vendor, vendor == "cerner")
    # What was used once is used up.
    again = smart(ehr, "launch " + SCOPE, query["launch"])
    place, _ = browser.open(again.authorize_url)
    check("error=invalid_request" in place, f"{vendor}: a launch value is good for one launch")
    check(app.reauthorize() is not None, f"{vendor}: the refresh token gives a new access token")
    read_visit(app, f"{vendor}, refreshed", vendor == "cerner")
    app.server.auth.access_token = "forged"
    try:
        patient.Patient.read(app.patient_id, app.server)
        check(False, f"{vendor}: a forged token is refused")
    except FHIRUnauthorizedException:
        check(True, "")


def standalone():
    """At Epic a provider picks the patient on the consent page."""
    setting = world("epic")
    browser = Browser(READY["ehr"])
    app = smart(setting["ehr"], "launch/patient " + SCOPE)
    # The library adds `launch` only where it has a launch token.
    url, text = browser.sign_in(app.authorize_url, person(setting, "provider")["ehr"])
    callback, _ = browser.submit(url, Page(text), decision="accept")
    app.handle_callback(callback)
    check(app.ready and app.patient_id, "standalone: the token answer names the patient that was picked")
    check(app.patient.id == app.patient_id, "standalone: the patient is read")


launched("cerner", "powerchart")
launched("epic", "hyperspace")
standalone()
done()

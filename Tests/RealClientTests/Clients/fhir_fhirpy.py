# SPDX-License-Identifier: Apache-2.0
"""fhirpy: search, paging, create, update and patch."""

import base64
import json
import urllib.parse
import urllib.request

from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound
from fhirpy.base.exceptions import AuthorizationError

from fhir_common import check, done, person, world


def connect(ehr, scope, headers=None):
    """A backend service's client."""
    system = ehr["system-client"]
    secret = base64.b64encode(f"{system['id']}:{system['secret']}".encode()).decode()
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": scope}).encode()
    request = urllib.request.Request(ehr["token"], data=form, headers={"Authorization": f"Basic {secret}"})
    token = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30))
    return SyncFHIRClient(ehr["fhir-base"], authorization=f"Bearer {token['access_token']}", extra_headers=headers)


def refused(call):
    try:
        call()
    except OperationOutcome as outcome:
        return outcome
    return None


# Epic: R4's own parameters beside a main one; documents are created and updated.
epic = world("epic")
fhir = connect(epic["ehr"], "system/*.*")
people = [p["fhir-id"] for p in epic["people"] if p["role"] == "patient"]
both = fhir.resources("Appointment").search(patient=",".join(people))
total = both.count()
check(total >= 2, f"the patients have appointments: {total}")
pages = both.limit(1).fetch_all()
check(len({a.id for a in pages}) == total, "every page is fetched, nothing twice")
ordered = [a.start for a in both.sort("-date").fetch_all()]
check(ordered == sorted(ordered, reverse=True), "they are sorted")
first = both.limit(1).fetch()[0]
check(fhir.resources("Appointment").search(patient=people[0], status="cancelled").fetch_all() == [], "none is cancelled")
later = both.search(date__gt=first.start).fetch_all()
check(all(a.start > first.start for a in later), "dates are compared")
family = fhir.resources("Patient").search(_id=people[0]).first().name[0].family
chained = fhir.resources("Appointment").search(patient__Patient__family=family).fetch_all()
check(any(p.actor.reference == f"Patient/{people[0]}" for p in chained[0].participant), "a parameter may be chained")
brought = both.include("Appointment", "patient").fetch_raw()
check(any(e.resource.resourceType == "Patient" for e in brought.entry), "patients are included")
check(fhir.reference("Appointment", first.id).to_resource().id == first.id, "references lead to resources")
try:
    fhir.reference("Appointment", "nowhere").to_resource()
    check(False, "an unknown id is not found")
except ResourceNotFound:
    check(True, "")
check(refused(lambda: fhir.resources("Appointment").search(status="booked").fetch()), "a search names a main parameter")

writer = connect(epic["ehr"], "system/*.*", {"Prefer": "return=representation"})
document = writer.resource(
    "DocumentReference", status="current", subject={"reference": f"Patient/{people[0]}"},
    content=[{"attachment": {"contentType": "text/plain", "data": "aGk="}}])
document.save()
check(document.id and document.meta.versionId == "0", "a document is created")
document["status"] = "superseded"
document.save()
check(document.meta.versionId == "1", "and updated")
document["status"] = "no-such-code"
outcome = refused(document.save)
check(outcome and "DocumentReference.status" in str(outcome), "what is not R4 is refused with its place")

# Cerner: patches are JSON Patch with the version they are about.
cerner = world("cerner")
scope = "system/Appointment.read system/Appointment.write system/Patient.read"
fhir = connect(cerner["ehr"], scope)
patient = person(cerner, "patient")["fhir-id"]
visits = fhir.resources("Appointment").search(patient=patient, date__ge="2020-01-01T00:00:00Z")
visit = visits.first()
check(visit.status == "booked", "Cerner finds the visit")
check(refused(lambda: fhir.resources("Appointment").search(patient=patient).fetch()), "a patient's search has a date")
check(refused(lambda: visit.patch(status="arrived")), "a patch that is no JSON Patch is refused")
patching = connect(
    cerner["ehr"], scope,
    {"Content-Type": "application/json-patch+json", "If-Match": f'W/"{visit.meta.versionId}"'})
operation = [{"op": "replace", "path": "/status", "value": "arrived"}]
check(patching.execute(visit.reference, method="patch", data=operation) is None, "a patch is answered with nothing")
check(fhir.reference("Appointment", visit.id).to_resource().status == "arrived", "and has taken hold")
check(refused(lambda: patching.execute(visit.reference, method="patch", data=operation)), "an old version is refused")
try:
    forged = SyncFHIRClient(cerner["ehr"]["fhir-base"], authorization="Bearer forged")
    forged.reference("Patient", patient).to_resource()
    check(False, "a forged token is refused")
except AuthorizationError:
    check(True, "")
done()

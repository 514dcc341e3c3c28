# SPDX-License-Identifier: Apache-2.0
"""The real MSAL against the mock's Entra: secret, certificate, authorization code, refresh, on-behalf-of, errors."""

import base64
import datetime
import urllib.parse

import msal
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from ms_common import MICROSOFT, TRUST, Browser, check, done, person

GRAPH = ["https://graph.microsoft.com/.default"]
CLIENT = MICROSOFT["client"]
# requests lets these override `verify=`: a machine's own bundle must not hide the run's authority.
session = requests.Session()
session.trust_env = False
session.verify = TRUST


def application(credential, authority=MICROSOFT["authority"]):
    return msal.ConfidentialClientApplication(
        CLIENT["id"], client_credential=credential, authority=authority, instance_discovery=False, http_client=session)


def graph(token, path):
    return session.get(MICROSOFT["graph"] + path, headers={"Authorization": "Bearer " + token}, timeout=30)


# Client credentials, by secret.
app = application(CLIENT["secret"])
token = app.acquire_token_for_client(GRAPH)
check("access_token" in token, token)
check(graph(token["access_token"], "/users").status_code == 200, "the application's token opens Graph")
cached = app.acquire_token_for_client(GRAPH)
check(cached.get("token_source") == "cache", "the second token comes from MSAL's cache")

# The client's certificate is made here and registered as a program would do it.
private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "connector")])
now = datetime.datetime.now(datetime.timezone.utc)
made = (
    x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
    .not_valid_after(now + datetime.timedelta(days=1)).sign(private, hashes.SHA256()))
key = {"private_key": private.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()}
thumbprint = made.fingerprint(hashes.SHA1()).hex()
public = made.public_bytes(serialization.Encoding.PEM).decode()
registered = session.patch(
    f"{MICROSOFT['graph']}/applications(appId='{CLIENT['id']}')", timeout=30,
    headers={"Authorization": "Bearer " + token["access_token"]},
    json={"keyCredentials": [{
        "type": "AsymmetricX509Cert", "usage": "Verify",
        "key": base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()}]})
check(registered.status_code == 204, registered.text)

# By certificate: SHA-1 thumbprint (RS256), SHA-256 (PS256), and with the certificate in the header (x5c).
for credential in (
    {**key, "thumbprint": thumbprint},
    {**key, "public_certificate": public},
    {**key, "thumbprint": thumbprint, "public_certificate": public},
):
    by_certificate = application(credential)
    first = by_certificate.acquire_token_for_client(GRAPH)
    check("access_token" in first, first)
    # MSAL sends the same assertion again until it expires.
    again = by_certificate.acquire_token_for_client(["https://communication.azure.com/.default"])
    check("access_token" in again, again)
stranger = application({**key, "thumbprint": "00" * 20}).acquire_token_for_client(GRAPH)
check(700027 in stranger.get("error_codes", []), stranger)

# Errors keep Microsoft's shape.
wrong = application("wrong").acquire_token_for_client(GRAPH)
check(wrong["error"] == "invalid_client" and wrong["error_codes"] == [7000215], wrong)
check(wrong["error_description"].startswith("AADSTS7000215: "), wrong)
check(wrong["correlation_id"] and wrong["trace_id"] and wrong["timestamp"], wrong)

# Authorization code with PKCE, ID token, refresh.
user = person("provider")["microsoft"]
app = application(CLIENT["secret"])
redirect = CLIENT["redirect-uris"][0]
flow = app.initiate_auth_code_flow(["User.Read"], redirect_uri=redirect, login_hint=user["user"])
status, headers, text = Browser().sign_in(flow["auth_uri"], user["user"], user["password"])
check(status == 302 and headers["Location"].startswith(redirect), f"{status} {text[:300]}")
answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(headers["Location"]).query))
signed = app.acquire_token_by_auth_code_flow(flow, answer)
check("access_token" in signed, signed)
check(signed["id_token_claims"]["oid"] == user["object-id"], signed["id_token_claims"])
check(signed["id_token_claims"]["tid"] == MICROSOFT["tenant"], signed["id_token_claims"])
check(graph(signed["access_token"], "/me").json()["id"] == user["object-id"], "the person's token opens /me")
accounts = app.get_accounts()
check(len(accounts) == 1 and accounts[0]["username"] == user["user"], accounts)
check(accounts[0]["home_account_id"] == f"{user['object-id']}.{MICROSOFT['tenant']}", accounts)
silent = app.acquire_token_silent(["User.Read"], accounts[0], force_refresh=True)
check(silent and silent.get("token_source") == "identity_provider", silent)
reused = app.acquire_token_by_authorization_code(answer["code"], ["User.Read"], redirect_uri=redirect)
check(reused["error"] == "invalid_grant", reused)

# On behalf of the person.
flow = app.initiate_auth_code_flow([f"api://{CLIENT['id']}/access_as_user"], redirect_uri=redirect)
status, headers, text = Browser().sign_in(flow["auth_uri"], user["user"], user["password"])
answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(headers["Location"]).query))
own = app.acquire_token_by_auth_code_flow(flow, answer)
check("access_token" in own, own)
behalf = app.acquire_token_on_behalf_of(own["access_token"], ["https://graph.microsoft.com/User.Read"])
check("access_token" in behalf, behalf)
check(graph(behalf["access_token"], "/me").json()["id"] == user["object-id"], "on behalf of the person")

# An unknown tenant is said at discovery.
try:
    nobody = application(CLIENT["secret"], MICROSOFT["authority"].replace(MICROSOFT["tenant"], "nobody.example"))
    nobody = nobody.acquire_token_for_client(GRAPH)
    check("error" in nobody, nobody)
except ValueError as error:
    check("tenant" in str(error).lower() or "invalid" in str(error).lower(), error)
done()

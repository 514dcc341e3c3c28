# SPDX-License-Identifier: Apache-2.0
# A clock as a command: clock.py CONNECTOR TENANT [TO]
import datetime, json, sys, urllib.request

connector, tenant = sys.argv[1:3]
if not tenant:  # the clock of all tenants, before anybody has moved it
    now = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
    print(json.dumps({"now": now, "next": None, "pending": 0}))
    sys.exit()
if len(sys.argv) > 3:
    body = json.dumps({"tenant": tenant, "to": sys.argv[3]}).encode()
    request = urllib.request.Request(connector + "/-/clock", body, {"Content-Type": "application/json"})
else:
    request = connector + "/-/clock?tenant=" + tenant
print(urllib.request.urlopen(request).read().decode())

# SPDX-License-Identifier: Apache-2.0
# Somebody's own browser: opens what it is told through the proxy it is given, and says where it ended.
import json, os, sys, urllib.error, urllib.request

ask = json.load(sys.stdin)
proxy = urllib.request.ProxyHandler({"http": os.environ["ASSAY_PROXY"]})


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, request, fp, code, message, headers, url):
        return None


url = ask["arguments"]["url"]
try:
    answer = urllib.request.build_opener(proxy, Stay).open(url, timeout=60)
except urllib.error.HTTPError as error:
    answer = error
place = answer.headers.get("Location", url)
print(json.dumps({"visited": url, "status": answer.getcode()}))
print(json.dumps({"outcome": "accepted", "message": "seen", "values": {"ended": sys.argv[1], "url": place}}))
